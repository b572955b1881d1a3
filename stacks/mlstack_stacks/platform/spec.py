"""What platform.yaml may hold, as pydantic models: the parts that an account and region has once, for all projects.

It has the form of mlstack.yaml: a part that is left out is not provisioned, and an environment overrides any key.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from mlstack_stacks.platform.continuous_integration import (  # noqa: TC001 - pydantic reads the annotations
    BucketName,
    DeployedProject,
    Url,
)
from mlstack_stacks.platform.workbench import Workbench  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.access import PolicyArn  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.budget import AlertPercent  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.cost import Cost
from mlstack_stacks.spec.network import Network
from mlstack_stacks.spec.notifications import Notifications  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.stack import StackSpec
from mlstack_stacks.spec.tracking import TrackingServer  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.values import Owner, ProjectName, once_each, wrong

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
Days = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]
_TAG_KEY = re.compile(r"[\w .:/=+@-]{1,128}")


def _check_tag(value: str) -> str:
    if not _TAG_KEY.fullmatch(value) or value.lower().startswith("aws:"):
        raise wrong(f"{value!r} is not the key of a tag of yours.", 'Such as "mlstack:project".')
    return value


CostTags = Annotated[
    tuple[Annotated[str, AfterValidator(_check_tag)], ...],
    Field(min_length=1, max_length=20),
    AfterValidator(once_each),
]


class PlatformNetwork(Network):
    """The private network that all projects of the account place their jobs and models in.

    Either `zones` (and `cidr`) for one that is made, or `vpc`, `subnets` and `security_groups` of one that is there.
    """

    secrets: bool = False
    """For a network that is made: whether jobs reach the cloud's store of secrets."""


class JobLogs(SpecModel):
    """The log groups of all jobs of the account, encrypted and with an end."""

    retention_days: Days = 365
    """How long logs are kept."""


class AccountBudget(SpecModel):
    """What the whole account may cost; `notifications` are told."""

    monthly_usd: Annotated[float, Field(gt=0, le=1_000_000_000)]
    """What a month may cost, in US dollars."""
    alert_percent: Annotated[tuple[AlertPercent, ...], Field(min_length=1, max_length=5), AfterValidator(once_each)] = (
        80,
        100,
    )
    """At which percentages of it, once spent and once forecast."""


class PlatformRoles(SpecModel):
    """What bounds roles."""

    permissions_boundary: PolicyArn
    """The policy that no role which the platform or a project makes may exceed."""


class State(SpecModel):
    """Where Pulumi keeps the state of the projects' stacks; those who deploy and plan may use it."""

    bucket: BucketName
    """The bucket."""
    key: str | None = None
    """The ARN of the bucket's key; none where the cloud's own encrypts it."""


class PlatformParts(SpecModel):
    """The parts of a platform, which an environment may override key by key."""

    owner: Owner | None = None
    """The team or person that answers for the platform; a tag on every resource."""
    cloud: Literal["aws"] = "aws"
    """The cloud."""
    network: PlatformNetwork | None = None
    roles: PlatformRoles | None = None
    logs: JobLogs | None = None
    notifications: Notifications | None = None
    budget: AccountBudget | None = None
    cost_tags: CostTags | None = None
    """The tags that costs are counted by."""
    tracking: TrackingServer | None = None
    workbench: Workbench | None = None
    state: State | None = None
    identity_providers: dict[Url, str] | None = None
    """Identity providers that the account has already: their ARNs by issuer."""
    continuous_integration: Annotated[dict[ProjectName, DeployedProject], Field(min_length=1, max_length=50)] | None = (
        None
    )
    """The projects that are deployed by continuous integration."""
    cost: Cost = Cost.model_construct()


class PlatformSpec(PlatformParts, StackSpec):
    """A platform in one environment: the specification with that environment's overrides applied."""


class Platforms(SpecModel):
    """A whole platform.yaml.

    Attributes:
        name: The platform's name.
        environments: Each environment with its overrides applied, `local` always among them.
    """

    name: ProjectName
    environments: dict[str, PlatformSpec]
