"""What batches of predictions are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pulumi

    from mlstack_components.aws.network import NetworkInput
    from mlstack_components.aws.placement import Placement


@dataclass(frozen=True, kw_only=True)
class TransformArgs:
    """How data is scored: the machines, and what a request to the model holds."""

    instance_type: str
    """The instance type, such as `ml.m5.large`."""
    instance_count: int = 1
    """How many instances share the files, 1 to 100."""
    content_type: str = "text/csv"
    """The media type of the files."""
    split: Literal["line", "none"] = "line"
    """`line`: each line of a file is a record; `none`: a file is one request."""
    max_concurrent: int = 1
    """How many requests each instance works on at once; times `max_payload_megabytes` at most 100
    (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html)."""
    max_payload_megabytes: int = 6
    """How much a request holds at most, in MB, 1 to 100."""
    join_input: bool = False
    """Whether each prediction is written beside its record; only for csv, json and jsonlines."""


@dataclass(frozen=True, kw_only=True)
class BatchTransformArgs:
    """What batches of predictions are made from."""

    placement: Placement
    """The account and region."""
    pipeline_name: str
    """The name of the pipeline that scores, 1 to 256 letters, digits and hyphens."""
    model_package_arn: str | None
    """The released version, known before resources are declared; None as long as nothing was released."""
    role_arn: pulumi.Input[str]
    """The role that the model runs under; a transform job reads and writes as it."""
    encryption_key_arn: pulumi.Input[str]
    """The key of the instances' volumes and of the predictions."""
    transform: TransformArgs
    """How data is scored."""
    data_bucket: pulumi.Input[str]
    """The name of the bucket that predictions are written to, below `predictions/`."""
    prefix: str
    """What the keys of the data begin with, such as `incoming/`."""
    source_bucket: pulumi.Input[str] | None = None
    """The name of the bucket of the data; the data bucket where None."""
    schedule: str | None = None
    """When all of the data is scored, in UTC, as the five fields of cron; None for never by itself."""
    on_new_data: bool = False
    """Whether each new object of the data bucket below `prefix` is scored at once."""
    network_isolation: bool = True
    """Whether the container has no network. Off only for containers that call out; say why where it is set."""
    network: NetworkInput | None = None
    """The VPC of the instances; SageMaker's own network where None."""
    permissions_boundary_arn: pulumi.Input[str] | None = None
    """The organisation's boundary on what roles may ever do; None where it has none."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all resources."""
    release_tags: dict[str, str] = field(default_factory=dict)
    """Further tags of model and pipeline, such as the commit that they were made from."""
