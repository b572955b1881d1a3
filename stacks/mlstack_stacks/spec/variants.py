"""The groups `serving.variants` and `serving.shadow`: further model versions behind the endpoint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from mlstack_components.errors import quoted
from pydantic import AfterValidator, Field, WithJsonSchema

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.instance_counts import variant_instance_contradictions
from mlstack_stacks.spec.scaling import Instances, Scaling  # noqa: TC001 - pydantic reads the annotations
from mlstack_stacks.spec.serving_kinds import meant
from mlstack_stacks.spec.values import RealtimeInstanceType, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec.models import EnvironmentSpec
    from mlstack_stacks.spec.serving import Serving

    Found = Iterator[tuple[str, str, str]]

SHADOW = "shadow"
"""What the shadow is called among the variants."""

MAX_VARIANTS = 9
"""Beside the released version: an endpoint has ten production variants at most (CreateEndpointConfig)."""

_LONGEST_NAME = 30
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def _check_name(value: str) -> str:
    if value == SHADOW:
        raise wrong(f'"{SHADOW}" is the name of the shadow.', "Write `serving: {shadow: {}}`, or choose another name.")
    if len(value) > _LONGEST_NAME or not _NAME.fullmatch(value):
        rule = f"at most {_LONGEST_NAME} lower-case letters, digits and single hyphens, a letter first"
        raise wrong(f"{quoted(value)} is not a variant's name: {rule}.", "Write it so, as in `challenger`.")
    return value


VariantName = Annotated[
    str, AfterValidator(_check_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})
]


class _Version(SpecModel):
    """A model version beside the released one."""

    instance_type: RealtimeInstanceType | None = None
    """The machine that it runs on; that of the released version by default."""
    instance_count: Annotated[int, Field(ge=1, le=100)] = 1
    """How many instances it has."""

    @property
    def least_instances(self) -> int:
        """The least number of its instances."""
        return self.instance_count


class Variant(_Version):
    """A version that answers a share of the calls."""

    percent: Annotated[int, Field(ge=1, le=99)] = 10
    """The share of the calls that it answers, in percent."""
    instances: Instances | None = None
    """How many machines it has, in place of `instance_count`."""
    scaling: Scaling | None = None

    @property
    def least_instances(self) -> int:
        """The least number of its instances."""
        return super().least_instances if self.instances is None else self.instances.min


class Shadow(_Version):
    """A version that gets copies of calls, and answers nobody."""

    percent: Annotated[int, Field(ge=1, le=100)] = 100
    """Of how many calls it gets a copy, in percent."""


def variant_names(serving: Serving | None) -> tuple[str, ...]:
    """The names of what may be released beside the main version, the shadow last.

    Args:
        serving: The specification's part. An environment that chooses another kind has none of the project's.
    """
    if serving is None or serving.kind != "realtime":
        return ()
    return (*(serving.variants or {}), *(() if serving.shadow is None else (SHADOW,)))


def variants_contradictions(spec: EnvironmentSpec) -> Found:
    """What variants and shadows contradict.

    Args:
        spec: The specification.

    Yields:
        The key, what is wrong, and what to do.
    """
    serving = spec.serving
    if serving is None or not (serving.variants or serving.shadow):
        return
    key = "serving.variants" if serving.variants else "serving.shadow"
    if serving.kind != "realtime":
        if meant(spec, key):
            yield key, f"is for `kind: realtime`, and this is `kind: {serving.kind}`.", "Write `null`, or remove it."
        return
    if serving.variants:
        yield from _shares(serving)
        yield from variant_instance_contradictions(serving.variants)
    yield from _disks(serving)


def _shares(serving: Serving) -> Found:
    variants = serving.variants or {}
    total = sum(each.percent for each in variants.values())
    if total > 99:  # noqa: PLR2004 - one percent is left
        yield (
            "serving.variants",
            f"take {total} percent of the calls together, which leaves none to the released version.",
            "Lower their `percent` to 99 together.",
        )
    if serving.shadow is not None:
        yield (
            "serving.shadow",
            "can't be beside `variants`: a cloud endpoint has several variants, or one and a shadow.",
            "Remove one of them.",
        )
    # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
    if serving.rollout.kind != "all_at_once":
        yield (
            "serving.variants",
            f"come and go, and a rollout by {serving.rollout.kind} takes the same variants before and after.",
            "Write `rollout: all_at_once`, or try the version as a `shadow`.",
        )
    elif serving.rollout.rollback_alarms:
        yield (
            "serving.variants",
            "come and go, and a rollout that alarms bring back takes the same variants before and after.",
            "Remove `rollback_alarms`, or try the version as a `shadow`.",
        )


def _disks(serving: Serving) -> Found:
    """One key encrypts the disks of all variants, and machines with disks of their own take none."""
    from mlstack_components.aws.instance_types import has_local_storage

    own = has_local_storage(serving.instance_type)
    others = {f"variants.{name}": each.instance_type for name, each in (serving.variants or {}).items()}
    if serving.shadow is not None:
        others[SHADOW] = serving.shadow.instance_type
    for name, instance_type in others.items():
        if instance_type is not None and has_local_storage(instance_type) != own:
            with_, without = (serving.instance_type, instance_type) if own else (instance_type, serving.instance_type)
            yield (
                f"serving.{name}.instance_type",
                f"{with_} encrypts disks of its own and takes no key, which the disks of {without} need.",
                "Choose machines that both have disks of their own, or none.",
            )
