"""The `baseline` step in SageMaker's JSON: what the data looks like that a model was trained with.

A processing job of AWS's analyzer, which is told by its environment what to do
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-create-baseline.html; the variables are those that the
sagemaker SDK's `DefaultModelMonitor.suggest_baseline` sets). It writes statistics.json and constraints.json, and the
version that is registered after it names both. It is a plain processing step and no `QualityCheck` step, because that
one also compares with the version before, and would stop a retraining on data that has changed, which is what a
retraining is for.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlstack_components.aws.instance_types import volume_key
from mlstack_components.aws.pipeline_expressions import Json, get, join
from mlstack_components.aws.pipeline_locations import output_uri
from mlstack_components.aws.pipeline_steps import RETRY_POLICIES, prepared, vpc_config

if TYPE_CHECKING:
    from mlstack_components.aws.pipeline_args import BaselineStepArgs, PipelineDefinitionArgs

BASELINE = "baseline"
CONSTRAINTS_FILE = "constraints.json"
STATISTICS_FILE = "statistics.json"

_INPUT = "/opt/ml/processing/input/baseline_dataset_input"
_OUTPUT = "/opt/ml/processing/output"


def baseline_step(args: PipelineDefinitionArgs, step: BaselineStepArgs) -> Json:
    """Return the step that measures the training data.

    Args:
        args: All that the pipeline follows from.
        step: Where it runs.
    """
    cluster: Json = {
        "InstanceType": step.instance_type,
        "InstanceCount": 1,
        "VolumeSizeInGB": step.volume_gigabytes,
    }
    key = volume_key(step.instance_type, args.encryption_key_arn)
    network: Json = {"EnableInterContainerTrafficEncryption": True, "EnableNetworkIsolation": True}
    source = {"S3Uri": prepared(args, "train"), "LocalPath": _INPUT, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    target = {"S3Uri": output_uri(args, BASELINE), "LocalPath": _OUTPUT, "S3UploadMode": "EndOfJob"}
    request: Json = {
        "AppSpecification": {"ImageUri": step.image_uri},
        "Environment": {
            "dataset_format": json.dumps({"csv": {"header": True, "output_columns_position": "START"}}),
            "dataset_source": _INPUT,
            "output_path": _OUTPUT,
            "publish_cloudwatch_metrics": "Disabled",
        },
        "ProcessingInputs": [{"InputName": "baseline_dataset_input", "S3Input": source}],
        "ProcessingOutputConfig": {
            "Outputs": [{"OutputName": BASELINE, "S3Output": target}],
            "KmsKeyId": args.encryption_key_arn,
        },
        "ProcessingResources": {"ClusterConfig": cluster if key is None else {**cluster, "VolumeKmsKeyId": key}},
        "NetworkConfig": network if args.network is None else {**network, "VpcConfig": vpc_config(args.network)},
        "RoleArn": args.processing_role_arn,
        "StoppingCondition": {"MaxRuntimeInSeconds": step.max_runtime_seconds},
    }
    return {"Name": BASELINE, "Type": "Processing", "Arguments": request, "RetryPolicies": RETRY_POLICIES}


def with_baseline(registration: Json) -> Json:
    """Return the registration of a version that names its baseline, for monitors of data quality.

    Args:
        registration: The `register` step.
    """
    folder = get(f"Steps.{BASELINE}.ProcessingOutputConfig.Outputs['{BASELINE}'].S3Output.S3Uri")
    found = {
        member: {"ContentType": "application/json", "S3Uri": join("/", folder, file)}
        for member, file in (("Statistics", STATISTICS_FILE), ("Constraints", CONSTRAINTS_FILE))
    }
    arguments = registration["Arguments"]
    metrics = {**arguments.get("ModelMetrics", {}), "ModelDataQuality": found}
    baselines = {"ModelDataQuality": found}
    return {
        **registration,
        "Arguments": {**arguments, "ModelMetrics": metrics, "DriftCheckBaselines": baselines},
    }
