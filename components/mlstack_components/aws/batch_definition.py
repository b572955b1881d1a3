"""The pipeline that scores a dataset, as SageMaker's pipeline JSON: a pure function, tested against the sagemaker SDK.

One step, a transform job. Its parameters say what is scored and where the predictions go, and default to the whole
source and to the environment's own folder; each execution writes to a folder of its own below it, so that no batch
overwrites another's. Bucket and key are two parameters, since an event of S3 names them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_components.aws.instance_types import volume_key
from mlstack_components.aws.pipeline_definition import SCHEMA_VERSION
from mlstack_components.aws.pipeline_expressions import Json, get, join
from mlstack_components.aws.pipeline_steps import RETRY_POLICIES

if TYPE_CHECKING:
    from mlstack_components.aws.batch_args import TransformArgs

TRANSFORM = "transform"
INPUT_BUCKET = "InputBucket"
INPUT_KEY = "InputKey"
OUTPUT_URI = "OutputUri"

_RECORDS = ("text/csv", "application/json", "application/jsonlines")


@dataclass(frozen=True, kw_only=True)
class BatchDefinitionArgs:
    """All that the definition follows from."""

    model_name: str
    """The model."""
    input_bucket: str
    """The bucket of the data, a default."""
    input_key: str
    """What the keys of the data begin with, a default."""
    output_uri: str
    """The S3 URI below which each execution has a folder, a default."""
    encryption_key_arn: str
    """The key of volumes and predictions."""
    transform: TransformArgs
    """How data is scored."""


def batch_definition(args: BatchDefinitionArgs) -> Json:
    """Return the pipeline's definition.

    Args:
        args: All that it follows from.

    Returns:
        What `CreatePipeline` takes as `PipelineDefinition`, before it is written as JSON.
    """
    defaults = {INPUT_BUCKET: args.input_bucket, INPUT_KEY: args.input_key, OUTPUT_URI: args.output_uri}
    return {
        "Version": SCHEMA_VERSION,
        "Metadata": {},
        "Parameters": [{"Name": name, "Type": "String", "DefaultValue": value} for name, value in defaults.items()],
        # Without this SageMaker makes an experiment and a trial of every execution, under rights that the role lacks.
        "PipelineExperimentConfig": None,
        "Steps": [
            {"Name": TRANSFORM, "Type": "Transform", "Arguments": _request(args), "RetryPolicies": RETRY_POLICIES}
        ],
    }


def _request(args: BatchDefinitionArgs) -> Json:
    how = args.transform
    by_line = how.split == "line"
    request: Json = {
        "ModelName": args.model_name,
        "MaxConcurrentTransforms": how.max_concurrent,
        "MaxPayloadInMB": how.max_payload_megabytes,
        "TransformInput": _input(how, split="Line" if by_line else "None"),
        "TransformOutput": _output(args, assemble="Line" if by_line else "None"),
        "TransformResources": _resources(args),
        "DataProcessing": {"JoinSource": "Input" if how.join_input else "None"},
    }
    if by_line:
        request["BatchStrategy"] = "MultiRecord"
    return request


def _input(how: TransformArgs, *, split: str) -> Json:
    uri = join("", "s3://", get(f"Parameters.{INPUT_BUCKET}"), "/", get(f"Parameters.{INPUT_KEY}"))
    return {
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
        "ContentType": how.content_type,
        "CompressionType": "None",
        "SplitType": split,
    }


def _output(args: BatchDefinitionArgs, *, assemble: str) -> Json:
    output: Json = {
        "S3OutputPath": join("/", get(f"Parameters.{OUTPUT_URI}"), get("Execution.PipelineExecutionId")),
        "AssembleWith": assemble,
        "KmsKeyId": args.encryption_key_arn,
    }
    # What is no record in, such as an image, is none out; the container chooses.
    if args.transform.content_type in _RECORDS:
        output["Accept"] = args.transform.content_type
    return output


def _resources(args: BatchDefinitionArgs) -> Json:
    how = args.transform
    resources: Json = {"InstanceType": how.instance_type, "InstanceCount": how.instance_count}
    key = volume_key(how.instance_type, args.encryption_key_arn)
    return resources if key is None else {**resources, "VolumeKmsKeyId": key}
