"""Names for resources whose program gives none, as the official provider makes them.

The logical name, a hyphen and seven hexadecimal characters; small letters only where AWS wants it (pulumi-aws,
`provider/resources.go` and `provider/autonaming.go`; pulumi-terraform-bridge, `pkg/tfbridge/names.go`).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_localcloud.provider.shapes import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_localcloud.provider.model import Name
    from mlstack_localcloud.provider.values import Value

__all__ = ["Proposal", "made_up_name"]

_RANDOM = 7
_PREFIXED_RANDOM = 26  # Terraform's `id.PrefixedUniqueId`


@dataclass(frozen=True)
class Proposal:
    """What the engine says on naming.

    Attributes:
        logical_name: The resource's name in the program.
        seed: Random bytes that stay the same between the steps of one deployment; empty where there are none.
        proposed: A name that the stack's configuration proposes, or empty.
        enforced: Whether the proposal must be taken as it is.
        disabled: Whether names must be given.
    """

    logical_name: str
    seed: bytes = b""
    proposed: str = ""
    enforced: bool = False
    disabled: bool = False


def made_up_name(name: Name, inputs: Mapping[str, Value], proposal: Proposal) -> str | Problem:
    """A name, or why there can be none.

    Args:
        name: The type's rule.
        inputs: The other properties, which may bring a prefix.
        proposal: What the engine says.
    """
    ending = ".fifo" if name.fifo and inputs.get(name.fifo) is True else ""
    prefix = inputs.get(name.prefix_property) if name.prefix_property else None
    if isinstance(prefix, str):
        return prefix + _random(proposal, _PREFIXED_RANDOM) + ending
    if proposal.disabled:
        return Problem(name.property, "is required, as the stack's configuration turns automatic naming off")
    if proposal.proposed and proposal.enforced:
        return proposal.proposed
    stem = proposal.logical_name.lower() if name.lower else proposal.logical_name
    made = stem + (f"-{_random(proposal, _RANDOM)}" if name.random else "")
    if proposal.proposed:
        made = proposal.proposed.lower() if name.lower else proposal.proposed
    made = name.before + made + ending
    if len(made) > name.longest:
        return Problem(
            name.property, f'must be given: the name made from "{proposal.logical_name}" is longer than {name.longest}'
        )
    return made


def _random(proposal: Proposal, length: int) -> str:
    if not proposal.seed:
        return secrets.token_hex(length)[:length]
    return hashlib.sha256(proposal.seed + proposal.logical_name.encode()).hexdigest()[:length]
