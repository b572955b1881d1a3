"""Monitoring schedules: a processing job each time that one fires."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.model_monitors import VOLUME_GIGABYTES

from mlstack_stacks.plan.cost.usage import Item, NoPrice, Usage, known_number, known_text, number
from mlstack_stacks.spec import EnvironmentSpec
from mlstack_stacks.spec.model_quality import model_quality_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource

_DEFINITION = "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition"
_EXPRESSION = re.compile(r"cron\(0 (?:(\*)|[0-9]{1,2}(?:/([0-9]{1,2}))?) \? \* \* \*\)")
_HOURS_A_DAY = 24


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage | NoPrice]:
    """Each run is billed by its instances' hours and their disks.

    Args:
        resource: The schedule.
        context: What is assumed, and the job definition.
    """
    hours_between, cluster = _hours_between(resource), _cluster(resource, context)
    instance = known_text(cluster.get("instanceType"))
    count, volume = known_number(cluster.get("instanceCount")), known_number(cluster.get("volumeSizeInGb"))
    if hours_between is None or instance is None or count is None or volume is None:
        yield NoPrice("runs", "when it runs, or on what, is only known after apply")
        return
    assumed = context.assumptions
    runs, hours = assumed.hours_per_month / hours_between, min(assumed.hours_per_step, 1.0)
    a_month = runs * hours * count
    how = f"{number(round(runs, 1))} runs x {number(count)} x {instance} x {number(hours)} h"
    yield Usage("runs", Item("SageMaker", instance, "Processing"), a_month, how)
    months = a_month / assumed.hours_per_month
    how = f"{number(volume)} GB x {number(round(a_month, 1))} h"
    yield Usage("disk", Item("SageMaker", "ml-storage-volume", "Processing"), volume * months, how)


def _hours_between(resource: PlannedResource) -> float | None:
    config = _inside(resource.properties.get("monitoringScheduleConfig"))
    match = _EXPRESSION.fullmatch(known_text(_inside(config.get("scheduleConfig")).get("scheduleExpression")) or "")
    if match is None:
        return None
    return 1.0 if match[1] else float(match[2] or _HOURS_A_DAY)


def _cluster(resource: PlannedResource, context: Context) -> dict[str, Any]:
    """The machines of the job definition of the same component."""
    config = _inside(resource.properties.get("monitoringScheduleConfig"))
    if config.get("monitoringType") == "ModelQuality" and isinstance(context.spec, EnvironmentSpec):
        # Cloud Control's document holds names that are known only after apply.
        monitor = model_quality_of(context.spec)
        instance = None if monitor is None else monitor.instance_type
        return {"instanceType": instance, "instanceCount": 1, "volumeSizeInGb": VOLUME_GIGABYTES}
    found = [each for each in context.resources.get(_DEFINITION, ()) if each.parent == resource.parent]
    resources = _inside(found[0].properties.get("jobResources")) if len(found) == 1 else {}
    return _inside(resources.get("clusterConfig"))


def _inside(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
