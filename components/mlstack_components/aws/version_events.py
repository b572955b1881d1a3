"""How events of model versions get from the account of a registry to one that uses it, as pure functions.

Stages: SageMaker tells the default bus of the registry's account; a rule there forwards what a version's group tells to
a bus of its own in the other account, whose policy lets in nothing else; rules on that bus tell and release.
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlstack_components.aws.policies import document, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_components.aws.placement import Placement

SOURCE = "aws.sagemaker"
"""Who tells of model versions; no client may put events in its name."""
DETAIL_TYPE = "SageMaker Model Package State Change"
"""What is told: a version was registered, approved, rejected or changed otherwise
(https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html)."""


def registry_bus_name(prefix: str) -> str:
    """Return the name of the bus that hears of another account's versions.

    A bus has one policy, so each environment has a bus of its own.

    Args:
        prefix: What the names of the environment's resources begin with; at most 247 characters, for a bus's name has
            at most 256 (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html).
    """
    return f"{prefix}-registry"


def registry_bus_arn(placement: Placement, prefix: str) -> str:
    """Return the ARN of the bus that hears of another account's versions.

    Args:
        placement: The account and region of the environment that hears of them.
        prefix: What the names of its resources begin with.
    """
    return placement.arn("events", f"event-bus/{registry_bus_name(prefix)}")


def versions_pattern(groups: Sequence[str]) -> str:
    """Return the EventBridge pattern of everything that happens to versions.

    Args:
        groups: The model package groups.
    """
    pattern = {"source": [SOURCE], "detail-type": [DETAIL_TYPE], "detail": {"ModelPackageGroupName": list(groups)}}
    return json.dumps(pattern, separators=(",", ":"))


def registry_bus_policy(bus_arn: str, placement: Placement, owner_accounts: Sequence[str]) -> str:
    """Return who may put events on the bus: the accounts of the registries, and events of model versions only.

    Args:
        bus_arn: The bus.
        placement: Its account and region.
        owner_accounts: The accounts of the registries, by their twelve-digit ids.
    """
    return document(
        statement(
            "OwnersTellOfVersions",
            ["events:PutEvents"],
            bus_arn,
            principal={"AWS": placement.account_principals(owner_accounts)},
            condition={"StringEquals": {"events:source": SOURCE, "events:detail-type": DETAIL_TYPE}},
        )
    )


def forwarding_policy(bus_arn: str) -> str:
    """Return what the role of a forwarding rule may do: put events on one bus.

    Args:
        bus_arn: The bus, in the other account.
    """
    return document(statement("ForwardEvents", ["events:PutEvents"], bus_arn))
