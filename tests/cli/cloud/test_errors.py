from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoRegionError
from mlstack.cloud.errors import CloudError, explained, is_missing

LOCAL: Any = SimpleNamespace(environment="local", account="000000000000", is_local=True)
PROD: Any = SimpleNamespace(environment="prod", account="222222222222", is_local=False)


def _error(code: str, message: str = "Said so.") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "CreateEndpoint")


@pytest.mark.parametrize(
    ("raised", "spec", "said"),
    [
        (_error("ExpiredTokenException"), PROD, "credentials have expired. Log in to account 222222222222"),
        (_error("UnrecognizedClientException"), LOCAL, "keys are not known there"),
        (_error("AccessDeniedException"), PROD, "CreateEndpoint was denied: Said so."),
        (_error("ThrottlingException"), PROD, "was throttled"),
        (_error("ResourceLimitExceeded", "10 ml.m5.large."), PROD, "A quota is exhausted: 10 ml.m5.large."),
        (_error("ValidationException", "Bad name."), PROD, "CreateEndpoint failed: Bad name (ValidationException)."),
        (
            EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
            LOCAL,
            "http://127.0.0.1:1. Start it with `mlstack",
        ),
        (EndpointConnectionError(endpoint_url="https://x"), PROD, "https://x cannot be reached"),
        (NoRegionError(), PROD, "could not be made: You must specify a region."),
    ],
)
def test_one_sentence_and_the_next_step(raised: Exception, spec: Any, said: str) -> None:
    with pytest.raises(CloudError) as caught, explained(spec):
        raise raised
    assert said in str(caught.value)
    assert caught.value.exit_code == 1


def test_other_exceptions_pass() -> None:
    with pytest.raises(KeyError), explained(PROD):
        raise KeyError


@pytest.mark.parametrize(
    ("code", "message", "missing"),
    [
        ("ValidationException", 'Could not find endpoint "arn:x".', True),
        ("ValidationException", "Model Package Group x does not exist.", True),
        ("ValidationException", "1 validation error detected", False),
        ("ResourceNotFound", "Pipeline 'x' does not exist.", True),
        ("ParameterNotFound", "", True),
        ("RepositoryNotFoundException", "", True),
        ("NoSuchBucket", "", True),
        ("AccessDeniedException", "could not find", False),
    ],
)
def test_what_is_missing(code: str, message: str, missing: bool) -> None:
    assert is_missing(_error(code, message)) is missing
