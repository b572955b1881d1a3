"""Training pipelines: the jobs of their steps."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.pipeline_args import BaselineStepArgs, QualityBaselineStepArgs

from mlstack_stacks.plan.cost import transform_step
from mlstack_stacks.plan.cost.usage import Item, NoPrice, Usage, known_text, number
from mlstack_stacks.spec import EnvironmentSpec
from mlstack_stacks.spec.model_quality import model_quality_of
from mlstack_stacks.spec.monitors import data_quality_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlstack_stacks.plan.cost.usage import Context
    from mlstack_stacks.plan.resources import PlannedResource
    from mlstack_stacks.spec import Steps

_SECONDS_AN_HOUR = 3600
_MINUTES_AN_HOUR = 60


@dataclass(frozen=True)
class _Job:
    step: str
    use: str
    instance: str
    count: float
    volume_gb: float
    most_hours: float
    spot: bool = False
    warm_instances: float = 0
    warm_hours: float = 0


def usages(resource: PlannedResource, context: Context) -> Iterator[Usage | NoPrice]:
    """Each step of a run is a job that is billed by its instances' hours and their disks.

    A deployed pipeline is read from its definition. A planned one's definition holds what only the cloud can tell, so
    the project's own is read from the specification.

    Args:
        resource: The pipeline.
        context: What is assumed, and the specification.
    """
    definition = known_text(resource.properties.get("pipelineDefinition"))
    steps = context.spec.steps if isinstance(context.spec, EnvironmentSpec) else None
    batches = transform_step.planned(known_text(resource.properties.get("pipelineName")), context)
    if definition is not None:
        yield from transform_step.defined(definition, context)
        jobs = list(_defined(definition))
    elif batches is not None:
        yield from batches
        return
    elif steps is not None and _is_the_projects(resource, context):
        jobs = [*_specified(steps), *_baseline(context), *_quality_baseline(context)]
    else:
        yield NoPrice("runs", "its definition is only known after apply")
        return
    for job in jobs:
        yield from _job(job, context)


def _job(job: _Job, context: Context) -> Iterator[Usage]:
    assumed = context.assumptions
    # A job is stopped at its limit, so it never takes longer.
    hours = min(assumed.hours_per_step, job.most_hours)
    a_month = assumed.runs_per_month * hours * job.count
    runs = f"{number(assumed.runs_per_month)} runs x"
    how = f"{runs} {number(job.count)} x {job.instance} x {number(hours)} h"
    item = Item("SageMaker", job.instance, job.use)
    if job.spot:
        saving = assumed.spot_saving_percent
        yield Usage(job.step, item, a_month * (1 - saving / 100), f"{how}, spot: {number(saving)} % less")
    else:
        yield Usage(job.step, item, a_month, how)
    if job.warm_hours:
        # A pool is billed while it waits; here no run is assumed to find one.
        kept = assumed.runs_per_month * job.warm_hours * job.warm_instances
        how = f"{runs} {number(job.warm_instances)} x {job.instance} x {number(job.warm_hours)} h"
        yield Usage(f"{job.step}: warm pool", item, kept, how)
    months = a_month / assumed.hours_per_month
    how = f"{number(job.volume_gb)} GB x {number(a_month)} h"
    yield Usage(f"{job.step}: disk", Item("SageMaker", "ml-storage-volume", job.use), job.volume_gb * months, how)


def _is_the_projects(resource: PlannedResource, context: Context) -> bool:
    from mlstack_stacks.naming import Names

    names = Names.of(context.spec)
    return resource.properties.get("pipelineName") == names.pipeline


def _specified(steps: Steps) -> Iterator[_Job]:
    named = {"prepare": steps.prepare, "train": steps.train, "evaluate": steps.evaluate}
    for name, step in named.items():
        if step is not None:
            use = "Training" if name == "train" else "Processing"
            most = step.max_runtime_minutes / _MINUTES_AN_HOUR
            job = _Job(name, use, step.instance_type, 1, step.volume_size_gb, most)
            yield _trained(job, steps) if name == "train" else job


def _trained(job: _Job, steps: Steps) -> _Job:
    train, tune = steps.train, steps.tune
    jobs, parallel = (1, 1) if tune is None else (tune.jobs, tune.max_parallel_jobs)
    return replace(
        job,
        step="train" if tune is None else "tune",
        count=train.instance_count * jobs,
        spot=train.spot is not None,
        warm_instances=train.instance_count * parallel,
        warm_hours=(train.warm_pool_minutes or 0) / _MINUTES_AN_HOUR,
    )


def _baseline(context: Context) -> Iterator[_Job]:
    """The step that measures the training data for monitors, with a run that passes its gates."""
    data_quality = data_quality_of(context.spec) if isinstance(context.spec, EnvironmentSpec) else None
    if data_quality is not None:
        step = BaselineStepArgs(image_uri="", instance_type=data_quality.instance_type)
        most = step.max_runtime_seconds / _SECONDS_AN_HOUR
        yield _Job("baseline", "Processing", step.instance_type, 1, step.volume_gigabytes, most)


def _quality_baseline(context: Context) -> Iterator[_Job]:
    """Likewise the step that measures the evaluation's predictions."""
    monitor = model_quality_of(context.spec) if isinstance(context.spec, EnvironmentSpec) else None
    if monitor is not None:
        step = QualityBaselineStepArgs(image_uri="", instance_type=monitor.instance_type, problem_type="")
        most = step.max_runtime_seconds / _SECONDS_AN_HOUR
        yield _Job("model_quality", "Processing", step.instance_type, 1, step.volume_gigabytes, most)


def _defined(definition: str) -> Iterator[_Job]:
    """The jobs of a definition, those included that run only when a condition holds."""
    document = json.loads(definition)
    defaults = {each["Name"]: each.get("DefaultValue") for each in document.get("Parameters", ())}
    for step in _with_branches(document.get("Steps", ())):
        arguments = step.get("Arguments", {})
        if step.get("Type") == "Training":
            yield _job_of(step["Name"], "Training", arguments["ResourceConfig"], arguments, defaults)
        elif step.get("Type") == "Tuning":
            training = arguments["TrainingJobDefinition"]
            job = _job_of(step["Name"], "Training", training["ResourceConfig"], training, defaults)
            config = arguments["HyperParameterTuningJobConfig"]
            pools = job.warm_instances * config["ResourceLimits"]["MaxParallelTrainingJobs"]
            yield replace(job, count=job.count * _tries(config), warm_instances=pools)
        elif step.get("Type") == "Processing":
            cluster = arguments["ProcessingResources"]["ClusterConfig"]
            yield _job_of(step["Name"], "Processing", cluster, arguments, defaults)


def _with_branches(steps: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        if step.get("Type") == "Condition":
            yield from _with_branches(step["Arguments"].get("IfSteps", ()))


def _tries(config: dict[str, Any]) -> int:
    """How many training jobs a tuning job starts at most: with a grid, one a combination."""
    most = config["ResourceLimits"].get("MaxNumberOfTrainingJobs")
    choices = config["ParameterRanges"].get("CategoricalParameterRanges", ())
    return int(most) if most else math.prod(len(each["Values"]) for each in choices)


def _job_of(name: str, use: str, cluster: dict[str, Any], arguments: dict[str, Any], defaults: dict[str, Any]) -> _Job:
    instance = cluster["InstanceType"]
    if isinstance(instance, dict):
        instance = defaults[instance["Get"].removeprefix("Parameters.")]
    # SageMaker's own limit where none is set is a day.
    seconds = arguments.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", 24 * _SECONDS_AN_HOUR)
    count, volume = cluster["InstanceCount"], cluster["VolumeSizeInGB"]
    warm = cluster.get("KeepAlivePeriodInSeconds", 0) / _SECONDS_AN_HOUR
    return _Job(
        name,
        use,
        instance,
        count,
        volume,
        seconds / _SECONDS_AN_HOUR,
        spot=arguments.get("EnableManagedSpotTraining", False),
        warm_instances=count,
        warm_hours=warm,
    )
