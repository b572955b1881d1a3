"""Approval for an environment that serves versions of another one's registry.

The stage of a version's life cycle that has the environment's name says whether it may be served there. SageMaker keeps
one stage, the last that was decided on, so each decision is noted with the version as well; where the two differ for a
stage, the life cycle says what came last. `ModelApprovalStatus` is the first gate: what is not approved there is
approved for no environment.
https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-staging-construct.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlstack.registry.versions import APPROVED, PENDING, REJECTED, WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sagemaker import SageMakerClient

    from mlstack.registry.versions import ModelVersion

NOTE_PREFIX = "approval/"
"""What the names begin with under which decisions are noted, followed by the stage."""

_MOST_CHARACTERS = 1024
"""What StageDescription takes."""


def stages_of(description: Mapping[str, Any]) -> dict[str, str]:
    """Read what was decided for each stage: `Approved`, `Rejected`, or another status that somebody gave it.

    Args:
        description: DescribeModelPackage's answer, or an entry of ListModelPackages, which tells the last stage alone.
    """
    notes = description.get("CustomerMetadataProperties", {}).items()
    found = {name.removeprefix(NOTE_PREFIX): status for name, status in notes if name.startswith(NOTE_PREFIX)}
    last = description.get("ModelLifeCycle")
    return found if not last else {**found, last["Stage"]: last["StageStatus"]}


def seen_from(version: ModelVersion, stage: str | None) -> ModelVersion:
    """A version as an environment sees it: approved where it passed the first gate and is approved for the stage.

    Args:
        version: The version.
        stage: The environment's name; None for one with a registry of its own, which has the first gate alone.
    """
    if stage is None or version.approval != APPROVED:
        return version
    status = version.stages.get(stage)
    return replace(version, approval=status if status in {APPROVED, REJECTED} else PENDING)


def unknown_to(version: ModelVersion, stage: str) -> bool:
    """Whether an entry of ListModelPackages leaves open what was decided for a stage."""
    return version.approval == APPROVED and stage not in version.stages


def decide_stage(sagemaker: SageMakerClient, version: ModelVersion, stage: str, status: str, why: str) -> None:
    """Approve or reject a version for an environment.

    Args:
        sagemaker: A client of the registry's account.
        version: The version, with all that is known of it.
        stage: The environment's name.
        status: `Approved` or `Rejected`.
        why: Who decided, and why.
    """
    decided: dict[str, str] = {**version.stages, stage: status}
    sagemaker.update_model_package(
        ModelPackageArn=version.arn,
        ModelLifeCycle={"Stage": stage, "StageStatus": status, "StageDescription": why[:_MOST_CHARACTERS]},
        CustomerMetadataProperties={f"{NOTE_PREFIX}{name}": value for name, value in decided.items()},
    )


def told(stages: Mapping[str, str]) -> str:
    """What was decided for each stage, in one line.

    Args:
        stages: The statuses by stage.
    """
    return ", ".join(f"{name} {WORDS.get(status, status)}" for name, status in sorted(stages.items()))
