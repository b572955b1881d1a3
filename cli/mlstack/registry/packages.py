"""The project's model packages in SageMaker's registry: list, describe, decide."""

from __future__ import annotations

import dataclasses
import getpass
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from mlstack.cloud.errors import is_denied, is_missing
from mlstack.registry.stages import seen_from, stages_of, unknown_to
from mlstack.registry.versions import from_description, from_summary
from mlstack.training.results import read_evaluation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_sagemaker import SageMakerClient

    from mlstack.cloud.aws import AwsSession
    from mlstack.cloud.deployment import Deployment
    from mlstack.registry.versions import ModelVersion
    from mlstack.training.evaluation import Evaluation

_AT_ONCE = 8


def list_versions(sagemaker: SageMakerClient, group: str) -> list[ModelVersion]:
    """All versions of a group.

    Args:
        sagemaker: A client.
        group: The model package group.

    Returns:
        The versions, newest first, without their metrics.
    """
    from botocore.exceptions import ClientError

    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    try:
        versions = [
            dataclasses.replace(from_summary(summary), stages=stages_of(summary))
            for page in pages
            for summary in page["ModelPackageSummaryList"]
        ]
    except ClientError as error:
        if is_missing(error):
            return []
        raise
    return sorted(versions, key=lambda version: version.version, reverse=True)


def versions_of(deployment: Deployment) -> list[ModelVersion]:
    """All versions that an environment may serve, as it sees them: approved are those that are approved for it.

    Args:
        deployment: The environment.

    Returns:
        The versions, newest first, without their metrics.
    """
    session, stage = deployment.session, deployment.stage
    versions = list_versions(session.client("sagemaker"), deployment.group_name)
    if stage is None:
        return versions
    # The list tells the stage that was decided on last; of earlier decisions only the version itself knows.
    asked = {each.arn: each for each in _described(session, [each for each in versions if unknown_to(each, stage)])}
    return [seen_from(asked.get(each.arn, each), stage) for each in versions]


def describe(session: AwsSession, arn: str, *, metrics: bool = True) -> ModelVersion:
    """One version with all that is known of it.

    Args:
        session: Clients.
        arn: The model package.
        metrics: Whether to read its evaluation, too.
    """
    described: Any = session.client("sagemaker").describe_model_package(ModelPackageName=arn)
    version = dataclasses.replace(from_description(described), stages=stages_of(described))
    if metrics and version.evaluation_uri:
        version = dataclasses.replace(version, evaluation=_evaluation(session, version))
    return version


def _evaluation(session: AwsSession, version: ModelVersion) -> Evaluation | None:
    """The evaluation; None as well where it is another account's and may not be read."""
    from botocore.exceptions import ClientError

    try:
        return read_evaluation(session, str(version.evaluation_uri))
    except ClientError as error:
        if is_denied(error) and version.arn.split(":")[4] != session.account:
            return None
        raise


def with_metrics(session: AwsSession, versions: Sequence[ModelVersion]) -> list[ModelVersion]:
    """The same versions, as the environment sees them, each described with its metrics, in the same order."""
    # What the environment thinks of a version is not with the version.
    described = _described(session, versions, metrics=True)
    return [dataclasses.replace(each, approval=seen.approval) for each, seen in zip(described, versions, strict=True)]


def _described(session: AwsSession, versions: Sequence[ModelVersion], *, metrics: bool = False) -> list[ModelVersion]:
    # Clients are made before the threads start: making one is not safe in several threads at once.
    session.client("sagemaker")
    if metrics:
        session.client("s3")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda version: describe(session, version.arn, metrics=metrics), versions))


def decide(sagemaker: SageMakerClient, version: ModelVersion, approval: Any, reason: str | None) -> None:
    """Approve or reject a version.

    Args:
        sagemaker: A client.
        version: The version.
        approval: `Approved` or `Rejected`.
        reason: Why, or None.
    """
    # ApprovalDescription has at most 1024 characters.
    description = who_and_why(approval, reason)[:1024]
    sagemaker.update_model_package(
        ModelPackageArn=version.arn, ModelApprovalStatus=approval, ApprovalDescription=description
    )


def who_and_why(approval: str, reason: str | None) -> str:
    """What is kept with a decision.

    Args:
        approval: `Approved` or `Rejected`.
        reason: Why, or None.
    """
    who = f"{approval} by {getpass.getuser()}"
    return f"{who}: {reason}" if reason else who
