"""Which key of mlstack.yaml a resource's property comes from, as data.

Where AWS would refuse a property, the mistake is in mlstack.yaml, and the error names the line there. One row says
where one key goes; of the rows that fit the first counts, so rows of whole resources stand last. A key that reaches no
request of AWS's stands in `NOT_SENT`; a test compares the two with the specification's models.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

from mlstack_stacks.naming import Names
from mlstack_stacks.spec.project_models import MODEL_PARTS
from mlstack_stacks.spec.tree import Place

if TYPE_CHECKING:
    from mlstack_stacks.spec.stack import StackSpec

_PROCESSING = "ProcessingResources.ClusterConfig"
_TUNING = "HyperParameterTuningJobConfig"
_TUNED = "TrainingJobDefinition."
_TRANSFORM = "pipelineDefinition.Steps.transform.Arguments"
_FRAMEWORK = "steps.train.framework.version"
_ROUTING = "blueGreenUpdatePolicy.trafficRoutingConfiguration"


@dataclass(frozen=True)
class Origin:
    """Where a property comes from.

    Attributes:
        resource: The resource's logical name without the environment's prefix; `*` stands for any characters.
        property: The property as findings write it, with everything below it; empty for the whole resource. `*` stands
            for one name.
        key: The key of mlstack.yaml; `*` is what it stands for in the property.
    """

    resource: str
    property: str
    key: str

    def find(self, resource: str, path: str) -> str | None:
        """The key where this row is about a property, else None.

        Args:
            resource: The resource's logical name without the environment's prefix.
            path: The property's path, such as `productionVariants[0].instanceType`.
        """
        match = self._pattern.match(path) if fnmatchcase(resource, self.resource) else None
        if match is None:
            return None
        return self.key.replace("*", match[1]) if match.lastindex else self.key

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        written = re.escape(self.property).replace(r"\*", r"([^.\[]+)")
        return re.compile(rf"{written}(?=[.\[]|$)" if self.property else "")


def _in_step(step: str, member: str, key: str) -> Origin:
    return Origin("pipeline", f"pipelineDefinition.Steps.{step}.Arguments.{member}", key)


ORIGINS: tuple[Origin, ...] = (
    Origin("*", "tags", "owner"),
    Origin("dataset", "key", "data.source"),
    Origin("*dataset-*", "key", "data.source"),
    Origin("*-lifecycle", "rules[1].noncurrentVersionExpiration", "storage.expire_noncurrent_days"),
    Origin("*-lifecycle", "rules[2].transitions", "storage.archive_after_days"),
    Origin("*", "region", "storage.replicate_to"),
    Origin("tracking-server", "trackingServerSize", "tracking.size"),
    *(
        _in_step(step, member, f"steps.{step}.{key}")
        for step in ("prepare", "evaluate")
        for member, key in (
            (f"{_PROCESSING}.InstanceType", "instance_type"),
            (f"{_PROCESSING}.VolumeSizeInGB", "volume_size_gb"),
            ("StoppingCondition.MaxRuntimeInSeconds", "max_runtime_minutes"),
            ("AppSpecification.ContainerEntrypoint", "entry_point"),
        )
    ),
    *(
        _in_step(step, f"{job}{member}", f"steps.train.{key}")
        for step, job, given in (("train", "", "HyperParameters"), ("tune", _TUNED, "StaticHyperParameters"))
        for member, key in (
            ("ResourceConfig.InstanceType", "instance_type"),
            ("ResourceConfig.VolumeSizeInGB", "volume_size_gb"),
            ("StoppingCondition.MaxRuntimeInSeconds", "max_runtime_minutes"),
            (f"{given}.sagemaker_program", "entry_point"),
            (f"{given}.*", "hyperparameters.*"),
            (given, "hyperparameters"),
            ("AlgorithmSpecification.TrainingImage", "framework.version"),
            ("StoppingCondition.MaxWaitTimeInSeconds", "spot.max_wait_minutes"),
            ("ResourceConfig.InstanceCount", "instance_count"),
            ("ResourceConfig.KeepAlivePeriodInSeconds", "warm_pool_minutes"),
        )
    ),
    *(
        _in_step("tune", member, f"steps.tune.{key}")
        for member, key in (
            (f"{_TUNING}.ResourceLimits.MaxNumberOfTrainingJobs", "max_jobs"),
            (f"{_TUNING}.ResourceLimits.MaxParallelTrainingJobs", "max_parallel_jobs"),
            (f"{_TUNING}.Strategy", "strategy"),
            (f"{_TUNING}.TrainingJobEarlyStoppingType", "early_stopping"),
            (f"{_TUNING}.HyperParameterTuningJobObjective.Type", "objective.goal"),
            (f"{_TUNING}.HyperParameterTuningJobObjective.MetricName", "objective.metric"),
            (f"{_TUNED}AlgorithmSpecification.MetricDefinitions", "objective.pattern"),
            (f"{_TUNING}.ParameterRanges", "ranges"),
        )
    ),
    _in_step("*", "AppSpecification.ImageUri", "steps.train.framework.version"),
    _in_step("register", "InferenceSpecification.Containers[0].Image", "steps.train.framework.version"),
    _in_step("register", "InferenceSpecification.Containers[0].Environment", "serving.entry_point"),
    Origin("shutdown-schedule", "scheduleExpression", "serving.idle_shutdown"),
    Origin("endpoint-configuration", "productionVariants[0].instanceType", "serving.instance_type"),
    Origin("endpoint-configuration", "productionVariants[0].initialInstanceCount", "serving.instances.min"),
    Origin("endpoint-configuration", "productionVariants[1]", "serving.variants"),
    *(
        Origin("endpoint-configuration", f"shadowProductionVariants[0].{path}", f"serving.shadow.{key}")
        for path, key in (
            ("instanceType", "instance_type"),
            ("initialInstanceCount", "instance_count"),
            ("initialVariantWeight", "percent"),
        )
    ),
    Origin("endpoint-configuration", "dataCaptureConfig.initialSamplingPercentage", "serving.capture_percent"),
    *(
        Origin("endpoint-configuration", f"productionVariants[0].serverlessConfig.{path}", f"serving.serverless.{key}")
        for path, key in (
            ("memorySizeInMb", "memory_mb"),
            ("maxConcurrency", "max_concurrency"),
            ("provisionedConcurrency", "provisioned_concurrency"),
        )
    ),
    *(
        Origin("endpoint-configuration", f"asyncInferenceConfig.{path}", f"serving.asynchronous.{key}")
        for path, key in (
            ("clientConfig.maxConcurrentInvocationsPerInstance", "max_concurrent_calls"),
            ("outputConfig.notificationConfig", "notify"),
        )
    ),
    Origin(
        "backlog-policy",
        "targetTrackingScalingPolicyConfiguration.targetValue",
        "serving.asynchronous.backlog_per_instance",
    ),
    *(
        Origin("endpoint", f"deploymentConfig.{path}", f"serving.rollout.{key}")
        for path, key in (
            (f"{_ROUTING}.type", "kind"),
            (f"{_ROUTING}.canarySize", "step_percent"),
            (f"{_ROUTING}.linearStepSize", "step_percent"),
            (f"{_ROUTING}.waitIntervalInSeconds", "wait_minutes"),
            ("autoRollbackConfiguration.alarms", "rollback_alarms"),
        )
    ),
    *(
        Origin("batch", f"{_TRANSFORM}.{path}", f"serving.{key}")
        for path, key in (
            ("TransformResources.InstanceType", "instance_type"),
            ("TransformResources.InstanceCount", "instances.min"),
            ("TransformInput.DataSource", "batch.source"),
            ("TransformInput.ContentType", "batch.content_type"),
            ("TransformInput.SplitType", "batch.split"),
            ("MaxConcurrentTransforms", "batch.max_concurrent"),
            ("MaxPayloadInMB", "batch.max_payload_mb"),
            ("DataProcessing.JoinSource", "batch.join_input"),
        )
    ),
    Origin("batch-schedule", "scheduleExpression", "serving.batch.schedule"),
    Origin("scaling", "minCapacity", "serving.instances.min"),
    Origin("scaling", "maxCapacity", "serving.instances.max"),
    *(
        Origin(policy, f"targetTrackingScalingPolicyConfiguration.{path}", f"serving.scaling.{key}")
        for policy, path, key in (
            ("scaling-policy", "targetValue", "invocations_per_instance"),
            ("scaling-policy", "scaleInCooldown", "scale_in_cooldown_seconds"),
            ("scaling-policy", "scaleOutCooldown", "scale_out_cooldown_seconds"),
            ("backlog-policy", "scaleInCooldown", "scale_in_cooldown_seconds"),
            ("backlog-policy", "scaleOutCooldown", "scale_out_cooldown_seconds"),
        )
    ),
    Origin("variant-*-scaling*", "", "serving.variants"),
    Origin("scaling-schedule-*", "", "serving.scaling.schedules"),
    Origin("*@*", "endpoint", "notifications.emails"),
    *(
        Origin(alarm, "threshold", f"monitoring.alarms.{key}")
        for alarm, key in (
            ("latency*", "latency_p99_ms"),
            ("errors*", "error_percent"),
            ("client-errors*", "client_error_percent"),
            ("cpu", "cpu_percent"),
            ("memory", "memory_percent"),
            ("disk", "disk_percent"),
            ("queue-age", "queue_age_minutes"),
        )
    ),
    Origin("watch-data", "monitoringScheduleConfig.scheduleConfig", "monitoring.data_quality.schedule"),
    Origin("data-quality", "jobResources.clusterConfig.instanceType", "monitoring.data_quality.instance_type"),
    _in_step("baseline", f"{_PROCESSING}.InstanceType", "monitoring.data_quality.instance_type"),
    Origin("watch-model", "monitoringScheduleConfig.scheduleConfig", "monitoring.model_quality.schedule"),
    _in_step("model_quality", f"{_PROCESSING}.InstanceType", "monitoring.model_quality.instance_type"),
    _in_step("model_quality", "Environment.problem_type", "monitoring.model_quality.problem"),
    Origin("budget", "limitAmount", "budget.monthly_usd"),
    Origin("budget", "notifications", "budget.alert_percent"),
    Origin("cost-anomalies", "thresholdExpression", "budget.anomaly_usd"),
    Origin("cost-anomalies", "monitorArnLists", "budget.anomaly_monitor"),
    Origin("vpc", "cidrBlock", "network.cidr"),
    Origin("private-*", "cidrBlock", "network.cidr"),
    Origin("private-*", "availabilityZone", "network.zones"),
    Origin("model*", "vpcConfig.subnets", "network.subnets"),
    Origin("model*", "vpcConfig.securityGroupIds", "network.security_groups"),
    Origin("*", "permissionsBoundary", "roles.permissions_boundary"),
    Origin("model*", "executionRoleArn", "roles.serving"),
    Origin("pipeline", "roleArn", "roles.pipeline"),
    Origin("data-quality", "roleArn", "roles.monitoring"),
    _in_step("train", "RoleArn", "roles.training"),
    _in_step("tune", f"{_TUNED}RoleArn", "roles.training"),
    _in_step("*", "RoleArn", "roles.processing"),
    *(
        Origin("*", path, "features")
        for path in (
            "featureDefinitions",
            "featureGroupName",
            "recordIdentifierFeatureName",
            "eventTimeFeatureName",
            "onlineStoreConfig",
            "offlineStoreConfig",
        )
    ),
    Origin("pipeline", "pipelineDefinition", "steps"),
    Origin("*", "", "name"),
)
"""The rows, those that say more first."""

NOT_SENT: dict[str, str] = {
    "models": "holds the keys of each model, which have their rows above",
    "cloud": "chooses the components",
    "cost": "provisions nothing",
    "data.target": "is for readers",
    "data.encryption_key": "a part of policies, whose text is known only when they are made",
    "steps.train.framework.name": "an image that AWS does not have is told already when the file is read",
    "steps.train.image": "an address that AWS would refuse is told already when the file is read",
    "steps.train.command": "what AWS would refuse of it is told already when the file is read",
    "steps.train.distribution": "its values are mlstack's own",
    "steps.train.data_distribution": "its values are mlstack's own",
    "steps.evaluate.gates": "a condition of the pipeline's, not a request",
    "images": "packed into a file; what Docker would refuse is told by the build",
    "serving.image": "an address that AWS would refuse is told already when the file is read",
    "registry.approval": "has one value",
    "registry.images": "says whether there is a resource",
    "registry.environment": "the name of another environment, which is looked up when the file is read",
    "registry.share_with": "a part of policies, whose text is known only when they are made",
    "registry.card": "a text that a run joins; its parts are checked when the file is read",
    "serving.kind": "chooses the components",
    "serving.batch.on_new_data": "says whether there is a resource",
    "monitoring.alarms.failed_runs": "says whether there is a resource",
    "monitoring.dashboard": "says whether there is a resource",
    "tracking.server": "says whether there is a resource",
    "tracking.experiment": "an environment variable, which may be any text",
    "platform": "names a stack of Pulumi's",
    "network.vpc": "only its subnets and groups are sent",
    "continuous_deployment": "a part of policies, whose text is known only when they are made",
    "secrets": "a part of policies, whose text is known only when they are made",
}
"""Keys that AWS can't refuse, each with everything below it, and the reason."""


def spec_key(spec: StackSpec, name: str, path: str, origins: tuple[Origin, ...] = ORIGINS) -> str:
    """The key of mlstack.yaml that a property comes from.

    Args:
        spec: The specification of the environment.
        name: The logical name of a resource that the specification declares.
        path: The property's path; empty for the resource itself.
        origins: The rows; those of mlstack.yaml by default.

    Returns:
        A dotted key without the environment.
    """
    view = owner_of(spec, name)
    above = "" if view is spec else f"models.{Names.of(view).model}."
    resource = name.removeprefix(f"{Names.of(view).resource_prefix}-")
    key = next(key for origin in origins if (key := origin.find(resource, path)) is not None)
    steps = getattr(view, "steps", None)
    if key == _FRAMEWORK and steps is not None and steps.train.image is not None:
        key = "steps.train.image"
    return f"{above}{key}" if key.partition(".")[0] in MODEL_PARTS else key


def owner_of(spec: StackSpec, name: str) -> StackSpec:
    """The view of the model that a resource belongs to, else the specification itself.

    Args:
        spec: The specification of the environment.
        name: The resource's logical name; of several models whose prefix it begins with, the longest one's it is.
    """
    views: list[StackSpec] = [] if getattr(spec, "models", None) is None else list(spec.views().values())  # type: ignore[attr-defined]
    dataset = f"{Names.of(spec).resource_prefix}-dataset-"
    for view in sorted(views, key=lambda each: -len(Names.of(each).resource_prefix)):
        names = Names.of(view)
        if f"{name}-".startswith(f"{names.resource_prefix}-") or name == f"{dataset}{names.model}":
            return view
    return spec


def place_near(spec: StackSpec, key: str) -> Place:
    """Where a key stands, or what is written out nearest above it where its default applies.

    Args:
        spec: The specification of the environment.
        key: A dotted key without the environment.

    Returns:
        The line, 0 where nothing of it is written out, and the key as the file has it or would have it.
    """
    written, rest = key, ""
    while written:
        if (place := spec.place(written)) is not None:
            return Place(place.line, f"{place.key}{rest}")
        written, _, name = written.rpartition(".")
        rest = f".{name}{rest}"
    return Place(0, key)
