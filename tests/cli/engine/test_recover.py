"""What becomes of creations that were under way."""

from __future__ import annotations

from typing import Any

import pytest
from mlstack.engine.recover import Place, Recovery, plan_recovery

_LOCAL = Place("000000000000", "us-east-1", "http://127.0.0.1:4000")
_AWS = Place("222222222222", "eu-west-1")
_SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}


def _creating(type_: str, **inputs: Any) -> dict[str, Any]:
    return {"type": "creating", "resource": {"urn": f"urn:{type_}", "type": type_, "inputs": inputs}}


@pytest.mark.parametrize(
    ("operation", "place", "identity"),
    [
        (_creating("aws:s3/bucket:Bucket", bucket="storms-1a2b"), _AWS, "storms-1a2b"),
        (_creating("aws:iam/rolePolicy:RolePolicy", role="storms", name="p"), _AWS, "storms:p"),
        (_creating("aws:sns/topic:Topic", name="t"), _AWS, "arn:aws:sns:eu-west-1:222222222222:t"),
        (_creating("aws:sqs/queue:Queue", name="q"), _AWS, "https://sqs.eu-west-1.amazonaws.com/222222222222/q"),
        (_creating("aws:sqs/queue:Queue", name="q"), _LOCAL, "http://127.0.0.1:4000/000000000000/q"),
    ],
)
def test_what_has_a_name_is_looked_for_by_its_id(operation: dict[str, Any], place: Place, identity: str) -> None:
    recovery = plan_recovery([operation], place)
    assert recovery == Recovery(((operation["resource"]["urn"], identity),), ())


@pytest.mark.parametrize(
    "operation",
    [_creating("aws:kms/key:Key"), _creating("aws:iam/role:Role"), _creating("aws:iam/role:Role", name=_SECRET)],
)
def test_what_has_none_yet_is_forgotten(operation: dict[str, Any]) -> None:
    assert plan_recovery([operation], _AWS) == Recovery((), (operation["resource"]["urn"],))


def test_updates_and_deletions_are_the_engines_own_matter() -> None:
    others = [{"type": kind, "resource": {"urn": "u", "type": "t"}} for kind in ("updating", "deleting", "reading")]
    assert plan_recovery(others, _AWS) is None
    assert plan_recovery([], _AWS) is None


def test_the_state_gets_what_is_adopted_and_keeps_the_rest() -> None:
    bucket, key = _creating("aws:s3/bucket:Bucket", bucket="b"), _creating("aws:kms/key:Key")
    update = {"type": "updating", "resource": {"urn": "u", "type": "t"}}
    exported = {
        "version": 3,
        "deployment": {"resources": [{"urn": "stack"}], "pending_operations": [bucket, key, update]},
    }
    recovery = plan_recovery([bucket, key, update], _AWS)
    assert recovery is not None
    deployment = recovery.apply(exported)["deployment"]
    assert [(each["urn"], each.get("id")) for each in deployment["resources"]] == [
        ("stack", None),
        ("urn:aws:s3/bucket:Bucket", "b"),
    ]
    assert deployment["pending_operations"] == [update]
    assert len(exported["deployment"]["pending_operations"]) == 3, "the argument was changed"  # type: ignore[index]
