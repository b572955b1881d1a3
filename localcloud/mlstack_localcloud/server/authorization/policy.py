"""Policy documents as statements that requests can be held against.

The grammar is that of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .conditions import Condition, parse_conditions
from .context import UnsupportedError
from .variables import has_variables, substituted

if TYPE_CHECKING:
    from .context import Context


@dataclass(frozen=True)
class Patterns:
    """Values of an Action or Resource element, with `*` and `?`.

    Attributes:
        exact: Those without wildcards.
        expression: Those with wildcards as one expression, None where there are none.
        variable: Those with policy variables, which each request fills in.
    """

    exact: frozenset[str]
    expression: re.Pattern[str] | None
    variable: tuple[str, ...] = ()

    def match(self, value: str, context: Context | None = None) -> bool:
        """Tell whether a value is meant.

        Args:
            value: The action, in lower case, or the resource.
            context: Fills in policy variables.

        Raises:
            UnsupportedError: A policy variable is not known.
        """
        if value in self.exact or (self.expression is not None and self.expression.match(value) is not None):
            return True
        if context is None:
            return False
        filled = (substituted(pattern, context) for pattern in self.variable)
        return any(text is not None and wildcards(text).match(value) is not None for text in filled)


@dataclass(frozen=True)
class Principals:
    """Values of a Principal element, by kind.

    Attributes:
        everybody: Whether it is `*`.
        by_kind: The values by kind: `AWS`, `Service`, `Federated`, `CanonicalUser`.
    """

    everybody: bool
    by_kind: dict[str, frozenset[str]]

    def of(self, kind: str) -> frozenset[str]:
        """Return the values of a kind."""
        return self.by_kind.get(kind, frozenset())


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        allows: Whether its effect is Allow.
        actions: Its Action or NotAction.
        not_actions: Whether these are the actions that it does not mean.
        resources: Its Resource or NotResource; None means the resource that the policy belongs to.
        not_resources: Whether these are the resources that it does not mean.
        principals: Its Principal or NotPrincipal; None in identity policies.
        not_principals: Whether these are the principals that it does not mean.
        conditions: What must hold beside.
    """

    allows: bool
    actions: Patterns
    not_actions: bool
    resources: Patterns | None
    not_resources: bool
    principals: Principals | None
    not_principals: bool
    conditions: tuple[Condition, ...]

    def concerns(self, action: str, resource: str, context: Context) -> bool:
        """Tell whether it is about an action on a resource, whatever its principals and conditions.

        Args:
            action: The action, in lower case.
            resource: The resource's ARN, or `*`.
            context: Fills in policy variables.

        Raises:
            UnsupportedError: A policy variable is not known.
        """
        if self.actions.match(action) is self.not_actions:
            return False
        return self.resources is None or self.resources.match(resource, context) is not self.not_resources


@functools.lru_cache(maxsize=4096)
def parse_policy(document: str) -> tuple[Statement, ...]:
    """Return the statements of a policy document; each text is parsed once.

    Args:
        document: The JSON.

    Raises:
        UnsupportedError: It is no policy document.
    """
    try:
        content = json.loads(document)
        return tuple(_statement(each) for each in _listed(content["Statement"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnsupportedError(f"a policy that is not valid ({error!r})") from error


def wildcards(pattern: str) -> re.Pattern[str]:
    """Return the expression of a text in which `*` is any text and `?` any character."""
    return _compiled((pattern,))


@functools.lru_cache(maxsize=4096)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = (re.escape(each).replace(r"\*", ".*").replace(r"\?", ".") for each in patterns)
    return re.compile(f"(?:{'|'.join(alternatives)})\\Z", re.DOTALL)


def _statement(given: dict[str, Any]) -> Statement:
    if given["Effect"] not in ("Allow", "Deny"):
        raise ValueError(given["Effect"])
    not_actions, not_resources, not_principals = ("NotAction" in given, "NotResource" in given, "NotPrincipal" in given)
    actions = [action.lower() for action in _listed(given["NotAction" if not_actions else "Action"])]
    resources = given.get("NotResource" if not_resources else "Resource")
    principals = given.get("NotPrincipal" if not_principals else "Principal")
    return Statement(
        allows=given["Effect"] == "Allow",
        actions=_patterns(actions),
        not_actions=not_actions,
        resources=None if resources is None else _patterns(_listed(resources)),
        not_resources=not_resources,
        principals=None if principals is None else _principals(principals),
        not_principals=not_principals,
        conditions=parse_conditions(given.get("Condition", {})),
    )


def _patterns(values: list[str]) -> Patterns:
    variable = tuple(value for value in values if has_variables(value))
    plain = [value for value in values if value not in variable]
    wild = tuple(value for value in plain if "*" in value or "?" in value)
    return Patterns(frozenset(plain).difference(wild), _compiled(wild) if wild else None, variable)


def _principals(given: Any) -> Principals:
    if isinstance(given, str):
        if given != "*":
            raise ValueError(given)
        return Principals(everybody=True, by_kind={})
    by_kind = {kind: frozenset(map(str, _listed(values))) for kind, values in given.items()}
    return Principals(everybody="*" in by_kind.get("AWS", ()), by_kind=by_kind)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
