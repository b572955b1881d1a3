"""The project's model packages in SageMaker's registry: list, describe, decide."""

from __future__ import annotations

import dataclasses
import getpass
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from mlstack.cloud.errors import is_missing
from mlstack.registry.versions import from_description, from_summary
from mlstack.training.results import read_evaluation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_sagemaker import SageMakerClient

    from mlstack.cloud.aws import AwsSession
    from mlstack.registry.versions import ModelVersion

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
        versions = [from_summary(summary) for page in pages for summary in page["ModelPackageSummaryList"]]
    except ClientError as error:
        if is_missing(error):
            return []
        raise
    return sorted(versions, key=lambda version: version.version, reverse=True)


def describe(session: AwsSession, arn: str, *, metrics: bool = True) -> ModelVersion:
    """One version with all that is known of it.

    Args:
        session: Clients.
        arn: The model package.
        metrics: Whether to read its evaluation, too.
    """
    described: Any = session.client("sagemaker").describe_model_package(ModelPackageName=arn)
    version = from_description(described)
    if metrics and version.evaluation_uri:
        version = dataclasses.replace(version, evaluation=read_evaluation(session, version.evaluation_uri))
    return version


def with_metrics(session: AwsSession, versions: Sequence[ModelVersion]) -> list[ModelVersion]:
    """The same versions, each described with its metrics, in the same order."""
    # Clients are made before the threads start: making one is not safe in several threads at once.
    session.client("sagemaker")
    session.client("s3")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda version: describe(session, version.arn), versions))


def decide(sagemaker: SageMakerClient, version: ModelVersion, approval: Any, reason: str | None) -> None:
    """Approve or reject a version.

    Args:
        sagemaker: A client.
        version: The version.
        approval: `Approved` or `Rejected`.
        reason: Why, or None.
    """
    who = f"{approval} by {getpass.getuser()}"
    # ApprovalDescription has at most 1024 characters.
    description = (f"{who}: {reason}" if reason else who)[:1024]
    sagemaker.update_model_package(
        ModelPackageArn=version.arn, ModelApprovalStatus=approval, ApprovalDescription=description
    )
