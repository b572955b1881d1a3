"""What moving objects of S3 is made of: addresses, the keys under a prefix, where they go, and what went wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from botocore.exceptions import ClientError

NOTHING = (
    'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket exists in the '
    "selected region ({region}) and that objects exist under that S3 prefix."
)
"""What SageMaker says where nothing is under a prefix; `uri` and `region` are to be filled in."""


class TransferError(Exception):
    """What a job asked for could not be moved; the message says what and why, in SageMaker's words."""


class DeniedError(TransferError):
    """The rights of the role are not enough."""


def status_of(error: ClientError) -> int:
    """The HTTP status of a refused request; 0 where there is none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def transfer_error(message: str, error: ClientError) -> TransferError:
    """The error of a job for what S3 refused."""
    return (DeniedError if status_of(error) == HTTPStatus.FORBIDDEN else TransferError)(message)


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of an address such as `s3://bucket/a/b`.

    Raises:
        TransferError: It is no such address.
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket:
        raise TransferError(f"{uri!r} is not an S3 address such as s3://bucket/key.")
    return bucket, key


def keys_under(client: Any, bucket: str, prefix: str) -> Iterator[str]:
    """Every key that starts with a prefix."""
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            yield entry["Key"]


def files_below(keys: list[str], prefix: str) -> Iterator[tuple[str, str]]:
    """The keys that a prefix means, and the name of each below it; `Objects.download` says which these are."""
    files = [key for key in keys if not key.endswith("/")]
    if prefix in files:
        yield prefix, prefix.rsplit("/", 1)[-1]
        return
    folder = prefix if not prefix or prefix.endswith("/") else prefix + "/"
    if not any(key.startswith(folder) for key in files):
        folder = prefix.rpartition("/")[0]
        folder = folder + "/" if folder else ""
    for key in files:
        if key.startswith(folder):
            yield key, key.removeprefix(folder)


def path_inside(directory: Path, name: str) -> Path:
    """The path of a name in a directory.

    Raises:
        TransferError: It would be outside of it.
    """
    path = directory / name.lstrip("/")
    if not path.resolve().is_relative_to(directory.resolve()):
        raise TransferError(f"The object {name!r} would be written outside of the job's directory.")
    return path


def failed_download(uri: str, region: str, error: ClientError) -> str:
    """What SageMaker says of a download that failed."""
    reason = error.response.get("Error", {}).get("Message", str(error))
    return f'Data download failed for S3 URL "{uri}" in {region}: {reason}'
