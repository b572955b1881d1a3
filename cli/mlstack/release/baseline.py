"""The baseline of a model version: what its training data looked like, for monitors to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sagemaker import SageMakerClient

_FILES = {"Statistics": "statistics.json", "Constraints": "constraints.json"}


def read_baseline(sagemaker: SageMakerClient, model_package_arn: str) -> str | None:
    """Where the baseline of a version lies.

    Args:
        sagemaker: A client.
        model_package_arn: The version.

    Returns:
        An S3 folder, or None where the version was registered without a baseline.
    """
    return baseline_folder(sagemaker.describe_model_package(ModelPackageName=model_package_arn))


def read_quality_baseline(sagemaker: SageMakerClient, model_package_arn: str) -> str | None:
    """Where the baseline of a version's predictions lies; as `read_baseline`."""
    return baseline_folder(sagemaker.describe_model_package(ModelPackageName=model_package_arn), "ModelQuality")


def baseline_folder(description: Mapping[str, Any], kind: str = "ModelDataQuality") -> str | None:
    """The folder that holds both files of a version's baseline.

    Args:
        description: DescribeModelPackage's answer.
        kind: The member of the baselines.

    Returns:
        An S3 folder without a slash at its end; None where there is none, or the files lie apart.
    """
    found = description.get("DriftCheckBaselines", {}).get(kind, {})
    uris = [found.get(member, {}).get("S3Uri", "").rpartition("/") for member in _FILES]
    folders = {folder for folder, _, _ in uris}
    names = [name for _, _, name in uris]
    return folders.pop() if names == [*_FILES.values()] and len(folders) == 1 else None
