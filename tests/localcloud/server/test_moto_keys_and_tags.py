"""What of moto's keys and object tags is changed, seen from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Wire


@pytest.mark.parametrize("member", ["KeyId", "Arn"])
def test_a_key_is_named_by_its_id_and_by_its_arn(wire: Wire, member: str) -> None:
    keys = wire.client("kms")
    key = keys.create_key()["KeyMetadata"][member]

    def state() -> Any:
        return keys.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]

    keys.disable_key(KeyId=key)
    assert state() == "Disabled"
    keys.enable_key(KeyId=key)
    assert state() == "Enabled"
    keys.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert state() == "PendingDeletion"
    keys.cancel_key_deletion(KeyId=key)
    assert state() == "Disabled"
    for days in (6, 31):
        with pytest.raises(keys.exceptions.ClientError, match="ValidationException"):
            keys.schedule_key_deletion(KeyId=key, PendingWindowInDays=days)


def test_the_tags_of_an_object_are_taken_away_by_an_empty_set(wire: Wire) -> None:
    objects = wire.client("s3")
    objects.create_bucket(Bucket="tags")
    named = {"Bucket": "tags", "Key": "model"}
    objects.put_object(**named, Body=b"", Tagging="stage=dev")
    for tags in ([{"Key": "stage", "Value": "prod"}], []):
        objects.put_object_tagging(**named, Tagging={"TagSet": tags})
        assert objects.get_object_tagging(**named)["TagSet"] == tags
