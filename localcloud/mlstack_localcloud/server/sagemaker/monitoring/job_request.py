"""The processing job of a monitoring execution, as a pure function.

Source of variables and paths: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-inputs.html.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.monitoring.times import Window
    from mlstack_localcloud.server.sagemaker.ports import Document
    from mlstack_localcloud.server.sagemaker.resources.job_definition_kinds import DefinitionKind

_FORMAT = json.dumps({"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}})
_BASELINE = "/opt/ml/processing/baseline"
_LABELS = "/opt/ml/processing/input/ground_truth"
_CONFIGURATION = "/opt/ml/processing/input/config"
_PREPROCESSOR = "/opt/ml/processing/code/preprocessor"


@dataclass(frozen=True)
class Execution:
    """What an execution looks at.

    Attributes:
        job_name: The name of its processing job.
        schedule: The schedule's name.
        endpoint: The endpoint's name.
        window: From when to when.
        folders: Where the calls lie in S3, by their path below the input's local path.
    """

    job_name: str
    schedule: str
    endpoint: str
    window: Window
    folders: dict[str, str]


def ground_truth_uri(definition: Document, kind: DefinitionKind) -> str:
    """Return the prefix of the labels that a job definition names, with a slash at its end."""
    return str(kind.part(definition, "JobInput")["GroundTruthS3Input"]["S3Uri"]).rstrip("/") + "/"


def job_request(definition: Document, kind: DefinitionKind, execution: Execution) -> Document:
    """Return the request of the processing job.

    AWS merges labels in a job of its own before the analyzer's; here the analyzer does, which gets them all, because a
    label may come long after its call.

    Args:
        definition: A job definition.
        kind: Its kind.
        execution: What it looks at.
    """
    application = kind.part(definition, "AppSpecification")
    local = kind.part(definition, "JobInput")["EndpointInput"]["LocalPath"]
    output = kind.part(definition, "JobOutputConfig")
    target = output["MonitoringOutputs"][0]["S3Output"]
    inputs = [
        _input(f"endpoint_input_{number}", uri, f"{local}/{folder}")
        for number, (folder, uri) in enumerate(execution.folders.items(), start=1)
    ]
    baseline, variables = _baseline(kind.part(definition, "BaselineConfig"))
    script, preprocessing = _preprocessor(application)
    labels, analysis = _labels_of(definition, kind), _analysis(definition, kind)
    configuration = _configuration(application)
    folder = f"{execution.endpoint}/{execution.schedule}/{execution.window.end:%Y/%m/%d/%H}"
    request: Document = {
        "ProcessingJobName": execution.job_name,
        "AppSpecification": {
            key: application[key]
            for key in ("ImageUri", "ContainerEntrypoint", "ContainerArguments")
            if key in application
        },
        "Environment": {
            **application.get("Environment", {}),
            **variables,
            **preprocessing,
            **analysis,
            "dataset_format": _FORMAT,
            "dataset_source": local,
            "output_path": target["LocalPath"],
            "start_time": f"{execution.window.start:%Y-%m-%dT%H:%M:%SZ}",
            "end_time": f"{execution.window.end:%Y-%m-%dT%H:%M:%SZ}",
            "sagemaker_endpoint_name": execution.endpoint,
            "sagemaker_monitoring_schedule_name": execution.schedule,
        },
        "ProcessingInputs": [*inputs, *baseline, *script, *labels, *configuration],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "result",
                    "S3Output": {
                        "S3Uri": f"{target['S3Uri'].rstrip('/')}/{folder}",
                        "LocalPath": target["LocalPath"],
                        "S3UploadMode": target.get("S3UploadMode", "EndOfJob"),
                    },
                }
            ],
            **({"KmsKeyId": output["KmsKeyId"]} if "KmsKeyId" in output else {}),
        },
        "ProcessingResources": definition["JobResources"],
        "RoleArn": definition["RoleArn"],
    }
    request["Environment"].setdefault("publish_cloudwatch_metrics", "Enabled")
    kept = ("NetworkConfig", "StoppingCondition")
    return {**request, **{key: definition[key] for key in kept if key in definition}}


def _baseline(config: Document) -> tuple[list[Document], dict[str, str]]:
    inputs, variables = [], {}
    for member, folder, variable in (
        ("ConstraintsResource", "constraints", "baseline_constraints"),
        ("StatisticsResource", "stats", "baseline_statistics"),
    ):
        uri = config.get(member, {}).get("S3Uri")
        if uri:
            inputs.append(_input(folder, uri, f"{_BASELINE}/{folder}"))
            variables[variable] = f"{_BASELINE}/{folder}/{uri.rsplit('/', 1)[-1]}"
    return inputs, variables


def _analysis(definition: Document, kind: DefinitionKind) -> dict[str, str]:
    """The variables that the sagemaker SDK's monitors set."""
    if kind.analysis is None:
        return {}
    endpoint = kind.part(definition, "JobInput")["EndpointInput"]
    named = {
        "problem_type": kind.part(definition, "AppSpecification").get("ProblemType"),
        "inference_attribute": endpoint.get("InferenceAttribute"),
        "probability_attribute": endpoint.get("ProbabilityAttribute"),
        "probability_threshold_attribute": endpoint.get("ProbabilityThresholdAttribute"),
        "analysis_type": kind.analysis,
        "ground_truth_source": _LABELS if kind.labelled else None,
    }
    return {name: str(value) for name, value in named.items() if value is not None}


def _labels_of(definition: Document, kind: DefinitionKind) -> list[Document]:
    return [_input("ground_truth", ground_truth_uri(definition, kind), _LABELS)] if kind.labelled else []


def _configuration(application: Document) -> list[Document]:
    """The analysis configuration of Clarify's jobs."""
    uri = application.get("ConfigUri")
    return [_input("analysis_config", uri, _CONFIGURATION)] if uri else []


def _preprocessor(application: Document) -> tuple[list[Document], dict[str, str]]:
    uri = application.get("RecordPreprocessorSourceUri")
    if not uri:
        return [], {}
    path = f"{_PREPROCESSOR}/{uri.rsplit('/', 1)[-1]}"
    return [_input("record_preprocessor", uri, _PREPROCESSOR)], {"record_preprocessor_script": path}


def _input(name: str, uri: str, path: str) -> Document:
    source = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": source}
