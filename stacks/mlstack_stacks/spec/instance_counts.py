"""Numbers of instances in `serving` that can't be together, each kind found by one function.

They are looked for once every value is valid by itself, so that they are told beside whatever else contradicts them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec.models import EnvironmentSpec
    from mlstack_stacks.spec.serving import Serving

    Found = Iterator[tuple[str, str, str]]


def instance_count_contradictions(spec: EnvironmentSpec) -> Found:
    """The key, message and next step of each number of instances that does not fit another.

    Args:
        spec: The specification.
    """
    serving = spec.serving
    # Of a kind without a range of instances, that alone is told.
    if serving is not None and serving.kind in ("realtime", "asynchronous"):
        yield from _range(serving)
        yield from _rollout(serving)


def _range(serving: Serving) -> Found:
    least, most = serving.instances.min, serving.instances.max
    if most is not None and most < least:
        yield _below("serving.instances.max", most, least)
    else:
        yield from _scaling(serving)


def _below(key: str, most: int, least: int) -> tuple[str, str, str]:
    return key, f"max is {most}, below min, which is {least}.", f"Write {least} or more."


def _scaling(serving: Serving) -> Found:
    instances = serving.instances
    if serving.scaling is None:
        return
    if instances.max is None or instances.max == instances.min:
        hint = f"Write `instances: {{min: {instances.min}, max: {max(instances.min + 1, 4)}}}`."
        yield "serving.scaling", "scaling needs `instances.max` above `instances.min`.", hint
        return
    for index, schedule in enumerate(serving.scaling.schedules):
        key = f"serving.scaling.schedules[{index}]"
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
