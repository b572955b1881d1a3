"""Our definition of batches beside the one that the sagemaker SDK makes of the same pipeline: they are equal."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mlstack_components.aws.batch_args import TransformArgs
from mlstack_components.aws.batch_definition import BatchDefinitionArgs, batch_definition

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sagemaker-sdk")]

LINES = BatchDefinitionArgs(
    model_name="weather-dev-model-0a",
    input_bucket="weather-data",
    input_key="incoming/",
    output_uri="s3://weather-data/predictions/weather-dev-batch",
    encryption_key_arn="arn:aws:kms:eu-west-1:111111111111:key/0f0f0f0f",
    transform=TransformArgs(
        instance_type="ml.m5.large", instance_count=2, max_concurrent=4, max_payload_megabytes=8, join_input=True
    ),
)
FILES = dataclasses.replace(LINES, transform=dataclasses.replace(LINES.transform, split="none", join_input=False))
VARIANTS = {"by line": LINES, "by file": FILES}


@pytest.fixture(scope="module")
def sdk_definitions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the SDK makes, without its own configuration, credentials and telemetry."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path_factory.mktemp("home")),
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAGEMAKER_VALIDATE_ROLE": "false",
    }
    program = Path(__file__).with_name("sagemaker_sdk_batch.py")
    run = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False, env=environment)
    assert run.returncode == 0, run.stderr
    definitions: dict[str, Any] = json.loads(run.stdout)
    # The SDK's own, in every pipeline.
    assert [definition.pop("MlflowConfig") for definition in definitions.values()] == [None, None]
    return definitions


@pytest.mark.parametrize("variant", VARIANTS)
def test_ours_is_what_the_sdk_makes(variant: str, sdk_definitions: dict[str, Any]) -> None:
    assert batch_definition(VARIANTS[variant]) == sdk_definitions[variant]


def test_the_comparison_notices_another_request(sdk_definitions: dict[str, Any]) -> None:
    assert batch_definition(LINES) != sdk_definitions["by file"]
    other = dataclasses.replace(LINES, transform=dataclasses.replace(LINES.transform, max_concurrent=5))
    assert batch_definition(other) != sdk_definitions["by line"]
