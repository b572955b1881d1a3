"""A refused request reads, for each protocol's client, as AWS's own refusal does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Wire

CALLS: dict[str, Callable[[Any], Any]] = {
    "cloudwatch": lambda client: client.list_metrics(),
    "ec2": lambda client: client.describe_vpcs(),
    "iam": lambda client: client.list_roles(),
    "kms": lambda client: client.list_keys(),
    "s3": lambda client: client.list_buckets(),
    "sagemaker": lambda client: client.list_models(),
    "sagemaker-runtime": lambda client: client.invoke_endpoint(EndpointName="e", Body=b"1"),
    "sns": lambda client: client.list_topics(),
    "sqs": lambda client: client.list_queues(),
    "sts": lambda client: client.get_caller_identity(),
}

UNKNOWN_KEY = {
    "cloudwatch": ("UnrecognizedClientException", 400),
    "ec2": ("AuthFailure", 401),
    "iam": ("InvalidClientTokenId", 403),
    "kms": ("UnrecognizedClientException", 400),
    "s3": ("InvalidAccessKeyId", 403),
    "sagemaker": ("UnrecognizedClientException", 400),
    "sagemaker-runtime": ("UnrecognizedClientException", 403),
    "sns": ("InvalidClientTokenId", 403),
    "sqs": ("UnrecognizedClientException", 400),
    "sts": ("InvalidClientTokenId", 403),
}

WRONG_SECRET = {
    "cloudwatch": ("InvalidSignatureException", 400),
    "ec2": ("AuthFailure", 401),
    "iam": ("SignatureDoesNotMatch", 403),
    "kms": ("InvalidSignatureException", 400),
    "s3": ("SignatureDoesNotMatch", 403),
    "sagemaker": ("InvalidSignatureException", 400),
    "sagemaker-runtime": ("InvalidSignatureException", 403),
    "sns": ("SignatureDoesNotMatch", 403),
    "sqs": ("InvalidSignatureException", 400),
    "sts": ("SignatureDoesNotMatch", 403),
}

WRONG_TOKEN = {
    "ec2": ("AuthFailure", 401),
    "iam": ("InvalidClientTokenId", 403),
    "kms": ("UnrecognizedClientException", 400),
    "s3": ("InvalidToken", 400),
    "sagemaker-runtime": ("UnrecognizedClientException", 403),
}


@pytest.mark.parametrize("service", sorted(UNKNOWN_KEY))
def test_a_key_of_another_cloud(wire: Wire, service: str) -> None:
    assert _refusal(service, wire.client(service, aws_access_key_id="AKIAIOSFODNN7EXAMPLE")) == UNKNOWN_KEY[service]


@pytest.mark.parametrize("service", sorted(WRONG_SECRET))
def test_a_wrong_secret(wire: Wire, service: str) -> None:
    assert _refusal(service, wire.client(service, aws_secret_access_key="wrong" * 8)) == WRONG_SECRET[service]


@pytest.mark.parametrize("service", sorted(WRONG_TOKEN))
def test_a_made_up_session_token(wire: Wire, service: str) -> None:
    assert _refusal(service, wire.client(service, aws_session_token="made up")) == WRONG_TOKEN[service]


def test_a_refused_head_has_no_body(wire: Wire) -> None:
    client = wire.client("s3", aws_secret_access_key="wrong" * 8)

    with pytest.raises(ClientError) as refused:
        client.head_bucket(Bucket="bucket")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_the_right_key_is_let_in_everywhere(wire: Wire) -> None:
    for service, call in CALLS.items():
        if service != "sagemaker-runtime":
            assert call(wire.client(service))["ResponseMetadata"]["HTTPStatusCode"] == 200, service


def _refusal(service: str, client: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as refused:
        CALLS[service](client)
    response = refused.value.response
    assert response["Error"]["Message"]
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]
