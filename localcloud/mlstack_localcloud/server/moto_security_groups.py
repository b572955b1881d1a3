"""What moto's security groups forget and EC2 keeps: descriptions of rules about groups and prefix lists.

Private parts of moto: `SecurityGroupRule.description`, and of `SecurityGroupBackend` the two methods that authorise and
`modify_security_group_rules`, of module `moto.ec2.models.security_groups`.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

_ALL_PROTOCOLS = "-1"


def adjust(module: ModuleType) -> None:
    """Make rules keep their descriptions, and change whatever they are about; may be called again.

    Args:
        module: `moto.ec2.models.security_groups`.
    """
    backend: Any = module.SecurityGroupBackend
    if hasattr(backend.modify_security_group_rules, "__wrapped__"):
        return
    backend.authorize_security_group_ingress = _describing(backend.authorize_security_group_ingress)
    backend.authorize_security_group_egress = _describing(backend.authorize_security_group_egress)
    backend.modify_security_group_rules = _modifying(backend.modify_security_group_rules)
    rule: Any = module.SecurityGroupRule
    rule.description = property(lambda self: vars(self).get("described", self.ip_range.get("Description")))


def _describing(authorize: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(authorize)
    def describe(backend: Any, *arguments: Any, **options: Any) -> Any:
        peers = [*(options.get("source_groups") or []), *(options.get("prefix_list_ids") or [])]
        words = {
            peer.get("GroupId") or peer.get("PrefixListId"): peer["Description"]
            for peer in peers
            if peer.get("Description")
        }
        made, group = authorize(backend, *arguments, **options)
        for rule in made:
            said = words.get(rule.source_group.get("GroupId") or rule.prefix_list_id)
            if said is not None:
                rule.described = said
        return made, group

    return describe


def _modifying(modify: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(modify)
    def modify_rules(backend: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        group = backend.get_security_group_by_name_or_id(group_id)
        ours = {id_: new for id_, new in rules.items() if "ReferencedGroupId" in new or "PrefixListId" in new}
        found = {id_: None if group is None else group.get_rule(id_) for id_ in ours}
        if any(rule is None for rule in found.values()):
            ours = {}  # moto's own has the words for what is missing
        modify(backend, group_id, {id_: _with_ports(new) for id_, new in rules.items() if id_ not in ours})
        for id_, new in ours.items():
            _change(found[id_], new)

    return modify_rules


def _with_ports(new: dict[str, Any]) -> dict[str, Any]:
    """A rule on all protocols needs no ports, which moto demands."""
    return {"FromPort": -1, "ToPort": -1, **new} if new.get("IpProtocol") == _ALL_PROTOCOLS else new


def _change(rule: Any, new: dict[str, Any]) -> None:
    rule.ip_protocol = new["IpProtocol"]
    everything = rule.ip_protocol == _ALL_PROTOCOLS
    rule.from_port, rule.to_port = (None, None) if everything else (int(new["FromPort"]), int(new["ToPort"]))
    if "PrefixListId" in new:
        rule.prefix_list_id = new["PrefixListId"]
    else:
        rule.source_group = {**rule.source_group, "GroupId": new["ReferencedGroupId"]}
    if "Description" in new:
        rule.described = new["Description"]
