"""What roles of deployments may do over the wire: boundaries of roles that they make, and keys by their tags."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from .test_requests import ACCOUNT, TRUST, Role, allow, policy

if TYPE_CHECKING:
    from ..conftest import Wire

TAG = {"StringEquals": {"aws:ResourceTag/mlstack:project": "weather"}}


def refused(call: Any, **arguments: Any) -> bool:
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"AccessDenied", "AccessDeniedException"}:
            raise
        return True
    return False


def test_roles_are_made_and_changed_with_the_boundary_alone(wire: Wire) -> None:
    root, name = wire.client("iam"), uuid.uuid4().hex[:8]
    document = policy(allow("s3:GetObject"))
    boundary = root.create_policy(PolicyName=f"boundary-{name}", PolicyDocument=document)["Policy"]["Arn"]
    roles = f"arn:aws:iam::{ACCOUNT}:role/{name}-*"
    bounded = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    deploys = Role(wire, allow(["iam:CreateRole", "iam:PutRolePolicy"], roles, Condition=bounded)).client("iam")
    role = {"RoleName": f"{name}-job", "AssumeRolePolicyDocument": policy(TRUST)}

    assert refused(deploys.create_role, **role)
    other = f"arn:aws:iam::{ACCOUNT}:policy/other"
    assert refused(deploys.create_role, **role, PermissionsBoundary=other)
    assert refused(deploys.create_role, **{**role, "RoleName": "else-job"}, PermissionsBoundary=boundary)
    assert not refused(deploys.create_role, **role, PermissionsBoundary=boundary)
    rights = {"PolicyName": "rights", "PolicyDocument": document}
    assert not refused(deploys.put_role_policy, RoleName=role["RoleName"], **rights)
    root.create_role(**{**role, "RoleName": f"{name}-unbounded"})
    assert refused(deploys.put_role_policy, RoleName=f"{name}-unbounded", **rights)


def test_keys_are_known_by_their_tags(wire: Wire) -> None:
    root = wire.client("kms")
    tags = [{"TagKey": "mlstack:project", "TagValue": "weather"}]
    own, other = (root.create_key(Tags=each)["KeyMetadata"]["KeyId"] for each in (tags, []))
    kms = Role(wire, allow("kms:DescribeKey", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/*", Condition=TAG)).client("kms")
    assert not refused(kms.describe_key, KeyId=own)
    assert refused(kms.describe_key, KeyId=other)


def test_tags_of_what_nobody_looks_up_are_told_and_not_taken_for_absent(wire: Wire) -> None:
    sqs = Role(wire, allow("sqs:CreateQueue", Condition=TAG)).client("sqs")
    with pytest.raises(ClientError, match="does not evaluate the condition key aws:ResourceTag/mlstack:project"):
        sqs.create_queue(QueueName=json.dumps(uuid.uuid4().hex[:8]).strip('"'))
