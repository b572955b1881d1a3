"""Model versions as frozen data, and which of them a command means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError, UserError

from mlstack.registry.card import card_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mlstack.registry.card import ModelCard
    from mlstack.training.evaluation import Evaluation

PENDING = "PendingManualApproval"
APPROVED = "Approved"
REJECTED = "Rejected"
WORDS: Mapping[str, str] = {PENDING: "pending", APPROVED: "approved", REJECTED: "rejected"}


@dataclass(frozen=True)
class ModelVersion:
    """One model package of a project's group.

    Attributes:
        arn: The model package's ARN.
        version: Its number, from 1.
        approval: `PendingManualApproval`, `Approved` or `Rejected`.
        status: SageMaker's status; only `Completed` can be served.
        created_at: When it was registered.
        approval_description: Who decided and why, or None.
        metadata: What the pipeline noted: the code, the data and the execution it is made from.
        model_data: Where model.tar.gz is, or None.
        evaluation_uri: Where evaluation.json is, or None.
        evaluation: Its metrics, where they were asked for.
        card: Its model card, or None.
        stages: What was decided for each environment that serves versions of another one's registry.
    """

    arn: str
    version: int
    approval: str
    status: str = "Completed"
    created_at: datetime | None = None
    approval_description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    model_data: str | None = None
    evaluation_uri: str | None = None
    evaluation: Evaluation | None = None
    card: ModelCard | None = None
    stages: Mapping[str, str] = field(default_factory=dict)

    @property
    def word(self) -> str:
        """The approval in one word."""
        return WORDS.get(self.approval, self.approval)

    def to_json(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "version": self.version,
            "arn": self.arn,
            "approval": self.word,
            "status": self.status,
            "created_at": self.created_at.isoformat() if self.created_at else None,
            "approval_description": self.approval_description,
            "model_data": self.model_data,
            "metadata": dict(self.metadata),
            "evaluation": self.evaluation.to_json() if self.evaluation else None,
            "card": self.card.to_json() if self.card else None,
            "stages": {stage: WORDS.get(status, status) for stage, status in self.stages.items()},
        }


def from_summary(summary: Mapping[str, Any]) -> ModelVersion:
    """Read an entry of ListModelPackages."""
    return ModelVersion(
        arn=summary["ModelPackageArn"],
        version=int(summary["ModelPackageVersion"]),
        approval=summary.get("ModelApprovalStatus", PENDING),
        status=summary.get("ModelPackageStatus", "Completed"),
        created_at=summary.get("CreationTime"),
    )


def from_description(description: Mapping[str, Any]) -> ModelVersion:
    """Read DescribeModelPackage's answer."""
    containers = description.get("InferenceSpecification", {}).get("Containers", [])
    statistics = description.get("ModelMetrics", {}).get("ModelQuality", {}).get("Statistics", {})
    return ModelVersion(
        arn=description["ModelPackageArn"],
        version=int(description["ModelPackageVersion"]),
        approval=description.get("ModelApprovalStatus", PENDING),
        status=description.get("ModelPackageStatus", "Completed"),
        created_at=description.get("CreationTime"),
        approval_description=description.get("ApprovalDescription"),
        metadata=description.get("CustomerMetadataProperties", {}),
        model_data=next((container.get("ModelDataUrl") for container in containers), None),
        evaluation_uri=statistics.get("S3Uri"),
        card=card_of(description),
    )


def version_of(arn: str) -> int:
    """The version at the end of a model package's ARN."""
    return int(arn.rsplit("/", 1)[-1])


def find_version(versions: Sequence[ModelVersion], number: int) -> ModelVersion:
    """The version of a number.

    Raises:
        UserError: There is none.
    """
    for version in versions:
        if version.version == number:
            return version
    known = ", ".join(str(version.version) for version in versions) or "none"
    raise UserError(f"There is no model version {number}.", next_step=f"Registered versions: {known}.")


def in_environment(command: str, environment: str) -> str:
    """A command about models as the user types it for an environment.

    Args:
        command: The command, such as `models approve 3`.
        environment: The environment's name, or its address with a model; the default one needs no option.
    """
    name, *model = environment.split(" ", 1)
    return " ".join(("mlstack", command, *(() if name == "local" else ("--environment", name)), *model))


def newest_pending(versions: Sequence[ModelVersion], environment: str, verb: str = "approve") -> ModelVersion:
    """The newest version that waits for a decision.

    Args:
        versions: All versions, newest first.
        environment: Its address, for what to do next.
        verb: The command that decides: `approve` or `reject`.

    Raises:
        MlstackError: None is registered, or none waits.
    """
    require_any(versions, environment)
    for version in versions:
        if version.approval == PENDING:
            return version
    newest = versions[0]
    raise MlstackError(
        f"No model version waits for approval; the newest, version {newest.version}, is {newest.word}.",
        next_step=f"Name one, such as `{in_environment(f'models {verb} {newest.version}', environment)}`, "
        f"or train another with `mlstack run {environment}`.",
    )


def newest_approved(versions: Sequence[ModelVersion], environment: str) -> ModelVersion:
    """The version that a release converges on.

    Args:
        versions: All versions, newest first.
        environment: Its address, for what to do next.

    Raises:
        MlstackError: None is registered, or none is approved and complete.
    """
    require_any(versions, environment)
    for version in versions:
        if version.approval == APPROVED and version.status == "Completed":
            return version
    waiting = [version.version for version in versions if version.approval == PENDING]
    raise MlstackError(
        "No model version is approved.",
        next_step=f"Approve one with `{in_environment(f'models approve {waiting[0]}', environment)}`."
        if waiting
        else f"Train another with `mlstack run {environment}`, and approve it.",
    )


def require_any(versions: Sequence[ModelVersion], environment: str) -> None:
    """Check that something is registered.

    Args:
        versions: All versions.
        environment: Its address, for what to do next.

    Raises:
        MlstackError: Nothing is.
    """
    if not versions:
        raise MlstackError("No model is registered yet.", next_step=f"Train one with `mlstack run {environment}`.")
