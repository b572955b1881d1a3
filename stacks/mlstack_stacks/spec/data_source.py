"""Where data comes from: a path of the project, or a prefix in S3; and what a folder of the project may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mlstack_components.errors import UserError, quoted

from mlstack_stacks.spec.values import SOURCE_DIRECTORY, check_path, wrong

if TYPE_CHECKING:
    from pathlib import Path

MAX_FOLDER_FILES = 10_000
"""The most files of a folder that is `data.source`: each command hashes it, since its version is in the pipeline."""
MAX_FOLDER_BYTES = 2 * 2**30
"""The most bytes of a folder that is `data.source`; hashing as much takes a few seconds."""
MAX_PREFIX_BYTES = 900

_SCHEME = "s3://"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]")
_KEY = re.compile(r"arn:aws(?:-[a-z-]+)?:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{1,128}")
# They stand for other characters, or for variables, in a policy's resources.
_MEANT_BY_POLICIES = frozenset("*?$")


@dataclass(frozen=True)
class S3Place:
    """A prefix in S3.

    Attributes:
        bucket: The bucket; None for the environment's own data bucket.
        prefix: The prefix, with a slash at its end; empty for all of a bucket.
    """

    bucket: str | None
    prefix: str


def s3_place(source: str) -> S3Place | None:
    """Where in S3 a source is; None where it is a path.

    Args:
        source: A source that was checked.
    """
    if not source.startswith(_SCHEME):
        return None
    bucket, _, prefix = source.removeprefix(_SCHEME).partition("/")
    return S3Place(bucket or None, prefix)


def check_source(value: str) -> str:
    """Checks where data comes from."""
    if "://" not in value:
        checked = check_path(value)
        if PurePosixPath(checked).parts[:1] == (SOURCE_DIRECTORY,):
            message = f"{quoted(value)} lies below `{SOURCE_DIRECTORY}/`, whose files go into every code bundle."
            raise wrong(message, "Put data elsewhere, such as below `data/`.")
        return checked
    place = s3_place(value)
    if place is None:
        raise wrong(f"{quoted(value)} is neither a path nor a prefix in S3.", 'Such as "s3://bucket/prefix/".')
    if place.bucket is not None and not _BUCKET.fullmatch(place.bucket):
        raise wrong(f"{quoted(place.bucket)} is not the name of a bucket.")
    if place.bucket is None and not place.prefix:
        raise wrong("names no prefix of the data bucket.", 'Such as "s3:///datasets/weather/".')
    _check_prefix(value, place.prefix)
    return value


def _check_prefix(value: str, prefix: str) -> None:
    if not value.endswith("/"):
        # As SageMaker and policies have it, `data` is the beginning of `data-of-others`, too.
        raise wrong(f"{quoted(value)} does not end with a slash.", f'Write "{value}/".')
    odd = not prefix.isprintable() or not _MEANT_BY_POLICIES.isdisjoint(prefix)
    if odd or "//" in f"/{prefix}" or not {".", ".."}.isdisjoint(prefix.split("/")):
        raise wrong(f"{quoted(value)} is not a prefix that a policy can name.", "Use plain folders' names.")
    if len(prefix.encode()) > MAX_PREFIX_BYTES:
        raise wrong(f"the prefix has {len(prefix.encode())} bytes; {MAX_PREFIX_BYTES} are allowed.", "Shorten it.")


def check_key_arn(value: str) -> str:
    """Checks the ARN of a KMS key; an alias can't be named in a policy."""
    if not _KEY.fullmatch(value):
        raise wrong(
            f"{quoted(value)} is not the ARN of a KMS key.",
            'Such as "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab".',
        )
    return value


def folder_problem(folder: Path) -> tuple[str, str] | None:
    """What keeps a folder from being `data.source`, and what to do; None where nothing does.

    Args:
        folder: The folder.
    """
    from mlstack_components.aws.dataset import find_files

    push = "Push it with `mlstack data push`, and name the prefix in S3 or run with `mlstack run --data NAME`."
    try:
        found = find_files(folder)
    except UserError as error:
        return error.message, error.next_step or ""
    if len(found.files) > MAX_FOLDER_FILES:
        return f"holds {len(found.files)} files; {MAX_FOLDER_FILES} are read on each command.", push
    if found.size > MAX_FOLDER_BYTES:
        return f"holds {found.size / 2**30:.1f} GB; {MAX_FOLDER_BYTES // 2**30} are read on each command.", push
    return None
