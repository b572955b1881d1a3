"""The pipelines of `test_batch_oracle.py`, written with the sagemaker SDK and printed as JSON; a program of its own."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import boto3
from moto import mock_aws
from sagemaker.core.transformer import Transformer
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.parameters import ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.retry import StepExceptionTypeEnum, StepRetryPolicy
from sagemaker.mlops.workflow.steps import TransformStep

KEY = "arn:aws:kms:eu-west-1:111111111111:key/0f0f0f0f"


def _definition(*, by_line: bool, join: bool) -> dict[str, Any]:
    session = PipelineSession(boto_session=boto3.Session(region_name="eu-west-1"), default_bucket="sdk-default-bucket")
    bucket = ParameterString("InputBucket", "weather-data")
    key = ParameterString("InputKey", "incoming/")
    output = ParameterString("OutputUri", "s3://weather-data/predictions/weather-dev-batch")
    split = "Line" if by_line else "None"
    transformer = Transformer(
        model_name="weather-dev-model-0a",
        instance_count=2,
        instance_type="ml.m5.large",
        strategy="MultiRecord" if by_line else None,
        assemble_with=split,
        output_path=Join(on="/", values=[output, ExecutionVariables.PIPELINE_EXECUTION_ID]),
        output_kms_key=KEY,
        accept="text/csv",
        max_concurrent_transforms=4,
        max_payload=8,
        sagemaker_session=session,
        volume_kms_key=KEY,
    )
    arguments = transformer.transform(
        data=Join(on="", values=["s3://", bucket, "/", key]),
        content_type="text/csv",
        compression_type="None",
        split_type=split,
        join_source="Input" if join else "None",
        job_name="weather",  # without one the SDK asks for the image of the model
    )
    types = [StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING]
    retry = [StepRetryPolicy(exception_types=types, interval_seconds=5, backoff_rate=2.0, max_attempts=5)]
    pipeline = Pipeline(
        name="weather-dev-batch",
        parameters=[bucket, key, output],
        steps=[TransformStep("transform", step_args=arguments, retry_policies=retry)],
        sagemaker_session=session,
        pipeline_experiment_config=None,
    )
    found: dict[str, Any] = json.loads(pipeline.definition())
    return found


@mock_aws
def _main() -> None:
    logging.disable(logging.CRITICAL)
    definitions = {
        "by line": _definition(by_line=True, join=True),
        "by file": _definition(by_line=False, join=False),
    }
    json.dump(definitions, sys.stdout)


if __name__ == "__main__":
    _main()
