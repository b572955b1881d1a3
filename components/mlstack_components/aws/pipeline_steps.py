"""The steps of a training pipeline in SageMaker's JSON, each a pure function.

Source of the shapes: https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/
and, for each step's `Arguments`, the request of the operation that it calls.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from mlstack_components.aws.instance_types import volume_key
from mlstack_components.aws.names import CODE_ARCHIVE
from mlstack_components.aws.pipeline_expressions import Json, get, join
from mlstack_components.aws.pipeline_locations import TRAIN, model_uri, output_uri
from mlstack_components.aws.training_options import add_options, script
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from mlstack_components.aws.network import Network
    from mlstack_components.aws.pipeline_args import (
        EvaluateStepArgs,
        Gate,
        Hyperparameter,
        JobStepArgs,
        PipelineDefinitionArgs,
        PrepareStepArgs,
        RegisterStepArgs,
        ScriptStepArgs,
    )

PREPARE = "prepare"
EVALUATE = "evaluate"
GATE = "gate"
GATE_FAILED = "gate-failed"
REGISTER = "register"

REPORT_FILE = "evaluation.json"
REPORT_PROPERTY_FILE = "EvaluationReport"

MAX_COMMAND = 256
"""The longest word of a processing container's entry point, in characters (ContainerEntrypointString)."""

_PROCESSING = "/opt/ml/processing"
_MODEL_CODE = "/opt/ml/model/code"
_COMPARISONS = {
    ">=": "GreaterThanOrEqualTo",
    ">": "GreaterThan",
    "<=": "LessThanOrEqualTo",
    "<": "LessThan",
}
RETRY_POLICIES: list[Json] = [
    {
        "ExceptionType": ["Step.SERVICE_FAULT", "Step.THROTTLING"],
        "IntervalSeconds": 5,
        "BackoffRate": 2.0,
        "MaxAttempts": 5,
    }
]


def prepare_step(args: PipelineDefinitionArgs, step: PrepareStepArgs) -> Json:
    """Return the step that turns the raw data into a training and a test set."""
    folder = f"{_PROCESSING}/output"
    return _processing_step(
        PREPARE,
        args,
        step,
        command=f"cd {_PROCESSING}/input/code && {_run_script(step)}",
        arguments=["--input", f"{_PROCESSING}/input/data", "--output", folder],
        inputs={"data": get("Parameters.DataUri")},
        outputs={"train": f"{folder}/train", "test": f"{folder}/test"},
    )


def evaluate_step(args: PipelineDefinitionArgs, step: EvaluateStepArgs) -> Json:
    """Return the step that measures the model; it finds the model unpacked."""
    inputs = f"{_PROCESSING}/input"
    folder = f"{_PROCESSING}/output/evaluation"
    result = _processing_step(
        EVALUATE,
        args,
        step,
        command=f"cd {inputs}/model && {_unpack('model.tar.gz')} && cd {inputs}/code && {_run_script(step)}",
        arguments=["--model", f"{inputs}/model", "--test", f"{inputs}/test", "--output", folder],
        inputs={"model": model_uri(args), "test": prepared(args, "test")},
        outputs={"evaluation": folder},
    )
    result["PropertyFiles"] = [
        {"PropertyFileName": REPORT_PROPERTY_FILE, "OutputName": "evaluation", "FilePath": REPORT_FILE}
    ]
    return result


def train_step(args: PipelineDefinitionArgs) -> Json:
    """Return the step that trains the model."""
    step = args.steps.train
    algorithm: Json = {"TrainingImage": step.image_uri, "TrainingInputMode": "File"}
    if step.metric_definitions:
        algorithm["MetricDefinitions"] = [
            {"Name": metric.name, "Regex": metric.pattern} for metric in step.metric_definitions
        ]
    channels = {"code": get("Parameters.CodeUri"), "train": prepared(args, "train")}
    if args.steps.prepare is not None:
        channels["test"] = prepared(args, "test")
    arguments: Json = {
        "AlgorithmSpecification": algorithm,
        "HyperParameters": {
            **script(step),
            **{name: _hyperparameter(name, default) for name, default in step.hyperparameters.items()},
        },
        "InputDataConfig": [_channel(name, uri) for name, uri in channels.items()],
        "OutputDataConfig": {"S3OutputPath": output_uri(args, TRAIN), "KmsKeyId": args.encryption_key_arn},
        "ResourceConfig": _cluster(args, step, "TrainInstanceType"),
        "RoleArn": args.training_role_arn,
        "StoppingCondition": {"MaxRuntimeInSeconds": step.max_runtime_seconds},
        "EnableNetworkIsolation": step.network_isolation,
        "EnableInterContainerTrafficEncryption": True,
    }
    if args.network is not None:
        arguments["VpcConfig"] = vpc_config(args.network)
    add_options(arguments, args)
    return {"Name": TRAIN, "Type": "Training", "Arguments": arguments, "RetryPolicies": RETRY_POLICIES}


def gate_step(gates: tuple[Gate, ...], passed: list[Json]) -> Json:
    """Return the step that compares the report with the gates.

    Args:
        gates: All that must hold.
        passed: The steps that run when they do.
    """
    failed: Json = {
        "Name": GATE_FAILED,
        "Type": "Fail",
        "Arguments": {"ErrorMessage": f"The model did not pass every gate: {', '.join(map(str, gates))}"},
    }
    arguments = {"Conditions": [_condition(gate) for gate in gates], "IfSteps": passed, "ElseSteps": [failed]}
    return {"Name": GATE, "Type": "Condition", "Arguments": arguments}


def register_step(args: PipelineDefinitionArgs, step: RegisterStepArgs) -> Json:
    """Return the step that registers the trained model as a version."""
    arguments: Json = {
        "ModelPackageGroupName": step.model_package_group_name,
        "ModelApprovalStatus": step.approval_status,
        "InferenceSpecification": _inference_specification(args, step),
        "CustomerMetadataProperties": {
            "code_uri": get("Parameters.CodeUri"),
            "data_uri": get("Parameters.DataUri"),
            "pipeline_execution": get("Execution.PipelineExecutionArn"),
        },
    }
    result: Json = {
        "Name": REGISTER,
        "Type": "RegisterModel",
        "Arguments": arguments,
        "RetryPolicies": RETRY_POLICIES,
    }
    if args.steps.evaluate is not None:
        report = {"ContentType": "application/json", "S3Uri": output_uri(args, EVALUATE, "evaluation", REPORT_FILE)}
        arguments["ModelMetrics"] = {"ModelQuality": {"Statistics": report}}
        if not args.steps.evaluate.gates:
            result["DependsOn"] = [EVALUATE]
    if step.card is not None:
        from mlstack_components.aws.model_card import model_card

        arguments["ModelCard"] = model_card(args, step.card)
    return result


def reported(metric: str) -> Json:
    """Return a metric of the evaluation's report."""
    report = get(f"Steps.{EVALUATE}.PropertyFiles.{REPORT_PROPERTY_FILE}")
    return {"Std:JsonGet": {"PropertyFile": report, "Path": f"metrics.{metric}.value"}}


def prepared(args: PipelineDefinitionArgs, output: str) -> Json:
    """Return where a prepared set lies, or the raw data where nothing is prepared."""
    if args.steps.prepare is None:
        return get("Parameters.DataUri")
    return get(f"Steps.{PREPARE}.ProcessingOutputConfig.Outputs['{output}'].S3Output.S3Uri")


def _inference_specification(args: PipelineDefinitionArgs, step: RegisterStepArgs) -> Json:
    container: Json = {
        "Image": step.image_uri,
        "ModelDataUrl": model_uri(args),
    }
    if step.entry_point is not None:
        container["Environment"] = {
            "SAGEMAKER_PROGRAM": step.entry_point,
            "SAGEMAKER_SUBMIT_DIRECTORY": _MODEL_CODE,
        }
    specification: Json = {
        "Containers": [container],
        "SupportedContentTypes": list(step.content_types),
        "SupportedResponseMIMETypes": list(step.content_types),
    }
    if step.instance_types:
        specification["SupportedRealtimeInferenceInstanceTypes"] = list(step.instance_types)
    return specification


def _processing_step(
    name: str,
    args: PipelineDefinitionArgs,
    step: ScriptStepArgs,
    *,
    command: str,
    arguments: list[str],
    inputs: dict[str, Json],
    outputs: dict[str, str],
) -> Json:
    if len(command) > MAX_COMMAND:
        raise UserError(f"The script's name {step.entry_point} is too long.", next_step="Choose a shorter one.")
    network: Json = {
        "EnableInterContainerTrafficEncryption": True,
        "EnableNetworkIsolation": step.network_isolation,
    }
    if args.network is not None:
        network["VpcConfig"] = vpc_config(args.network)
    all_inputs = {"code": get("Parameters.CodeUri"), **inputs}
    request = {
        "AppSpecification": {
            "ImageUri": step.image_uri,
            # `sh -c` takes the word after the script as its own name and the job's arguments as "$@".
            "ContainerEntrypoint": ["/bin/sh", "-c", command, "--"],
            "ContainerArguments": arguments,
        },
        "ProcessingInputs": [_processing_input(key, uri) for key, uri in all_inputs.items()],
        "ProcessingOutputConfig": {
            "Outputs": [_processing_output(key, path, output_uri(args, name, key)) for key, path in outputs.items()],
            "KmsKeyId": args.encryption_key_arn,
        },
        "ProcessingResources": {"ClusterConfig": _cluster(args, step, f"{name.capitalize()}InstanceType")},
        "NetworkConfig": network,
        "RoleArn": args.processing_role_arn,
        "StoppingCondition": {"MaxRuntimeInSeconds": step.max_runtime_seconds},
    }
    return {"Name": name, "Type": "Processing", "Arguments": request, "RetryPolicies": RETRY_POLICIES}


def _run_script(step: ScriptStepArgs) -> str:
    return f'{_unpack(CODE_ARCHIVE)} && exec python3 {shlex.quote(step.entry_point)} "$@"'


def _unpack(archive: str) -> str:
    # Slim images have Python but neither tar nor gzip.
    return f"python3 -m tarfile -e {archive}"


def _cluster(args: PipelineDefinitionArgs, step: JobStepArgs, parameter: str) -> Json:
    cluster: Json = {
        "InstanceType": get(f"Parameters.{parameter}"),
        "InstanceCount": step.instance_count,
        "VolumeSizeInGB": step.volume_gigabytes,
    }
    key = volume_key(step.instance_type, args.encryption_key_arn)
    return cluster if key is None else {**cluster, "VolumeKmsKeyId": key}


def _hyperparameter(name: str, default: Hyperparameter) -> Json:
    # A training job takes strings alone; joining a number with nothing writes it as one.
    reference = get(f"Parameters.{name}")
    return reference if isinstance(default, str) else join("", reference)


def vpc_config(network: Network) -> Json:
    """Return the VPC of a job."""
    return {"SecurityGroupIds": list(network.security_group_ids), "Subnets": list(network.subnet_ids)}


def _channel(name: str, uri: Json) -> Json:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}


def _processing_input(name: str, uri: Json) -> Json:
    return {
        "InputName": name,
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": f"{_PROCESSING}/input/{name}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
            "S3CompressionType": "None",
        },
    }


def _processing_output(name: str, path: str, uri: Json) -> Json:
    return {
        "OutputName": name,
        "S3Output": {"S3Uri": uri, "LocalPath": path, "S3UploadMode": "EndOfJob"},
    }


def _condition(gate: Gate) -> Json:
    return {
        "Type": _COMPARISONS[gate.comparator],
        "LeftValue": reported(gate.metric),
        "RightValue": gate.threshold,
    }
