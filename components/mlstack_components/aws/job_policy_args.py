"""What the policies of jobs follow from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_components.aws.network import Network
    from mlstack_components.aws.placement import Placement
    from mlstack_components.aws.read_policies import ReadPrefix
    from mlstack_components.aws.shared_versions import SharedVersions
    from mlstack_components.aws.tracking_access import TrackingAccess
    from mlstack_components.aws.transform_access import TransformAccess


class JobKind(StrEnum):
    """The kinds of work that have a role of their own."""

    PROCESSING = "processing"
    TRAINING = "training"
    PIPELINE = "pipeline"
    SERVING = "serving"
    MONITORING = "monitoring"


@dataclass(frozen=True, kw_only=True)
class JobPolicyArgs:
    """All that the policies follow from."""

    placement: Placement
    """The account and region."""
    encryption_key_arn: str
    """The environment's key."""
    data_bucket_arn: str
    """The bucket of the data."""
    artifact_bucket_arn: str
    """The bucket of code, models and reports."""
    image_repository_arns: tuple[str, ...]
    """The ECR repositories of the images in use."""
    passable_role_arns: tuple[str, ...] = ()
    """The roles that the pipeline hands to its jobs."""
    pipeline_name: str | None = None
    """The pipeline, whose folder the jobs write to; None where there is none."""
    model_package_group_name: str | None = None
    """The group that versions are registered in; None where nothing is registered."""
    endpoint_name: str | None = None
    """The endpoint; None where nothing is served."""
    ground_truth: bool = False
    """Whether monitors read the labels of the endpoint's calls."""
    capture: bool = False
    """Whether the endpoint's calls are kept in the data bucket."""
    asynchronous: bool = False
    """Whether the endpoint reads its calls' inputs from the data bucket and writes their answers there."""
    told_topic_arn: str | None = None
    """The topic that the endpoint tells of its calls' answers or failures; None where it tells nobody."""
    network: Network | None = None
    """The VPC of jobs and models; None for SageMaker's own network."""
    log_group_arns: Mapping[str, str] = field(default_factory=dict)
    """The ARNs of the log groups of jobs by kind, where they are not those of the names that SageMaker chose."""
    tuning: bool = False
    """Whether the pipeline tunes hyperparameters."""
    checkpoints: bool = False
    """Whether training keeps checkpoints."""
    secrets: tuple[str, ...] = ()
    """The names of the Secrets Manager secrets that the job may read, in this account and region."""
    reads: tuple[ReadPrefix, ...] = ()
    """Prefixes of other buckets that the job reads."""
    shared_versions: SharedVersions | None = None
    """Where the versions lie that are served, where another environment has registered them."""
    tracking: TrackingAccess | None = None
    """Where training records its runs; nowhere where None."""
    transform: TransformAccess | None = None
    """What batches of predictions read and write; None where the model serves calls."""
