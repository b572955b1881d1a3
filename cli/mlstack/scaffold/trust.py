"""What a template may run: nothing, unless its catalog trusts it with that or the user does once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mlstack_components.errors import EXIT_UNTRUSTED

from mlstack.scaffold.catalog.entries import TRUST
from mlstack.scaffold.errors import Finding, ScaffoldError

if TYPE_CHECKING:
    from mlstack.scaffold.template import Template

_MOST_SHOWN = 3


class UntrustedError(ScaffoldError):
    """A template would run something that nobody trusts it with (E131)."""

    exit_code = EXIT_UNTRUSTED


def check(template: Template) -> None:
    """Refuses a template that would run something it isn't trusted with.

    Args:
        template: The template.

    Raises:
        UntrustedError: It would; nothing was run.
    """
    origin = template.origin
    wanted = {kind: template.settings[kind] for kind in TRUST if template.settings.get(kind)}
    findings = [
        Finding("E131", f"runs {kind.replace('_', ' ')}: {_shown(value)}. Not trusted by catalog {origin.catalog}.")
        for kind, value in wanted.items()
        if kind not in origin.trust
    ]
    if findings:
        raise UntrustedError(*findings, next_step="Read them; then run again with --trust-once.")


def trusted_once(template: Template) -> Template:
    """The template, trusted with everything: the user said so for this one call.

    Args:
        template: The template.
    """
    return replace(template, origin=replace(template.origin, trust=frozenset(TRUST)))


def _shown(value: object) -> str:
    items = value if isinstance(value, list) else [value]
    shown = ", ".join(f'"{item}"' for item in items[:_MOST_SHOWN])
    return shown if len(items) <= _MOST_SHOWN else f"{shown} and {len(items) - _MOST_SHOWN} more"
