"""The evaluator on its own: documents in, decisions out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mlstack_localcloud.server.authorization.conditions import OPERATORS
from mlstack_localcloud.server.authorization.context import Context
from mlstack_localcloud.server.authorization.evaluate import Policies, Principal, denies, reason_to_refuse

ROLE = "arn:aws:iam::000000000000:role/jobs/training"
SESSION = "arn:aws:sts::000000000000:assumed-role/training/SageMaker"
CALLER = Principal("000000000000", SESSION, ROLE)
RESOURCE = "arn:aws:s3:::data/weather.csv"
NO_IDENTITY = "because no identity-based policy allows the s3:GetObject action"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(**elements: Any) -> dict[str, Any]:
    given = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **elements}
    return {name: value for name, value in given.items() if value is not None}


def deny(**elements: Any) -> dict[str, Any]:
    return allow(Effect="Deny", **elements)


def refusal(policies: Policies, action: str = "s3:GetObject", resource: str = RESOURCE, **keys: Any) -> str:
    context = Context({name.replace("__", ":").lower(): value for name, value in keys.items()})
    return reason_to_refuse(CALLER, action, resource, context, policies)


def identity(*statements: dict[str, Any]) -> Policies:
    return Policies(identity=(policy(*statements),))


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        (allow(), True),
        (allow(Action="s3:getobject"), True),
        (allow(Action="s3:Get*"), True),
        (allow(Action="*"), True),
        (allow(Action=["s3:PutObject", "s3:?etObject"]), True),
        (allow(Action="s3:Put*"), False),
        (allow(Resource="arn:aws:s3:::data/*"), True),
        (allow(Resource="arn:aws:s3:::data/weather.?sv"), True),
        (allow(Resource="arn:aws:s3:::data"), False),
        (allow(Resource="arn:aws:s3:::DATA/*"), False),
        (allow(Action=None, NotAction="s3:Put*"), True),
        (allow(Action=None, NotAction="s3:Get*"), False),
        (allow(Resource=None, NotResource="arn:aws:s3:::other/*"), True),
        (allow(Resource=None, NotResource="arn:aws:s3:::data/*"), False),
        (allow(Resource="arn:aws:s3:::data/${aws:username}.csv"), True),
        (allow(Resource="arn:aws:s3:::data/${aws:sourcevpc, 'weather'}.csv"), True),
        (allow(Resource="arn:aws:s3:::data/${aws:sourcevpc}.csv"), False),
    ],
)
def test_an_identity_policy(statement: dict[str, Any], allowed: bool) -> None:
    assert refusal(identity(statement), aws__username=("weather",)) == ("" if allowed else NO_IDENTITY)


def test_nothing_allows_by_itself() -> None:
    assert refusal(Policies()) == NO_IDENTITY


@pytest.mark.parametrize("kind", ["identity", "boundary", "resource"])
def test_a_denial_anywhere_is_final(kind: str) -> None:
    denial = policy(deny(Principal={"AWS": "*"}) if kind == "resource" else deny())
    given: dict[str, Any] = {"identity": (policy(allow()),), "boundary": policy(allow())}
    given[kind] = (*given["identity"], denial) if kind == "identity" else denial
    names = {
        "identity": "an identity-based policy",
        "boundary": "a permissions boundary",
        "resource": "a resource-based policy",
    }

    assert refusal(Policies(**given)) == f"with an explicit deny in {names[kind]}"


def test_a_boundary_limits_and_gives_nothing() -> None:
    wide, other = policy(allow()), policy(allow(Action="s3:PutObject"))

    assert refusal(Policies(identity=(wide,), boundary=wide)) == ""
    assert "no permissions boundary allows" in refusal(Policies(identity=(wide,), boundary=other))
    assert refusal(Policies(boundary=wide)) == NO_IDENTITY


@pytest.mark.parametrize(
    ("principal", "alone", "outside_the_boundary"),
    [
        ({"AWS": SESSION}, True, True),
        ({"AWS": ROLE}, True, False),
        ("*", True, False),
        ({"AWS": "*"}, True, False),
        ({"AWS": "arn:aws:iam::000000000000:root"}, False, False),
        ({"AWS": "000000000000"}, False, False),
        ({"AWS": "arn:aws:iam::000000000000:role/other"}, False, False),
        ({"Service": "sagemaker.amazonaws.com"}, False, False),
    ],
    ids=str,
)
def test_a_resource_policy(principal: Any, alone: bool, outside_the_boundary: bool) -> None:
    resource = policy(allow(Principal=principal))
    boundary = policy(allow(Action="s3:PutObject"))

    assert (refusal(Policies(resource=resource)) == "") is alone
    assert (refusal(Policies(resource=resource, boundary=boundary)) == "") is outside_the_boundary


def test_not_principal_denies_everybody_else() -> None:
    kept = policy(deny(NotPrincipal={"AWS": [SESSION, ROLE]}))
    others = policy(deny(NotPrincipal={"AWS": "arn:aws:iam::000000000000:role/other"}))

    assert refusal(Policies(identity=(policy(allow()),), resource=kept)) == ""
    assert "explicit deny" in refusal(Policies(identity=(policy(allow()),), resource=others))


def test_a_key_must_agree() -> None:
    wide = (policy(allow(Action="kms:Decrypt")),)
    key = "arn:aws:kms:us-east-1:000000000000:key/1"
    other = policy(allow(Action="kms:Decrypt", Principal={"Service": "logs.amazonaws.com"}))
    account = policy(allow(Action="kms:Decrypt", Principal={"AWS": "arn:aws:iam::000000000000:root"}))

    def asked(**given: Any) -> str:
        return refusal(Policies(resource_must_agree=True, **given), "kms:Decrypt", key)

    assert "no resource-based policy allows" in asked(identity=wide, resource=other)
    assert asked(identity=wide, resource=account) == ""
    assert "no identity-based policy allows" in asked(resource=account)


def test_a_service_is_let_in_by_the_resource_alone() -> None:
    service = Principal("", "events.amazonaws.com", service="events.amazonaws.com")
    own = policy(allow(Action="sqs:SendMessage", Principal={"Service": "events.amazonaws.com"}))
    account = policy(allow(Action="sqs:SendMessage", Principal={"AWS": "000000000000"}))

    def asked(document: str | None) -> str:
        return reason_to_refuse(service, "sqs:SendMessage", "arn:q", Context({}), Policies(resource=document))

    assert asked(own) == ""
    assert "no resource-based policy" in asked(account)
    assert "no resource-based policy" in asked(None)


def test_the_root_is_bound_by_denials_of_resources_alone() -> None:
    root = Principal("000000000000", "arn:aws:iam::000000000000:root", "arn:aws:iam::000000000000:root")

    def asked(document: str) -> str:
        return denies(root, "s3:GetObject", RESOURCE, Context({"aws:securetransport": ("true",)}), document)

    tls = {"Bool": {"aws:SecureTransport": "false"}}
    assert "explicit deny" in asked(policy(deny(Principal="*")))
    assert asked(policy(allow(Principal={"AWS": ROLE}))) == ""
    assert asked(policy(deny(Principal="*", Condition=tls))) == ""
    assert "condition key x:y" in asked(policy(deny(Principal="*", Condition={"Bool": {"x:y": "true"}})))


OPERATIONS = {
    "StringEquals": ("a", "a", "A"),
    "StringNotEquals": ("b", "a", "b"),
    "StringEqualsIgnoreCase": ("A", "a", "b"),
    "StringNotEqualsIgnoreCase": ("B", "a", "b"),
    "StringLike": ("a*", "abc", "bc"),
    "StringNotLike": ("b*", "abc", "bc"),
    "NumericEquals": ("10", "10.0", "11"),
    "NumericNotEquals": ("10", "11", "10.0"),
    "NumericLessThan": ("10", "9", "10"),
    "NumericLessThanEquals": ("10", "10", "11"),
    "NumericGreaterThan": ("9", "10", "9"),
    "NumericGreaterThanEquals": ("10", "10", "9"),
    "DateEquals": ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
    "DateNotEquals": ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"),
    "DateLessThan": ("2026-01-02", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
    "DateLessThanEquals": ("2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"),
    "DateGreaterThan": ("2026-01-02T00:00:00Z", "1798761600", "2026-01-02T00:00:00Z"),
    "DateGreaterThanEquals": ("2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"),
    "Bool": (True, "true", "false"),
    "BinaryEquals": ("QUJD", "QUJD", "QUJE"),
    "IpAddress": ("10.0.0.0/8", "10.1.2.3", "127.0.0.1"),
    "NotIpAddress": ("10.0.0.0/8", "127.0.0.1", "10.1.2.3"),
    "ArnEquals": ("arn:aws:s3:::d*", "arn:aws:s3:::data", "arn:aws:s3:eu::data"),
    "ArnLike": ("arn:aws:*:::d?ta", "arn:aws:s3:::data", "arn:aws:s3:eu::data"),
    "ArnNotEquals": ("arn:aws:s3:::d*", "arn:aws:s3:::other", "arn:aws:s3:::data"),
    "ArnNotLike": ("arn:aws:s3:::d*", "arn:aws:s3:::other", "arn:aws:s3:::data"),
    "Null": ("false", "anything", None),
}
"""For each operator: the policy's value, a request's value that fits, and one that does not."""


def test_every_operator_has_a_case() -> None:
    assert set(OPERATIONS) == OPERATORS


@pytest.mark.parametrize("operator", sorted(OPERATIONS))
def test_an_operator(operator: str) -> None:
    wanted, fits, fails = OPERATIONS[operator]
    policies = identity(allow(Condition={operator: {"aws:UserName": wanted}}))

    assert refusal(policies, aws__username=(fits,)) == ""
    assert refusal(policies, **({} if fails is None else {"aws__username": (fails,)})) == NO_IDENTITY


@pytest.mark.parametrize(
    ("operator", "values", "holds"),
    [
        ("StringEquals", None, False),
        ("StringNotEquals", None, True),
        ("StringEqualsIfExists", None, True),
        ("StringEqualsIfExists", ("z",), False),
        ("ForAllValues:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "z"), False),
        ("ForAllValues:StringEquals", None, True),
        ("ForAnyValue:StringEquals", ("a", "z"), True),
        ("ForAnyValue:StringEquals", ("z",), False),
        ("ForAnyValue:StringEquals", None, False),
        ("ForAnyValue:StringNotEquals", ("a", "z"), True),
        ("ForAllValues:StringNotEquals", ("a", "z"), False),
    ],
)
def test_absent_keys_and_several_values(operator: str, values: tuple[str, ...] | None, holds: bool) -> None:
    policies = identity(allow(Condition={operator: {"aws:TagKeys": ["a", "b"]}}))

    assert (refusal(policies, **({} if values is None else {"aws__tagkeys": values})) == "") is holds


def test_all_conditions_must_hold() -> None:
    policies = identity(allow(Condition={"StringEquals": {"aws:UserName": "a", "s3:prefix": ["x", "y"]}}))

    assert refusal(policies, aws__username=("a",), s3__prefix=("y",)) == ""
    assert refusal(policies, aws__username=("a",), s3__prefix=("z",)) == NO_IDENTITY


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        ({"StringEquals": {"s3:JobSuspendedCause": "x"}}, "the condition key s3:JobSuspendedCause"),
        ({"StringResembles": {"aws:UserName": "x"}}, "the condition operator StringResembles"),
        ({"ForSome:StringEquals": {"aws:UserName": "x"}}, "the condition operator ForSome:StringEquals"),
        ({"StringEquals": {"aws:UserName": "${made:up}"}}, "the condition key made:up"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(condition: dict[str, Any], name: str) -> None:
    expected = f"because the local cloud does not evaluate {name}"

    assert refusal(identity(allow(Condition=condition)), aws__username=("a",)) == expected
    assert refusal(identity(allow(), deny(Condition=condition)), aws__username=("a",)) == expected


def test_what_is_not_supported_and_does_not_matter_changes_nothing() -> None:
    unknown = {"StringEquals": {"x:y": "z"}}
    settled = {**unknown, "Bool": {"aws:SecureTransport": "false"}}

    assert refusal(identity(allow(), allow(Condition=unknown))) == ""
    assert refusal(identity(allow(), deny(Condition=settled)), aws__securetransport=("true",)) == ""
    assert "explicit deny" in refusal(identity(allow(), deny(Condition=unknown), deny()))


def test_a_document_that_cannot_be_read_is_refused() -> None:
    assert "does not evaluate a policy that is not valid" in refusal(Policies(identity=("{", policy(allow()))))
