"""Where things lie in a project's buckets. Names of buckets and roles themselves are made by the provider."""

from __future__ import annotations

VARIANT_NAME = "AllTraffic"
"""The production variant of the released version, by the name that SageMaker's own clients give it."""

CODE_ARCHIVE = "sourcedir.tar.gz"
"""The file name of a code bundle; SageMaker's own framework containers call it so."""

STACK_CODE_PREFIX = "code/"
"""Artifact bucket: code bundles that the stack uploads."""

INFRASTRUCTURE_PREFIX = "infrastructure/"
"""Artifact bucket: bundles of the infrastructure, which releases in the cloud run; only who deploys writes there."""

IMAGE_SOURCE_PREFIX = "builds/images/"
"""Artifact bucket: what images of the project's own are built of, a zip file each, by its SHA-256."""

RUN_CODE_PREFIX = "runs/code/"
"""Artifact bucket: code bundles that a data scientist's run uploads; no infrastructure update is needed for them."""

PIPELINE_PREFIX = "pipelines/"
"""Artifact bucket: what steps write, a folder a pipeline execution and step."""

CHECKPOINT_PREFIX = "checkpoints/"
"""Artifact bucket: what training on spare instances goes on from, a folder a pipeline and execution."""

MODEL_KEYS = (f"{PIPELINE_PREFIX}*/output/model.tar.gz",)
"""Artifact bucket: the model archives among what steps write, as patterns; training jobs call them so."""

REPORT_KEYS = (
    f"{PIPELINE_PREFIX}*/evaluate/evaluation/evaluation.json",
    f"{PIPELINE_PREFIX}*/baseline/*.json",
    f"{PIPELINE_PREFIX}*/model_quality/*.json",
)
"""Artifact bucket: the reports and baselines of versions, likewise."""

STACK_DATA_PREFIX = "data/"
"""Data bucket: the dataset that the stack uploads."""

CAPTURE_PREFIX = "capture/"
"""Data bucket: what endpoints were asked and answered, a folder an endpoint, variant and hour."""

ASYNC_PREFIX = "async/"
"""Data bucket: what asynchronous endpoints are asked and answer, in `<endpoint>/input`, `output` and `failures`."""

MONITOR_CODE_PREFIX = "monitoring/code/"
"""Artifact bucket: the scripts that monitors run."""

MONITOR_REPORT_PREFIX = "monitoring/reports/"
"""Artifact bucket: what monitors found, a folder a monitor, endpoint, schedule and hour."""

GROUND_TRUTH_PREFIX = "ground-truth/"
"""Data bucket: the labels of captured calls, a folder an endpoint and the hour in which they came."""

FEATURE_PREFIX = "features/"
"""Data bucket: the offline stores of the feature groups."""

DATASET_PREFIX = "datasets/"
"""Data bucket: pushed datasets, a folder a name and version."""

PREDICTIONS_PREFIX = "predictions/"
"""Data bucket: what batches predict, a folder a pipeline and execution."""

SCORE_PREFIX = "runs/score/"
"""Data bucket: files that a user has scored once, by their SHA-256."""

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


def infrastructure_key(digest: str) -> str:
    """Return the object key of a bundle of the infrastructure.

    Args:
        digest: The bundle's SHA-256, in hexadecimal.
    """
    return f"{INFRASTRUCTURE_PREFIX}{digest}/infrastructure.zip"


def run_code_key(digest: str) -> str:
    """Return the object key of a code bundle that a run uploads.

    Args:
        digest: The bundle's SHA-256, in hexadecimal.
    """
    return f"{RUN_CODE_PREFIX}{digest}/{CODE_ARCHIVE}"


def image_source_key(digest: str) -> str:
    """Return the object key of what an image is built of.

    Args:
        digest: The zip file's SHA-256, in hexadecimal.
    """
    return f"{IMAGE_SOURCE_PREFIX}{digest}.zip"


def stack_data_key(digest: str, file_name: str) -> str:
    """Return the object key of the stack's dataset.

    Args:
        digest: The file's SHA-256, in hexadecimal.
        file_name: The file's own name, such as `weather.csv`.
    """
    return f"{STACK_DATA_PREFIX}{digest}/{file_name}"


def dataset_files_prefix(name: str, version: str) -> str:
    """Return the prefix of the files of a dataset's version, which jobs read.

    Args:
        name: The dataset's name.
        version: The SHA-256 of its contents, in hexadecimal.
    """
    return f"{DATASET_PREFIX}{name}/{version}/files/"


def dataset_manifest_key(name: str, version: str) -> str:
    """Return the object key of the list of files of a dataset's version; it is written when all files are there.

    Args:
        name: The dataset's name.
        version: The SHA-256 of its contents, in hexadecimal.
    """
    return f"{DATASET_PREFIX}{name}/{version}/manifest.json"


def s3_uri(bucket: str, key: str) -> str:
    """Return the URI of an object or prefix."""
    return f"s3://{bucket}/{key}"


def split_s3_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of the URI of an object or prefix; the key of a bucket's own URI is empty."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
