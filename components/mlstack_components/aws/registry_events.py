"""What hears of model versions of another account's registry: an event bus that only the registry's owner may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.version_events import registry_bus_arn, registry_bus_name, registry_bus_policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_components.aws.placement import Placement


@dataclass(frozen=True, kw_only=True)
class RegistryEventsArgs:
    """What the bus is made from."""

    placement: Placement
    """The account and region of the environment that hears of versions."""
    owner_accounts: Sequence[str]
    """The accounts of the registries, by their twelve-digit ids; at least one."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of the bus."""


class RegistryEvents(pulumi.ComponentResource):
    """An event bus, and the policy that lets in events of model versions of the registries' accounts alone.

    The bus is encrypted with EventBridge's own key. What it carries names versions and says no more of them than other
    accounts may read in the registry.
    """

    bus_name: pulumi.Output[str]
    """The bus, which rules are put on."""
    bus_arn: pulumi.Output[str]
    """Its ARN."""
    bus: aws.cloudwatch.EventBus
    """The bus."""
    policy: aws.cloudwatch.EventBusPolicy
    """Who may put events on it."""

    def __init__(self, name: str, args: RegistryEventsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:RegistryEvents", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        # The other account names it before it is there, so the name is not the provider's choice.
        self.bus = aws.cloudwatch.EventBus(
            f"{name}-registry",
            aws.cloudwatch.EventBusArgs(name=registry_bus_name(name), tags=args.tags),
            child,
        )
        arn = registry_bus_arn(args.placement, name)
        self.policy = aws.cloudwatch.EventBusPolicy(
            f"{name}-registry-policy",
            aws.cloudwatch.EventBusPolicyArgs(
                event_bus_name=self.bus.name, policy=registry_bus_policy(arn, args.placement, args.owner_accounts)
            ),
            child,
        )
        self.bus_name, self.bus_arn = self.bus.name, self.bus.arn
        self.register_outputs({"bus_name": self.bus_name, "bus_arn": self.bus_arn})
