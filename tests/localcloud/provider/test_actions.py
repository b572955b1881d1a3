"""Which IAM actions a resource type needs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
from mlstack_localcloud.provider.actions import action_of, actions_of, operations_of
from mlstack_localcloud.provider.registry import RESOURCE_TYPES, resource_type
from mlstack_localcloud.server.authorization.services import s3

_TYPES = [resource_type(token) for token in RESOURCE_TYPES]
_S3 = sorted({operation for type_ in _TYPES if type_.service == "s3" for operation in operations_of(type_)})


@pytest.mark.parametrize("token", RESOURCE_TYPES)
def test_whatever_a_type_calls_is_an_operation_of_its_service(token: str) -> None:
    type_ = resource_type(token)
    found = operations_of(type_)
    every = [type_.create, *type_.reads, *type_.updates, *type_.deletes]
    assert {call.operation for call in every} <= found
    model = botocore.session.get_session().get_service_model(type_.service)
    assert found <= set(model.operation_names)
    assert len(actions_of(type_)) <= len(found)


def test_tags_collections_sweeps_and_waits_count() -> None:
    bucket = operations_of(resource_type("aws:s3/bucket:Bucket"))
    assert {"PutBucketTagging", "ListObjectVersions", "DeleteObjects"} <= bucket
    endpoint = operations_of(resource_type("aws:sagemaker/endpoint:Endpoint"))
    assert {"AddTags", "ListTags", "DescribeEndpoint"} <= endpoint
    role = operations_of(resource_type("aws:iam/role:Role"))
    assert {"AttachRolePolicy", "DetachRolePolicy", "ListAttachedRolePolicies", "PutRolePermissionsBoundary"} <= role


@pytest.mark.parametrize("operation", _S3)
def test_actions_of_s3_are_those_that_the_local_cloud_judges_its_requests_by(operation: str) -> None:
    """Two tables, one by operations and one by methods and sub-resources, say the same."""
    http = botocore.session.get_session().get_service_model("s3").operation_model(operation).http
    path, _, query = http["requestUri"].partition("?")
    path = path.replace("{Bucket}", "weather").replace("{Key+}", "data.csv")
    parameters = dict(pair.partition("=")[::2] for pair in query.split("&") if pair)
    request: Any = SimpleNamespace(
        method=http["method"], path=path, query=query, parameters=parameters, headers={}, body=b"<Key>x</Key>"
    )
    judged = {access.action for access in s3.accesses(request, "eu-west-1")}
    assert action_of("s3", operation) in judged


def test_budgets_are_changed_and_viewed_by_two_actions() -> None:
    actions = {
        action for action in actions_of(resource_type("aws:budgets/budget:Budget")) if "tag" not in action.lower()
    }
    assert actions == {"budgets:ModifyBudget", "budgets:ViewBudget"}
