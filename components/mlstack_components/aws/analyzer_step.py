"""The steps of AWS's analyzers in SageMaker's JSON: what all processing jobs that make baselines have in common.

They are plain processing steps and no `QualityCheck` or `ClarifyCheck` steps where they needn't be, because those also
compare with the version before, and would stop a retraining on changed data, which is what a retraining is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.instance_types import volume_key
from mlstack_components.aws.pipeline_expressions import Json, get, join
from mlstack_components.aws.pipeline_locations import output_uri
from mlstack_components.aws.pipeline_steps import RETRY_POLICIES, vpc_config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_components.aws.pipeline_args import BaselineStepArgs, PipelineDefinitionArgs

CONSTRAINTS_FILE = "constraints.json"
STATISTICS_FILE = "statistics.json"

OUTPUT = "/opt/ml/processing/output"
"""Where an analyzer writes what it finds."""


def analyzer_step(
    name: str,
    args: PipelineDefinitionArgs,
    step: BaselineStepArgs,
    *,
    inputs: list[Json],
    output_name: str,
    environment: Mapping[str, str],
) -> Json:
    """Return a step that runs one of AWS's analyzers.

    Args:
        name: The step's name, and its folder.
        args: All that the pipeline follows from.
        step: Where it runs.
        inputs: What it reads, as `analyzer_input` gives it.
        output_name: What it calls what it writes.
        environment: The variables that say what to do.
    """
    cluster: Json = {
        "InstanceType": step.instance_type,
        "InstanceCount": 1,
        "VolumeSizeInGB": step.volume_gigabytes,
    }
    key = volume_key(step.instance_type, args.encryption_key_arn)
    network: Json = {"EnableInterContainerTrafficEncryption": True, "EnableNetworkIsolation": True}
    target = {"S3Uri": output_uri(args, name), "LocalPath": OUTPUT, "S3UploadMode": "EndOfJob"}
    request: Json = {
        "AppSpecification": {"ImageUri": step.image_uri},
        "Environment": dict(environment),
        "ProcessingInputs": inputs,
        "ProcessingOutputConfig": {
            "Outputs": [{"OutputName": output_name, "S3Output": target}],
            "KmsKeyId": args.encryption_key_arn,
        },
        "ProcessingResources": {"ClusterConfig": cluster if key is None else {**cluster, "VolumeKmsKeyId": key}},
        "NetworkConfig": network if args.network is None else {**network, "VpcConfig": vpc_config(args.network)},
        "RoleArn": args.processing_role_arn,
        "StoppingCondition": {"MaxRuntimeInSeconds": step.max_runtime_seconds},
    }
    return {"Name": name, "Type": "Processing", "Arguments": request, "RetryPolicies": RETRY_POLICIES}


def analyzer_input(name: str, uri: Json, path: str) -> Json:
    """Return an input of an analyzer.

    Args:
        name: Its name.
        uri: Where it lies in S3.
        path: Where the analyzer finds it.
    """
    source = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": source}


def written_files(step: str, output_name: str, files: Mapping[str, str]) -> Json:
    """Return files that an analyzer's step has written, as a version names them.

    Args:
        step: The step's name.
        output_name: What it calls what it writes.
        files: The files, by the member of the request that names them.
    """
    folder = get(f"Steps.{step}.ProcessingOutputConfig.Outputs['{output_name}'].S3Output.S3Uri")
    return {
        member: {"ContentType": "application/json", "S3Uri": join("/", folder, file)} for member, file in files.items()
    }
