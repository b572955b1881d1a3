"""Where things lie in a project's buckets. Names of buckets and roles themselves are made by the provider."""

from __future__ import annotations

CODE_ARCHIVE = "sourcedir.tar.gz"
"""The file name of a code bundle; SageMaker's own framework containers call it so."""

STACK_CODE_PREFIX = "code/"
"""Artifact bucket: code bundles that the stack uploads."""

RUN_CODE_PREFIX = "runs/code/"
"""Artifact bucket: code bundles that a data scientist's run uploads; no infrastructure update is needed for them."""

PIPELINE_PREFIX = "pipelines/"
"""Artifact bucket: what steps write, a folder a pipeline execution and step."""

STACK_DATA_PREFIX = "data/"
"""Data bucket: the dataset that the stack uploads."""

CAPTURE_PREFIX = "capture/"
"""Data bucket: what endpoints were asked and answered, a folder an endpoint, variant and hour."""

MONITOR_CODE_PREFIX = "monitoring/code/"
"""Artifact bucket: the scripts that monitors run."""

MONITOR_REPORT_PREFIX = "monitoring/reports/"
"""Artifact bucket: what monitors found, a folder a monitor, endpoint, schedule and hour."""

FEATURE_PREFIX = "features/"
"""Data bucket: the offline stores of the feature groups."""

LOG_PREFIX_DATA = "data/"
"""Log bucket: accesses to the data bucket."""

LOG_PREFIX_ARTIFACTS = "artifacts/"
"""Log bucket: accesses to the artifact bucket."""


def stack_code_key(digest: str) -> str:
    """Return the object key of a code bundle of the stack.

    Args:
        digest: The bundle's SHA-256, in hexadecimal.
    """
    return f"{STACK_CODE_PREFIX}{digest}/{CODE_ARCHIVE}"


def run_code_key(digest: str) -> str:
    """Return the object key of a code bundle that a run uploads.

    Args:
        digest: The bundle's SHA-256, in hexadecimal.
    """
    return f"{RUN_CODE_PREFIX}{digest}/{CODE_ARCHIVE}"


def stack_data_key(digest: str, file_name: str) -> str:
    """Return the object key of the stack's dataset.

    Args:
        digest: The file's SHA-256, in hexadecimal.
        file_name: The file's own name, such as `weather.csv`.
    """
    return f"{STACK_DATA_PREFIX}{digest}/{file_name}"


def s3_uri(bucket: str, key: str) -> str:
    """Return the URI of an object or prefix."""
    return f"s3://{bucket}/{key}"
