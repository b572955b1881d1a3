"""What a job needs to record its runs on an MLflow tracking server, as pure data and functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from mlstack_components.aws.policies import Statement, statement

if TYPE_CHECKING:
    import pulumi

TRACKING_PREFIX = "mlflow/"
"""Where the artifacts of runs lie in the tracking server's bucket."""

RECORD = (
    "CreateExperiment",
    "CreateLoggedModel",
    "CreateRun",
    "FinalizeLoggedModel",
    "GetExperiment",
    "GetExperimentByName",
    "GetLoggedModel",
    "GetMetricHistory",
    "GetRun",
    "ListArtifacts",
    "LogBatch",
    "LogInputs",
    "LogLoggedModelParams",
    "LogMetric",
    "LogModel",
    "LogOutputs",
    "LogParam",
    "SearchExperiments",
    "SearchRuns",
    "SetExperimentTag",
    "SetTag",
    "UpdateRun",
)
"""What recording takes, and reading what was recorded; nothing is deleted
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerwithmlflow.html)."""


@dataclass(frozen=True)
class TrackingAccess:
    """A tracking server, and what its artifacts are kept with.

    Attributes:
        server_arn: The server's ARN, which is also its address for MLflow.
        experiment: The experiment that runs belong to.
        bucket_arn: The bucket of the artifacts, which clients put there themselves.
        key_arn: The bucket's key.
    """

    server_arn: str
    experiment: str
    bucket_arn: str
    key_arn: str

    def environment(self) -> dict[str, str]:
        """Return the environment variables by which MLflow finds server and experiment."""
        return {"MLFLOW_EXPERIMENT_NAME": self.experiment, "MLFLOW_TRACKING_URI": self.server_arn}

    def statements(self) -> list[Statement]:
        """Return the rights to record runs and to put and get their artifacts."""
        objects = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
        return [
            statement("RecordRuns", [f"sagemaker-mlflow:{action}" for action in RECORD], self.server_arn),
            statement("KeepArtifactsOfRuns", objects, f"{self.bucket_arn}/{TRACKING_PREFIX}*"),
            statement("ListArtifactsOfRuns", ["s3:ListBucket"], self.bucket_arn),
            statement("UseKeyOfArtifacts", ["kms:Decrypt", "kms:GenerateDataKey"], self.key_arn),
        ]


TrackingInput: TypeAlias = "TrackingAccess | pulumi.Output[TrackingAccess]"
"""A tracking server that is there, or one that is only being made: what components take."""
