"""What it takes to read a prefix of a bucket that is not the project's, as pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_components.aws.policies import Statement, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_components.aws.placement import Placement


@dataclass(frozen=True)
class ReadPrefix:
    """A prefix that a job reads, and nothing else of its bucket.

    Attributes:
        bucket: The bucket's name.
        prefix: The prefix, with a slash at its end; empty for the whole bucket.
        encryption_key_arn: The key of its objects; None where the bucket has no KMS key.
    """

    bucket: str
    prefix: str
    encryption_key_arn: str | None = None


def read_prefixes(placement: Placement, prefixes: Sequence[ReadPrefix]) -> list[Statement]:
    """Return the statements of a policy that let a job read prefixes.

    Args:
        placement: The account and region of the job.
        prefixes: The prefixes; no statement without any.
    """
    return [each for number, prefix in enumerate(prefixes, 1) for each in _read(placement, prefix, number)]


def _read(placement: Placement, prefix: ReadPrefix, number: int) -> list[Statement]:
    bucket = f"arn:{placement.partition}:s3:::{prefix.bucket}"
    statements = [
        statement(f"LocateBucket{number}", ["s3:GetBucketLocation"], bucket),
        statement(
            f"ListPrefix{number}",
            ["s3:ListBucket"],
            bucket,
            condition={"StringLike": {"s3:prefix": f"{prefix.prefix}*"}},
        ),
        statement(f"ReadPrefix{number}", ["s3:GetObject"], f"{bucket}/{prefix.prefix}*"),
    ]
    if prefix.encryption_key_arn is not None:
        service = f"s3.{placement.region}.{placement.domain}"
        statements.append(
            statement(
                f"DecryptPrefix{number}",
                ["kms:Decrypt"],
                prefix.encryption_key_arn,
                condition={"StringEquals": {"kms:ViaService": service}},
            )
        )
    return statements
