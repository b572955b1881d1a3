"""A resource that only Cloud Control makes: a job definition of model quality."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi_aws import cloudcontrol

from . import Case, Shared

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPE_NAME = "AWS::SageMaker::ModelQualityJobDefinition"
_ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"


def _inputs(shared: Shared, kind: str = "ml.m5.large") -> dict[str, Any]:
    def written(found: list[str]) -> str:
        role, uri = found
        endpoint = {"EndpointName": "watched", "LocalPath": "/opt/ml/processing/input", "InferenceAttribute": "0"}
        output = {"S3Uri": uri, "LocalPath": "/opt/ml/processing/output"}
        cluster = {"InstanceCount": 1, "InstanceType": kind, "VolumeSizeInGB": 20}
        return json.dumps(
            {
                "JobDefinitionName": f"quality-{kind.rpartition('.')[2]}",
                "ModelQualityAppSpecification": {"ImageUri": _ANALYZER, "ProblemType": "Regression"},
                "ModelQualityJobInput": {"EndpointInput": endpoint, "GroundTruthS3Input": {"S3Uri": f"{uri}/truth"}},
                "ModelQualityJobOutputConfig": {"MonitoringOutputs": [{"S3Output": output}]},
                "JobResources": {"ClusterConfig": cluster},
                "RoleArn": role,
                "Tags": [{"Key": "a", "Value": "1"}],
            }
        )

    desired = pulumi.Output.all(shared.role_arn, shared.features_uri).apply(written)
    return {"type_name": TYPE_NAME, "desired_state": desired}


def _remove(aws: Any, outputs: Mapping[str, Any]) -> None:
    aws("cloudcontrol").delete_resource(TypeName=TYPE_NAME, Identifier=outputs["id"])


CASES = [
    Case(
        token="aws:cloudcontrol/resource:Resource",
        make=cloudcontrol.Resource,
        inputs=_inputs,
        outputs=("properties",),
        replace=lambda shared: _inputs(shared, "ml.m5.xlarge"),
        remove=_remove,
        importable=False,
    ),
]
