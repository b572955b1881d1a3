"""The transform job of a pipeline that scores whole datasets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import Item, NoPrice, Usage, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context


def defined(definition: str, context: Context) -> Iterator[Usage | NoPrice]:
    """What the transform jobs of a definition cost in a month.

    Args:
        definition: The pipeline's definition, as JSON.
        context: What is assumed.
    """
    for step in json.loads(definition).get("Steps", ()):
        if step.get("Type") == "Transform":
            resources = step["Arguments"]["TransformResources"]
            yield from _job(step["Name"], resources["InstanceType"], resources["InstanceCount"], context)


def planned(pipeline: str | None, context: Context) -> Iterator[Usage | NoPrice] | None:
    """What the specification's own batches cost in a month; None where a pipeline is another one.

    Args:
        pipeline: The pipeline's name.
        context: The specification, and what it assumes.
    """
    from mlstack_stacks.naming import Names

    serving = getattr(context.spec, "serving", None)
    names = Names.of(context.spec)
    if serving is None or serving.kind != "batch" or pipeline != names.batch_pipeline:
        return None
    return _job("transform", serving.instance_type, serving.instances.min, context)


def _job(name: str, instance: str, count: int, context: Context) -> Iterator[Usage | NoPrice]:
    assumed = context.assumptions
    hours = assumed.batches_per_month * assumed.hours_per_batch * count
    how = (
        f"{number(assumed.batches_per_month)} batches x {number(count)} x {instance} x "
        f"{number(assumed.hours_per_batch)} h"
    )
    yield Usage(name, Item("SageMaker", instance, "Batch Transform"), hours, how)
    yield NoPrice(f"{name}: disk", "SageMaker chooses its size by the instance type")
