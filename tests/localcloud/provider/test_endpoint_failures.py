"""An endpoint that does not come up, and one whose update SageMaker takes back."""

from __future__ import annotations

import base64
import io
import tarfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Cloud, Stack

pytestmark = [pytest.mark.engine, pytest.mark.slow]

GOOD = "def model_fn(d): return 1\ndef predict_fn(d, m): return d\n"
BAD = "raise RuntimeError('the model is broken')\n"
PROGRAM = """
    import pulumi
    import pulumi_aws as aws

    trust = (
        '{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole",'
        ' "Principal": {{"Service": "sagemaker.amazonaws.com"}}}}]}}'
    )
    role = aws.iam.Role("role", assume_role_policy=trust)
    rights = (
        '{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],'
        ' "Resource": "*"}}]}}'
    )
    policy = aws.iam.RolePolicy("rights", role=role.name, policy=rights)
    bucket = aws.s3.Bucket("models", force_destroy=True)
    archive = aws.s3.BucketObjectv2("archive", bucket=bucket.bucket, key="{key}", content_base64="{archive}")
    container = aws.sagemaker.ModelPrimaryContainerArgs(
        image="000000000000.dkr.ecr.us-east-1.amazonaws.com/plain:1",
        model_data_url=archive.arn.apply(lambda arn: arn.replace("arn:aws:s3:::", "s3://")),
        environment={{"SAGEMAKER_PROGRAM": "serve.py"}},
    )
    model = aws.sagemaker.Model(
        "model",
        execution_role_arn=role.arn,
        primary_container=container,
        opts=pulumi.ResourceOptions(depends_on=[policy]),
    )
    variant = aws.sagemaker.EndpointConfigurationProductionVariantArgs(
        variant_name="main", model_name=model.name, instance_type="ml.m5.large", initial_instance_count=1
    )
    config = aws.sagemaker.EndpointConfiguration("config", production_variants=[variant])
    aws.sagemaker.Endpoint("endpoint", name="{name}", endpoint_config_name=config.name)
"""


def program(name: str, serve: str) -> str:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        member = tarfile.TarInfo("code/serve.py")
        member.size = len(serve)
        tar.addfile(member, io.BytesIO(serve.encode()))
    archive = base64.b64encode(buffer.getvalue()).decode()
    return PROGRAM.format(name=name, key="good" if serve == GOOD else "bad", archive=archive)


def endpoints(stack: Stack) -> list[str]:
    return [each["id"] for each in stack.resources() if each["type"].endswith(":Endpoint")]


def test_a_failed_creation_is_explained_and_the_next_run_starts_afresh(
    new_stack: Callable[..., Stack], cloud: Cloud
) -> None:
    stack = new_stack("failing-endpoint")
    said = stack.failure(program("failing", BAD))
    assert "it ended Failed" in said
    assert "the model is broken" in said
    assert endpoints(stack) == []
    assert cloud.aws("sagemaker").list_endpoints(NameContains="failing")["Endpoints"] == []
    stack.success(program("failing", GOOD))
    assert endpoints(stack) == ["failing"]
    stack.stack.destroy()


def test_an_update_that_is_taken_back_is_reported_as_success(new_stack: Callable[..., Stack], cloud: Cloud) -> None:
    stack = new_stack("rolled-back-endpoint")
    stack.success(program("rolled-back", GOOD))
    before = cloud.aws("sagemaker").describe_endpoint(EndpointName="rolled-back")["EndpointConfigName"]
    stack.success(program("rolled-back", BAD))
    described = cloud.aws("sagemaker").describe_endpoint(EndpointName="rolled-back")
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", before)
    stack.stack.destroy()
