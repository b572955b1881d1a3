"""`mlstack score`: start a batch of predictions now, follow it, and tell where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.batch_definition import INPUT_BUCKET, INPUT_KEY, OUTPUT_URI
from mlstack_components.aws.bundle import file_digest
from mlstack_components.aws.names import SCORE_PREFIX, split_s3_uri
from mlstack_components.errors import MlstackError, UserError

from mlstack.cloud.errors import is_missing
from mlstack.training import runs
from mlstack.training.watch import show_failures, watch_execution

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mypy_boto3_s3 import S3Client
    from rich.console import Console

    from mlstack.cloud.deployment import Deployment
    from mlstack.training.execution import Execution

_INTERRUPTED = 130


class BatchFailedError(MlstackError):
    """A batch of predictions failed or was stopped."""

    code = "batch-failed"


class StillScoringError(MlstackError):
    """The user stopped watching; the batch goes on."""

    code = "interrupted"
    exit_code = _INTERRUPTED


@dataclass(frozen=True)
class Batch:
    """A batch of predictions.

    Attributes:
        execution: The execution of the pipeline.
        output_uri: The S3 URI of its folder.
        objects: The addresses of the predictions, sorted; those that are there by now.
    """

    execution: Execution
    output_uri: str
    objects: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "execution": {"arn": self.execution.arn, "id": self.execution.id, "status": self.execution.status},
            "output_uri": self.output_uri,
            "objects": list(self.objects),
        }


def begin(deployment: Deployment, given: str | None, file: Path | None, say: Callable[[str], object]) -> str:
    """Start a batch.

    Args:
        deployment: The environment.
        given: What to score: an S3 address; None for what mlstack.yaml says.
        file: A file to upload and score instead.
        say: Told what is being done.

    Returns:
        The execution's ARN.

    Raises:
        UserError: The address is none, or the file can't be read.
        MlstackError: No model is released yet.
    """
    from botocore.exceptions import ClientError

    pipeline = deployment.batch_pipeline_name
    address = given if file is None else _uploaded(deployment, file, say)
    parameters = {} if address is None else dict(zip((INPUT_BUCKET, INPUT_KEY), split_address(address), strict=True))
    try:
        return runs.start(deployment.session.client("sagemaker"), pipeline, parameters)
    except ClientError as error:
        if is_missing(error):
            raise MlstackError(
                f"The batches of `{deployment.environment}` wait for a released model version.",
                next_step=f"Release an approved model with `mlstack release {deployment.address}`.",
            ) from error
        raise


def split_address(address: str) -> tuple[str, str]:
    """Bucket and key of an S3 address.

    Raises:
        UserError: It is none.
    """
    bucket, key = split_s3_uri(address)
    if not address.startswith("s3://") or not bucket or not key:
        raise UserError(f"{address} is no S3 address.", next_step="Such as --input s3://bucket/prefix/.")
    return bucket, key


def _uploaded(deployment: Deployment, file: Path, say: Callable[[str], object]) -> str:
    """The address of a file of the user's, in the data bucket under its SHA-256."""
    from boto3.s3.transfer import S3Transfer
    from botocore.exceptions import ClientError

    if not file.is_file():
        raise UserError(f"{file} is no file.", next_step="Give --file a file of records.")
    bucket = str(deployment.outputs.data_bucket)
    key = f"{SCORE_PREFIX}{file_digest(file)}/{file.name}"
    s3 = deployment.session.client("s3")
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if not is_missing(error):
            raise
        S3Transfer(s3).upload_file(str(file), bucket, key)
        say(f"Uploaded {file.name}.")
    return f"s3://{bucket}/{key}"


def watch(deployment: Deployment, execution_arn: str, console: Console) -> Batch:
    """Follow a batch to its end, and show the last lines of the log where it failed.

    Args:
        deployment: The environment.
        execution_arn: The execution.
        console: Where the steps are shown.

    Returns:
        What came of it.

    Raises:
        StillScoringError: The user interrupted; the batch goes on.
    """
    try:
        execution = watch_execution(deployment, execution_arn, console)
    except KeyboardInterrupt as interrupt:
        name = execution_arn.rsplit("/", 1)[-1]
        raise StillScoringError(
            f"The batch {name} goes on without being watched.",
            next_step=f"Watch it with `mlstack score {deployment.address} --attach {name}`.",
        ) from interrupt
    show_failures(deployment, execution, console)
    uri = output_of(deployment, execution_arn)
    return Batch(execution, uri, tuple(_listed(deployment.session.client("s3"), uri)))


def output_of(deployment: Deployment, execution_arn: str) -> str:
    """The S3 URI of the folder that a batch writes to.

    Args:
        deployment: The environment.
        execution_arn: The execution.
    """
    sagemaker = deployment.session.client("sagemaker")
    given = runs.executed_parameters(sagemaker, execution_arn)
    base = given.get(OUTPUT_URI) or deployment.outputs.batch_output_uri
    return f"{base}/{execution_arn.rsplit('/', 1)[-1]}/"


def judge(batch: Batch) -> MlstackError | None:
    """What went wrong with a batch, or None.

    Args:
        batch: The batch.
    """
    execution = batch.execution
    if execution.status == "Succeeded":
        return None
    reasons = [step.failure_reason for step in execution.failed_steps if step.failure_reason]
    reason = reasons[0] if reasons else execution.failure_reason
    kept = f" {len(batch.objects)} objects were scored and are kept." if batch.objects else ""
    return BatchFailedError(
        f"The batch {execution.id} ended as {execution.status}{f': {reason.rstrip(chr(46))}' if reason else ''}.{kept}",
        next_step="The log group /aws/sagemaker/TransformJobs has what the model printed.",
    )


def _listed(s3: S3Client, uri: str) -> list[str]:
    bucket, prefix = split_address(uri)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [f"s3://{bucket}/{each['Key']}" for page in pages for each in page.get("Contents", [])]
