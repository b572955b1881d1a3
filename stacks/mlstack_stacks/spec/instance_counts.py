"""Numbers of instances in `serving` that can't be together, each kind found by one function.

They are looked for once every value is valid by itself, so that they are told beside whatever else contradicts them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.spec.scaling import Instances

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlstack_stacks.spec.models import EnvironmentSpec
    from mlstack_stacks.spec.scaling import Scaling
    from mlstack_stacks.spec.serving import Serving
    from mlstack_stacks.spec.variants import Variant

    Found = Iterator[tuple[str, str, str]]


def instance_count_contradictions(spec: EnvironmentSpec) -> Found:
    """The key, message and next step of each number of instances that does not fit another.

    Args:
        spec: The specification.
    """
    serving = spec.serving
    # Of a kind without a range of instances, that alone is told.
    if serving is not None and serving.kind in ("realtime", "asynchronous"):
        yield from _range(serving.instances, serving.scaling, "serving")
        yield from _rollout(serving)


def variant_instance_contradictions(variants: Mapping[str, Variant]) -> Found:
    """Likewise of further variants.

    Args:
        variants: The variants, by name.
    """
    for name, each in variants.items():
        key = f"serving.variants.{name}"
        if each.instances is not None and "instance_count" in each.model_fields_set:
            hint = "Keep `instances`, and remove `instance_count`."
            yield f"{key}.instance_count", "can't be beside `instances`, which says it, too.", hint
        if each.least_instances < 1:
            yield f"{key}.instances.min", "must be at least 1: a variant answers at any time.", "Write 1 or more."
        yield from _range(each.instances or Instances(min=each.instance_count), each.scaling, key)


def _range(instances: Instances, scaling: Scaling | None, above: str) -> Found:
    least, most = instances.min, instances.max
    if most is not None and most < least:
        yield _below(f"{above}.instances.max", most, least)
    else:
        yield from _scaling(instances, scaling, above)


def _below(key: str, most: int, least: int) -> tuple[str, str, str]:
    return key, f"max is {most}, below min, which is {least}.", f"Write {least} or more."


def _scaling(instances: Instances, scaling: Scaling | None, above: str) -> Found:
    if scaling is None:
        return
    if instances.max is None or instances.max == instances.min:
        hint = f"Write `instances: {{min: {instances.min}, max: {max(instances.min + 1, 4)}}}`."
        yield f"{above}.scaling", "scaling needs `instances.max` above `instances.min`.", hint
        return
    for index, schedule in enumerate(scaling.schedules):
        key = f"{above}.scaling.schedules[{index}]"
        if schedule.max < schedule.min:
            yield _below(f"{key}.max", schedule.max, schedule.min)
        elif schedule.min < instances.min or schedule.max > instances.max:
            yield (
                key,
                f"a schedule of {schedule.min} to {schedule.max} instances leaves the range of `instances`, "
                f"{instances.min} to {instances.max}.",
                "Widen `instances` or narrow the schedule.",
            )


def _rollout(serving: Serving) -> Found:
    # TrafficRoutingConfig in SageMaker's API reference: a step is at most 50% of the total instance count.
    if serving.rollout.kind != "all_at_once" and serving.instances.min < 2:  # noqa: PLR2004 - two halves
        yield (
            "serving.rollout",
            f"{serving.rollout.kind} moves at most half of the instances at once, so it needs two or more.",
            "Write `instances: {min: 2}` or `rollout: all_at_once`.",
        )
