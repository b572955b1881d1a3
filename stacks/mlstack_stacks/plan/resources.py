"""What a plan is: the resources that an environment would consist of, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlstack_stacks.spec.stack import StackSpec

UNKNOWN = "<known after apply>"
SECRET = "<secret>"  # noqa: S105 - stands in place of a secret


@dataclass(frozen=True)
class PlannedResource:
    """A resource that the program declares.

    Attributes:
        urn: Its Pulumi URN.
        type: Its Pulumi type token, such as `aws:s3/bucket:Bucket`.
        name: Its logical name.
        parent: The parent's URN, or None below the stack itself.
        custom: True for a resource in the cloud, False for a component that groups others.
        properties: The inputs under Pulumi's names; what only the cloud can tell is `<known after apply>`.
        retain_on_delete: True where the cloud keeps it when the stack lets go of it.
        protect: True where Pulumi refuses to delete it.
    """

    urn: str
    type: str
    name: str
    parent: str | None
    custom: bool
    properties: dict[str, Any] = field(default_factory=dict)
    retain_on_delete: bool = False
    protect: bool = False

    @property
    def short_type(self) -> str:
        """The type as Pulumi's own displays show it, such as `aws:s3:Bucket`."""
        package, _, rest = self.type.partition(":")
        module, _, name = rest.rpartition(":")
        return f"{package}:{module.split('/')[0]}:{name}"


@dataclass(frozen=True)
class Warn:
    """Something that is allowed and worth a look.

    Attributes:
        rule: The check's name, stable for scripts.
        message: One sentence.
        place: File, line and key that it is about, such as `mlstack.yaml:12: serving.instances.min`, or None.
        next_step: What to do about it, or None.
    """

    rule: str
    message: str
    place: str | None = None
    next_step: str | None = None

    @staticmethod
    def place_of(spec: StackSpec, *keys: str) -> str | None:
        """Where the first of several keys stands that is written out.

        Args:
            spec: The specification.
            keys: Dotted keys without the environment.
        """
        found = next((place for key in keys if (place := spec.place(key)) is not None), None)
        return None if found is None else f"{spec.file.name}:{found.line}: {found.key}"

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{place}{self.message}{f' {self.next_step}' if self.next_step else ''}"


@dataclass(frozen=True)
class Plan:
    """What an environment would consist of.

    Attributes:
        project: The project's name.
        environment: The environment's name.
        account: The account, 12 digits.
        region: The region.
        resources: Every resource, each parent right before its children.
        outputs: The stack's outputs; what only the cloud can tell is `<known after apply>`.
        warnings: What the checks found.
    """

    project: str
    environment: str
    account: str
    region: str
    resources: tuple[PlannedResource, ...]
    outputs: dict[str, Any]
    warnings: tuple[Warn, ...] = ()

    @property
    def in_the_cloud(self) -> int:
        """How many of the resources exist in the cloud; components only group them, providers reach them."""
        return sum(resource.custom and not resource.type.startswith("pulumi:") for resource in self.resources)

    @property
    def components(self) -> int:
        """How many of the resources only group others."""
        return sum(not resource.custom for resource in self.resources)


def ordered(resources: Iterable[PlannedResource]) -> tuple[PlannedResource, ...]:
    """Resources in an order that is always the same: registration runs in threads, so theirs is not.

    Args:
        resources: The resources in any order.

    Returns:
        Depth first; siblings by type and name, those that group others last.
    """
    children: dict[str | None, list[PlannedResource]] = {}
    for resource in resources:
        children.setdefault(resource.parent, []).append(resource)

    def below(parent: str | None) -> Iterator[PlannedResource]:
        siblings = sorted(children.get(parent, []), key=lambda r: (r.urn in children, r.short_type, r.name))
        for resource in siblings:
            yield resource
            yield from below(resource.urn)

    return tuple(below(None))
