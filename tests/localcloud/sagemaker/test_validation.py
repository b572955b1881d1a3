"""Requests on the wire: what is refused before an operation runs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlstack_localcloud.server.caller import Caller
from mlstack_localcloud.server.sagemaker import service_model, validation
from mlstack_localcloud.server.sagemaker.errors import ServiceError

CALLER = Caller("000000000000", "us-east-1", "arn:aws:iam::000000000000:root", "AKIATEST")


@pytest.fixture
def handle(cloud):
    def handle(operation, body):
        response = cloud.sagemaker.handle(operation, body, CALLER)
        return response.status_code, json.loads(response.get_data())

    return handle


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'{"ModelName": 5}', b"[" * 100_000])
def test_a_body_that_is_no_request_is_refused(handle, body):
    status, answer = handle("DescribeModel", body)
    assert (status, answer["__type"]) == (400, "SerializationException")


def test_members_that_aws_does_not_know_are_ignored(handle):
    status, answer = handle("ListModels", b'{"Colour": "blue"}')
    assert (status, answer) == (200, {"Models": []})


def test_an_operation_that_aws_has_not_is_unknown(handle):
    status, answer = handle("MakeCoffee", b"{}")
    assert (status, answer["__type"], "MakeCoffee" in answer["message"]) == (404, "UnknownOperationException", True)


def checked(operation, **request):
    return validation.checked(service_model.input_shape(operation), request)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({}, "Value null at 'modelName' failed to satisfy constraint: Member must not be null"),
        (
            {"ModelName": "m", "EnableNetworkIsolation": True, "ExecutionRoleArn": "a" * 25},
            "Value 'aaaaaaaaaaaaaaaaaaaaaaaaa' at 'executionRoleArn' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: arn:aws",
        ),
        (
            {"ModelName": "m", "PrimaryContainer": {"Mode": "Many"}},
            "Value 'Many' at 'primaryContainer.mode' failed to satisfy constraint: "
            "Member must satisfy enum value set: [SingleModel, MultiModel]",
        ),
        (
            {"ModelName": "m", "Containers": [{}, {"Image": "x" * 256}]},
            "at 'containers.2.member.image' failed to satisfy constraint: Member must have length less than or equal",
        ),
    ],
)
def test_violations_are_told_as_aws_tells_them(request_, message):
    with pytest.raises(ServiceError) as caught:
        checked("CreateModel", **request_)
    assert caught.value.code == "ValidationException"
    assert caught.value.message.startswith("1 validation error detected: ")
    assert message in caught.value.message


def test_numbers_have_limits():
    with pytest.raises(ServiceError, match="Member must have value less than or equal to 100"):
        checked("ListModels", MaxResults=101)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["TrainingJobName", "HyperParameters", "InputDataConfig", "StoppingCondition", "RoleArn"]), JSON
    )
)
def test_nothing_but_a_refusal_comes_of_nonsense(request_):
    with pytest.raises(ServiceError):
        checked("CreateTrainingJob", **request_)
