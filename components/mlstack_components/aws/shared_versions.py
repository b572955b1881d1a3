"""What it takes to serve versions of another environment's registry, as pure functions.

The names of the other's bucket and key are made up by its provider, and its stack may lie in another account, whose
outputs nobody reads. So the rights say which bucket by how its name begins and whose it is, and which key by what it
encrypts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_components.aws.names import PIPELINE_PREFIX
from mlstack_components.aws.policies import Statement, statement

if TYPE_CHECKING:
    from mlstack_components.aws.placement import Placement

_MADE_UP = "?" * 7
"""What the provider ends a name in: seven hexadecimal characters."""


@dataclass(frozen=True)
class SharedVersions:
    """Where the versions of another environment's registry lie.

    Attributes:
        placement: Its account and region.
        bucket_name: The logical name of its artifact bucket, which the bucket's name begins with.
        pipeline_name: The pipeline that makes the versions; None for any of that bucket.
    """

    placement: Placement
    bucket_name: str
    pipeline_name: str | None = None

    def statements(self) -> list[Statement]:
        """Return the rights to read model archives, reports and baselines."""
        place = self.placement
        bucket = f"arn:{place.partition}:s3:::{self.bucket_name}-{_MADE_UP}"
        folder = f"{PIPELINE_PREFIX}{self.pipeline_name}/" if self.pipeline_name else PIPELINE_PREFIX
        # S3 gives the object's ARN as the encryption context, and with a bucket key the bucket's
        # (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html).
        context = {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/{folder}*"]}
        return [
            statement(
                "ReadSharedVersions",
                ["s3:GetObject"],
                f"{bucket}/{folder}*",
                condition={"StringEquals": {"s3:ResourceAccount": place.account}},
            ),
            statement(
                "DecryptSharedVersions",
                ["kms:Decrypt"],
                place.arn("kms", "key/*"),
                condition={
                    "StringEquals": {"kms:ViaService": f"s3.{place.region}.{place.domain}"},
                    "StringLike": context,
                },
            ),
        ]
