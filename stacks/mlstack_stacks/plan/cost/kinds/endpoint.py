"""SageMaker endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_stacks.plan.cost.usage import Item, NoPrice, Usage, known_number, known_text, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource

_TARGET = "aws:appautoscaling/target:Target"
_CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage | NoPrice]:
    """An endpoint is billed by the hour and instance of each variant, and by what passes it.

    Counted are the instances that it starts with: what scaling adds or takes away follows the load. Of an asynchronous
    one those that are always there are counted, for it starts with one that scaling takes away.

    Args:
        resource: The endpoint.
        context: What is assumed, and the configuration of the endpoint.
    """
    configuration = _configuration(resource, context)
    if configuration is None:
        yield NoPrice("instances", "which endpoint configuration it has can't be told")
        return
    for key, shadow in (("productionVariants", ""), ("shadowProductionVariants", "shadow ")):
        for number_, variant in enumerate(_list(configuration.properties.get(key))):
            part = f"{shadow}instances{f' {number_ + 1}' if number_ else ''}"
            least = _always_there(resource, configuration, variant, context)
            yield from _variant(variant, part, context, least)
    yield NoPrice("data in and out", "no price of an endpoint's traffic")


def _always_there(
    endpoint: PlannedResource, configuration: PlannedResource, variant: dict[str, Any], context: Context
) -> float | None:
    """The least instances of an asynchronous endpoint's variant that is scaled, else None."""
    if not configuration.properties.get("asyncInferenceConfig"):
        return None
    scaled = f"endpoint/{endpoint.properties.get('name')}/variant/{variant.get('variantName')}"
    targets = [each for each in context.resources.get(_TARGET, ()) if each.properties.get("resourceId") == scaled]
    return known_number(targets[0].properties.get("minCapacity")) if targets else None


def _variant(
    variant: dict[str, Any], part: str, context: Context, least: float | None = None
) -> Iterator[Usage | NoPrice]:
    if variant.get("serverlessConfig"):
        yield NoPrice(part, "no price of serverless inference")
        return
    instance = known_text(variant.get("instanceType"))
    count = known_number(variant.get("initialInstanceCount")) if least is None else least
    if instance is None or count is None:
        yield NoPrice(part, "instance type or count is only known after apply")
        return
    hours = context.assumptions.hours_per_month
    how = f"{number(count)} x {instance} x {number(hours)} h"
    yield Usage(part, Item("SageMaker", instance, "Hosting"), count * hours, how)
    size = known_number(variant.get("volumeSizeInGb"))
    disk = part.replace("instances", "disks")
    if size:
        how = f"{number(count)} x {number(size)} GB"
        yield Usage(disk, Item("SageMaker", "ml-storage-volume", "Hosting"), count * size, how)
    else:
        yield NoPrice(disk, "SageMaker chooses their size by the instance type")


def _configuration(endpoint: PlannedResource, context: Context) -> PlannedResource | None:
    """The endpoint's configuration: by its name; where that is not known yet, the one of the same component."""
    known = context.resources.get(_CONFIGURATION, ())
    name = known_text(endpoint.properties.get("endpointConfigName"))
    if name is not None:
        found = [each for each in known if each.properties.get("name") == name]
    else:
        found = [each for each in known if each.parent == endpoint.parent]
    return found[0] if len(found) == 1 else None


def _list(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
