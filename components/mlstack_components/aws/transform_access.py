"""What the role of a model may read and write when whole datasets are scored with it.

A transform job has no role of its own: it reads its input and writes its output as the model's role
(https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html, CreateModel).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_components.aws.names import PREDICTIONS_PREFIX, SCORE_PREFIX
from mlstack_components.aws.policies import statement

if TYPE_CHECKING:
    from mlstack_components.aws.policies import Statement


@dataclass(frozen=True, kw_only=True)
class TransformAccess:
    """Where the data of batches lies."""

    prefix: str
    """What the keys of the data begin with, such as `incoming/`."""
    bucket: str | None = None
    """The name of its bucket; None for the data bucket."""

    def statements(self, data_bucket_arn: str, partition: str) -> list[Statement]:
        """Return the statements, in the words of IAM.

        Args:
            data_bucket_arn: The data bucket, which predictions are written to and single files are scored from.
            partition: The ARN partition.
        """
        source = data_bucket_arn if self.bucket is None else f"arn:{partition}:s3:::{self.bucket}"
        buckets = list(dict.fromkeys([source, data_bucket_arn]))
        data = [f"{source}/{self.prefix}*", f"{data_bucket_arn}/{SCORE_PREFIX}*"]
        writes = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
        return [
            statement("ListData", ["s3:GetBucketLocation", "s3:ListBucket"], buckets),
            statement("ReadData", ["s3:GetObject"], data),
            statement("WritePredictions", writes, f"{data_bucket_arn}/{PREDICTIONS_PREFIX}*"),
        ]
