"""What a run starts from: the code in `src/` and the data, in S3 under their SHA-256.

The stack uploaded both when it was last updated. What changed since goes under the data scientists' own prefix, so that
no edit of code or data needs an infrastructure update, and none of the stack's objects is ever touched:

    s3://<artifact bucket>/runs/code/<sha256>/sourcedir.tar.gz
    s3://<data bucket>/runs/data/<sha256>/<file name>
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_components.aws.bundle import bundle, file_digest
from mlstack_components.aws.names import run_code_key, s3_uri

from mlstack.cloud.errors import is_missing

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

RUN_DATA_PREFIX = "runs/data/"
CODE_DIRECTORY = "src"


@dataclass(frozen=True)
class Source:
    """One thing that a run starts from.

    Attributes:
        uri: Its place in S3.
        changed: Whether it differs from what the stack uploaded.
        uploaded: Whether it had to be uploaded now.
    """

    uri: str
    changed: bool = False
    uploaded: bool = False


def code_source(s3: S3Client, directory: Path, bucket: str, stack_uri: str | None) -> Source:
    """See to it that the code is in S3.

    Args:
        s3: A client.
        directory: The code directory.
        bucket: The artifact bucket.
        stack_uri: The code bundle that the stack uploaded, or None.

    Returns:
        The stack's own bundle where the code is unchanged, else one of the data scientists'.

    Raises:
        UserError: The directory is missing, empty, too large, or holds a link.
    """
    archive = bundle(directory)
    if _same(stack_uri, archive.digest):
        return Source(str(stack_uri))
    key = run_code_key(archive.digest)
    uploaded = not _exists(s3, bucket, key)
    if uploaded:
        s3.put_object(Bucket=bucket, Key=key, Body=archive.content, ContentType="application/gzip")
    return Source(s3_uri(bucket, key), changed=True, uploaded=uploaded)


def data_source(s3: S3Client, file: Path, bucket: str, stack_uri: str | None) -> Source:
    """See to it that the data is in S3.

    Args:
        s3: A client.
        file: The data file.
        bucket: The data bucket.
        stack_uri: The data that the stack uploaded, or None.

    Returns:
        The stack's own object where the file is unchanged, else one of the data scientists'.

    Raises:
        UserError: The file is missing.
    """
    digest = file_digest(file)
    if _same(stack_uri, digest):
        return Source(str(stack_uri))
    key = f"{RUN_DATA_PREFIX}{digest}/{file.name}"
    uploaded = not _exists(s3, bucket, key)
    if uploaded:
        from boto3.s3.transfer import S3Transfer

        # Multipart above 8 MB, several parts at a time.
        S3Transfer(s3).upload_file(str(file), bucket, key)
    return Source(s3_uri(bucket, key), changed=True, uploaded=uploaded)


def _same(stack_uri: str | None, digest: str) -> bool:
    return stack_uri is not None and f"/{digest}/" in stack_uri


def _exists(s3: S3Client, bucket: str, key: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True
