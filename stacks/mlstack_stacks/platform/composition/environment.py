"""What the parts of a platform share: names, tags and the key."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import pulumi
from mlstack_components.aws.encryption_key import EncryptionKey, EncryptionKeyArgs
from mlstack_components.aws.placement import Placement
from mlstack_components.aws.tags import project_tags

from mlstack_stacks.composition.environment import UNOWNED
from mlstack_stacks.naming import Names

if TYPE_CHECKING:
    from mlstack_stacks.platform.spec import PlatformSpec


class PlatformEnvironment:
    """What the parts of a platform share; what must be made for it is made when it is first asked for.

    Args:
        spec: The specification of the environment.
        parent: The component that everything belongs to.

    Attributes:
        spec: The specification.
        parent: The component that everything belongs to.
        names: The environment's names.
        prefix: What the names of its components begin with.
        placement: Its account and region.
        tags: The tags of all its resources.
        boundary: The policy that no role may exceed, or None.
        options: The options of its components.
        network: The ids of VPC, subnets and security groups by output; set by the part `network`.
        options_in_network: The options of what is placed in it.
        topic_arn: The topic of notifications; set by the part `notifications`.
    """

    def __init__(self, spec: PlatformSpec, parent: pulumi.Resource) -> None:
        self.spec = spec
        self.parent = parent
        self.names = Names(spec.name, spec.environment)
        self.prefix = self.names.resource_prefix
        self.placement = Placement(spec.account, spec.region)
        self.tags = project_tags(project=spec.name, environment=spec.environment, owner=spec.owner or UNOWNED)
        self.boundary = None if spec.roles is None else spec.roles.permissions_boundary
        self.options = self.options_in_network = pulumi.ResourceOptions(parent=parent)
        self.network: dict[str, Any] | None = None
        self.topic_arn: pulumi.Output[str] | None = None

    @property
    def budgets_publish(self) -> bool:
        """Whether AWS Budgets publishes to the topic of notifications."""
        return self.spec.notifications is not None and self.spec.budget is not None

    @cached_property
    def key(self) -> EncryptionKey:
        """The key of everything."""
        arguments = EncryptionKeyArgs(
            placement=self.placement,
            description=f"Encrypts everything of {self.spec.name} in {self.spec.environment}",
            budgets_publish=self.budgets_publish,
            tags=self.tags,
        )
        return EncryptionKey(self.prefix, arguments, self.options)
