"""The part `data` of mlstack.yaml."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.data_source import S3Place, check_key_arn, check_source, s3_place
from mlstack_stacks.spec.values import wrong

DataSource = Annotated[str, AfterValidator(check_source)]
KeyArn = Annotated[
    str,
    AfterValidator(check_key_arn),
    WithJsonSchema({"type": "string", "pattern": "^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$"}),
]


class Data(SpecModel):
    """The data that training starts from."""

    source: DataSource
    """A file or folder of the project, relative to this file, or a prefix in S3: `s3://bucket/prefix/`, and
    `s3:///prefix/` in the environment's own data bucket."""
    encryption_key: KeyArn | None = None
    """The ARN of the key that a bucket of others encrypts with; the jobs that read it may use the key."""
    target: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    """The column that the model predicts."""

    @property
    def s3(self) -> S3Place | None:
        """Where in S3 the data lies; None where it is of the project."""
        return s3_place(self.source)

    @model_validator(mode="after")
    def _key_of_others(self) -> Data:
        if self.encryption_key is not None and (self.s3 is None or self.s3.bucket is None):
            raise wrong(
                "`encryption_key` is the key of a bucket of others, and `source` names none.",
                "Remove it: the environment's own data bucket has the environment's key.",
            )
        return self
