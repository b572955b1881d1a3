"""What a finished run found: its metrics, its gate and the model that it registered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mlstack.cloud.errors import is_missing
from mlstack.registry.versions import version_of
from mlstack.training.evaluation import FILE_NAME, parse_evaluation
from mlstack.training.gates import gates
from mlstack.training.runs import executed_definition, executed_parameters

if TYPE_CHECKING:
    from mlstack.cloud.aws import AwsSession
    from mlstack.training.evaluation import Evaluation
    from mlstack.training.execution import Execution, Step
    from mlstack.training.gates import Gate

_REPORT_OUTPUT = "evaluation"


@dataclass(frozen=True)
class Results:
    """What a run found.

    Attributes:
        execution: Its last picture.
        evaluation: The metrics, or None where the run did not get that far.
        gates: The conditions of its gate.
    """

    execution: Execution
    evaluation: Evaluation | None
    gates: tuple[Gate, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        execution = self.execution
        arn = execution.model_package_arn
        return {
            "execution": {"arn": execution.arn, "id": execution.id, "status": execution.status},
            "failure_reason": execution.failure_reason,
            "steps": [_step_json(step) for step in execution.steps],
            "tuning": execution.tuning.to_json() if execution.tuning else None,
            "evaluation": self.evaluation.to_json() if self.evaluation else None,
            "gate": {
                "passed": execution.gate_outcome,
                "conditions": [
                    {"condition": gate.condition, "value": gate.value, "passed": gate.passed} for gate in self.gates
                ],
            },
            "model": None if arn is None else {"arn": arn, "version": version_of(arn)},
        }


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "status": step.status,
        "seconds": step.seconds,
        "reused": step.reused,
        "job": step.job.name if step.job else None,
        "failure_reason": step.failure_reason,
    }


def read_results(session: AwsSession, execution: Execution) -> Results:
    """Read what a run found.

    Args:
        session: Clients.
        execution: Its last picture.

    Returns:
        The results.

    Raises:
        MlstackError: evaluation.json has a shape that cannot be read.
    """
    sagemaker = session.client("sagemaker")
    definition = executed_definition(sagemaker, execution.arn)
    uri = _report_uri(session, execution)
    evaluation = read_evaluation(session, uri) if uri else None
    parameters = executed_parameters(sagemaker, execution.arn)
    return Results(execution, evaluation, gates(definition, parameters, evaluation.metrics if evaluation else {}))


def _report_uri(session: AwsSession, execution: Execution) -> str | None:
    """Where the last processing job with an output named `evaluation` put it."""
    jobs = [step.job for step in reversed(execution.steps) if step.job and step.status == "Succeeded"]
    for job in jobs:
        if job.kind != "ProcessingJobs":
            continue
        described = session.client("sagemaker").describe_processing_job(ProcessingJobName=job.name)
        for output in described.get("ProcessingOutputConfig", {}).get("Outputs", []):
            if output["OutputName"] == _REPORT_OUTPUT:
                return f"{output['S3Output']['S3Uri'].rstrip('/')}/{FILE_NAME}"
    return None


def read_evaluation(session: AwsSession, uri: str) -> Evaluation | None:
    """Read an evaluation.json.

    Args:
        session: Clients.
        uri: Its place in S3.

    Returns:
        The evaluation, or None where there is no such object.

    Raises:
        MlstackError: It has another shape.
    """
    from botocore.exceptions import ClientError

    place = urlsplit(uri)
    try:
        answer = session.client("s3").get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    return parse_evaluation(answer["Body"].read(), source=uri)
