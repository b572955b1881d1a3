"""Networks: a closed default group, logged flows, described rules, no public addresses (EC2.2, .6, .15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlstack_stacks.plan.security.inventory import Broken, Inventory

_RULES = (
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
)


def broken(inventory: Inventory) -> Broken:
    """Finds what breaks one of these."""
    for network in inventory.of("aws:ec2/vpc:Vpc"):
        if not any(inventory.of("aws:ec2/flowLog:FlowLog")):
            yield network, "does not log its flows."
        if not any(inventory.of("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")):
            yield network, "has an open default group."
    for group in inventory.of("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"):
        if group.properties.get("ingress") or group.properties.get("egress"):
            yield group, "is open."
    for subnet in inventory.of("aws:ec2/subnet:Subnet"):
        if subnet.properties.get("mapPublicIpOnLaunch"):
            yield subnet, "gives out public addresses."
    yield from _rules(inventory)


def _rules(inventory: Inventory) -> Broken:
    for rule in inventory.of(*_RULES):
        if not rule.properties.get("description"):
            yield rule, "is not described."
        if rule.type == _RULES[1] and rule.properties.get("cidrIpv4") == "0.0.0.0/0":
            yield rule, "lets everybody in."
