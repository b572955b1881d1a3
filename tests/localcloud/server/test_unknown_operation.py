"""What the local cloud does not have is answered by name, in each protocol's shape, and never as a success."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from mlstack_localcloud.server.s3_gaps import GAPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Wire

CASES: list[tuple[str, Callable[[Any], Any], str, str]] = [
    ("dynamodb", lambda client: client.list_tables(), "UnknownOperationException", "dynamodb:ListTables"),
    ("ec2", lambda client: client.describe_fpga_images(), "InvalidAction", "ec2:DescribeFpgaImages"),
    (
        "iam",
        lambda client: client.simulate_custom_policy(PolicyInputList=["{}"], ActionNames=["s3:GetObject"]),
        "InvalidAction",
        "iam:SimulateCustomPolicy",
    ),
    (
        "kms",
        lambda client: client.describe_custom_key_stores(),
        "UnknownOperationException",
        "kms:DescribeCustomKeyStores",
    ),
    ("lambda", lambda client: client.list_functions(), "UnknownOperationException", "lambda:ListFunctions"),
    (
        "s3",
        lambda client: client.list_bucket_metrics_configurations(Bucket="unknown-operations"),
        "NotImplemented",
        "s3:ListBucketMetricsConfigurations",
    ),
    ("sns", lambda client: client.list_origination_numbers(), "InvalidAction", "sns:ListOriginationNumbers"),
]


HANDLED = {
    (
        "DELETE",
        "bucket",
    ): "cors encryption lifecycle ownershipControls policy publicAccessBlock replication tagging website",
    (
        "GET",
        "bucket",
    ): "accelerate acl cors encryption inventory lifecycle list-type location logging notification object-lock "
    "ownershipControls policy policyStatus publicAccessBlock replication tagging uploads versioning versions website",
    ("POST", "bucket"): "delete",
    (
        "PUT",
        "bucket",
    ): "accelerate acl cors encryption inventory lifecycle logging notification object-lock ownershipControls "
    "policy publicAccessBlock replication tagging versioning website",
    ("DELETE", "object"): "tagging",
    ("GET", "object"): "acl attributes legal-hold tagging",
    ("POST", "object"): "restore select select-type uploads",
    ("PUT", "object"): "acl legal-hold retention tagging",
}
"""What moto's responses look for, by reading `moto/s3/responses.py`."""


@pytest.mark.parametrize(("service", "call", "code", "name"), CASES, ids=[case[3] for case in CASES])
def test_by_name(wire: Wire, service: str, call: Callable[[Any], Any], code: str, name: str) -> None:
    if service == "s3":
        wire.client("s3").create_bucket(Bucket="unknown-operations")
    with pytest.raises(ClientError) as unknown:
        call(wire.client(service))

    assert unknown.value.response["Error"]["Code"] == code
    assert f"does not implement {name}." in unknown.value.response["Error"]["Message"]
    assert unknown.value.response["ResponseMetadata"]["HTTPStatusCode"] >= 400


def test_each_sub_resource_of_s3_is_handled_or_a_gap() -> None:
    model = botocore.session.Session().get_service_model("s3")
    found = defaultdict(set)
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        level = "object" if "{Key+}" in path else "bucket"
        found[http["method"], level] |= {part.partition("=")[0] for part in query.split("&") if part}

    for place, names in found.items():
        assert names <= set(HANDLED.get(place, "").split()) | GAPS.get(place, frozenset()), place


@pytest.mark.parametrize(
    ("method", "path", "sub_resource"),
    [
        (method, "/unknown-operations" + ("/key" if level == "object" else ""), sub_resource)
        for (method, level), sub_resources in sorted(GAPS.items())
        for sub_resource in sorted(sub_resources)
    ],
)
def test_a_gap_of_s3_touches_neither_bucket_nor_object(wire: Wire, method: str, path: str, sub_resource: str) -> None:
    objects = wire.client("s3")
    objects.create_bucket(Bucket="unknown-operations")
    objects.put_object(Bucket="unknown-operations", Key="key", Body=b"content")
    target = f"{path}?{sub_resource}"
    answer = wire.send(method, target, headers=wire.sign("s3", method, target))

    assert answer.status == 501
    assert b"<Code>NotImplemented</Code>" in answer.body
    assert objects.get_object(Bucket="unknown-operations", Key="key")["Body"].read() == b"content"
