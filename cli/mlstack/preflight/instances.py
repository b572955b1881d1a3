"""How many instances an environment needs at most, by the quota that limits them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlstack_stacks.plan.resources import Plan
    from mlstack_stacks.spec import EnvironmentSpec

_CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
_TARGET = "aws:appautoscaling/target:Target"
_PIPELINE = "aws:sagemaker/pipeline:"
_CLUSTER = "clusterConfig"
_INSTANCES = "sagemaker:variant:DesiredInstanceCount"


@dataclass(frozen=True)
class Instances:
    """Instances of one type and use.

    Attributes:
        quota: The quota's name in Service Quotas, such as `ml.m5.large for endpoint usage`.
        count: How many there are at once at most.
        while_updating: How many while an update runs: an endpoint has its old and its new ones side by side then.
    """

    quota: str
    count: int
    while_updating: int


def instances_of(spec: EnvironmentSpec, plan: Plan) -> list[Instances]:
    """The instances of an environment, by quota.

    Steps of the pipeline run one after the other, so of each use the largest step counts; endpoints are up together,
    and the jobs of monitors may run beside a step.

    Args:
        spec: The specification.
        plan: The plan.
    """
    from mlstack_stacks.plan.definition import planned_definition

    serving = Counter[str]()
    for instance, count in _served(plan):
        serving[f"{instance} for endpoint usage"] += count
    jobs: dict[str, int] = {}
    for quota, count in _jobs(planned_definition(spec)):
        jobs[quota] = max(jobs.get(quota, 0), count)
    for quota, count in _watched(plan):
        jobs[quota] = jobs.get(quota, 0) + count
    return [
        *(Instances(quota, count, 2 * count) for quota, count in sorted(serving.items())),
        *(Instances(quota, count, count) for quota, count in sorted(jobs.items())),
    ]


def _served(plan: Plan) -> Iterator[tuple[str, int]]:
    most = {
        str(each.properties.get("resourceId")).rpartition("/")[2]: each.properties.get("maxCapacity")
        for each in plan.resources
        if each.type == _TARGET and each.properties.get("scalableDimension") == _INSTANCES
    }
    for each in plan.resources:
        if each.type != _CONFIGURATION:
            continue
        for key in ("productionVariants", "shadowProductionVariants"):
            for variant in each.properties.get(key) or []:
                instance, count = variant.get("instanceType"), variant.get("initialInstanceCount")
                scaled = most.get(str(variant.get("variantName")))
                if isinstance(instance, str) and isinstance(count, int | float):
                    yield instance, int(max(count, scaled) if isinstance(scaled, int | float) else count)


def _watched(plan: Plan) -> Iterator[tuple[str, int]]:
    """The quotas of the monitors' jobs, each a processing job with a cluster of its own."""
    for resource in plan.resources:
        if resource.custom and not resource.type.startswith(_PIPELINE):
            for cluster in _clusters(resource.properties):
                instance, count = cluster.get("instanceType"), cluster.get("instanceCount", 1)
                if isinstance(instance, str) and isinstance(count, int | float):
                    yield f"{instance} for processing job usage", int(count)


def _clusters(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for each in value:
            yield from _clusters(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name == _CLUSTER and isinstance(each, dict):
                yield each
            else:
                yield from _clusters(each)


def _jobs(definition: dict[str, Any] | None) -> Iterator[tuple[str, int]]:
    """The quotas of the steps of a pipeline, branches of conditions included."""
    document = definition or {}
    defaults = {each["Name"]: each.get("DefaultValue") for each in document.get("Parameters", ())}
    for step in _steps(document.get("Steps", ())):
        arguments = step.get("Arguments", {})
        kind = step.get("Type")
        if kind == "Training":
            yield _training(arguments, defaults)
        elif kind == "Tuning":
            quota, count = _training(arguments["TrainingJobDefinition"], defaults)
            limits = arguments["HyperParameterTuningJobConfig"]["ResourceLimits"]
            yield quota, count * int(limits["MaxParallelTrainingJobs"])
        elif kind == "Processing":
            yield _used("processing job", arguments["ProcessingResources"]["ClusterConfig"], defaults)
        elif kind == "Transform":
            yield _used("transform job", arguments["TransformResources"], defaults)


def _steps(steps: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        arguments = step.get("Arguments", {})
        yield from _steps((*arguments.get("IfSteps", ()), *arguments.get("ElseSteps", ())))


def _training(arguments: dict[str, Any], defaults: dict[str, Any]) -> tuple[str, int]:
    spot = _value(arguments.get("EnableManagedSpotTraining"), defaults)
    return _used("spot training job" if spot else "training job", arguments["ResourceConfig"], defaults)


def _used(use: str, resources: dict[str, Any], defaults: dict[str, Any]) -> tuple[str, int]:
    instance = _value(resources["InstanceType"], defaults)
    return f"{instance} for {use} usage", int(_value(resources.get("InstanceCount", 1), defaults))


def _value(given: Any, defaults: dict[str, Any]) -> Any:
    """A value, or the default of the parameter that stands in its place."""
    if isinstance(given, dict):
        return defaults.get(str(given.get("Get", "")).removeprefix("Parameters."))
    return given
