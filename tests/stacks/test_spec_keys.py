"""The map from properties to keys covers the whole specification, and each row of it is true."""

from __future__ import annotations

import re
import types
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin

import pytest
from mlstack_stacks.naming import Names
from mlstack_stacks.plan.batch import planned_batch_definition
from mlstack_stacks.plan.check import check
from mlstack_stacks.plan.definition import planned_definition
from mlstack_stacks.spec import load
from mlstack_stacks.spec.models import Parts
from mlstack_stacks.spec_keys import NOT_SENT, ORIGINS, Origin, place_near, spec_key
from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mlstack_stacks.spec import EnvironmentSpec

PROGRAM = """\
from pathlib import Path
from mlstack_stacks import Project
Project.from_spec(Path(__file__).parent.parent / "mlstack.yaml")
"""

SERVING = """\
serving:
  kind: realtime
  instance_type: ml.m5.large
  instances: {min: 2, max: 4}
  capture_percent: 20
  rollout: {kind: canary, step_percent: 10, wait_minutes: 3, rollback_alarms: [slow]}
  scaling:
    invocations_per_instance: 500
    scale_in_cooldown_seconds: 301
    scale_out_cooldown_seconds: 302
    schedules: [{cron: "0 8 * * MON-FRI", min: 3, max: 3}]
"""
WATCHING = """\
monitoring: {alarms: {latency_p99_ms: 500, error_percent: 2, client_error_percent: 6, cpu_percent: 70,
                      memory_percent: 71, disk_percent: 72, queue_age_minutes: 16},
             data_quality: {schedule: daily, instance_type: ml.m5.xlarge},
             model_quality: {schedule: "0 3 * * *", problem: binary, instance_type: ml.m5.2xlarge}}
budget: {monthly_usd: 300, alert_percent: [50], anomaly_usd: 40}
storage: {expire_noncurrent_days: 30, archive_after_days: 60, replicate_to: eu-central-1}
tracking: {size: small}
"""
BATCH = """\
serving:
  kind: batch
  instance_type: ml.m5.large
  instances: {min: 2}
  batch: {source: incoming/, schedule: "0 6 * * *", content_type: text/csv, split: line, max_concurrent: 2,
          max_payload_mb: 6, join_input: true}
"""
ROLE = "arn:aws:iam::111111111111:role"
ACCESS = f"""\
      roles:
        permissions_boundary: "arn:aws:iam::111111111111:policy/boundary"
        processing: {ROLE}/processing
        training: {ROLE}/training
        pipeline: {ROLE}/pipeline
        serving: {ROLE}/serving
        monitoring: {ROLE}/monitoring
      serving: {{idle_shutdown: "0 20 * * MON-FRI"}}
      budget: {{anomaly_monitor: "arn:aws:ce::111111111111:anomalymonitor/01234567-89ab-cdef-0123-456789abcde1"}}
"""
THERE = "      network: {vpc: vpc-0a0a0a0a, subnets: [subnet-0a0a0a0a], security_groups: [sg-0a0a0a0a]}\n"
MADE = "      network: {zones: [a, b], cidr: 10.0.0.0/16}\n"
TUNE = """\
  tune:
    objective: {metric: f1, goal: maximize, pattern: "f1 is ([0-9.]+)"}
    max_jobs: 4
    max_parallel_jobs: 2
    strategy: bayesian
    early_stopping: false
    ranges: {max_depth: [2, 12]}
"""


ASYNCHRONOUS = """\
serving:
  kind: asynchronous
  instances: {min: 2, max: 4}
  scaling: {scale_in_cooldown_seconds: 301, scale_out_cooldown_seconds: 302}
  asynchronous: {max_concurrent_calls: 3, backlog_per_instance: 6, notify: failures}
"""
SERVERLESS = """\
serving:
  kind: serverless
  serverless: {memory_mb: 1024, max_concurrency: 7, provisioned_concurrency: 2}
"""


VARIANTS = """\
serving:
  kind: realtime
  capture_percent: 20
  variants: {challenger: {percent: 20, instances: {min: 1, max: 3}}}
"""
SHADOW = """\
serving:
  kind: realtime
  capture_percent: 20
  shadow: {percent: 50, instance_type: ml.m5.large, instance_count: 2}
"""


def serving_of(origin: Origin) -> str:
    """The parts of the specification in which a row's key means something."""
    if origin.resource in {"batch", "batch-schedule"}:
        return BATCH
    if origin.resource in {"backlog-policy", "queue-age"} or origin.key.startswith("serving.asynchronous."):
        return ASYNCHRONOUS
    if origin.key == "serving.variants":
        return VARIANTS
    if origin.key.startswith("serving.shadow."):
        return SHADOW
    return SERVERLESS if origin.key.startswith("serving.serverless.") else SERVING


def whole(text: str, origin: Origin) -> str:
    """A specification with every part, and of two that can't be together the one that a row is about."""
    start = text.index("serving: ")
    serving = serving_of(origin)
    # No endpoint that has a monitor is shut down, and only one with machines.
    shut = origin.key == "serving.idle_shutdown"
    watching = (
        WATCHING if "capture_percent" in serving and not shut else re.sub(r",\n +\w+_quality: {.*?}", "", WATCHING)
    )
    text = text[:start] + serving + watching + text[text.index("notifications: ") :]
    text = text.replace("registry: {approval: manual}", 'registry: {share_with: ["222222222222"]}')
    access = ACCESS if shut else re.sub(r".*idle_shutdown.*\n", "", ACCESS)
    made = origin.key in {"network.zones", "network.cidr", "roles.permissions_boundary"}
    network = "" if serving == SERVERLESS else MADE if made else THERE
    dev = f'  dev:\n      account: "111111111111"\n      region: eu-west-1\n{access}{network}'
    if serving == SERVERLESS:
        text = text.replace(", serving: {instances: {min: 2}}", "")
    text = "".join(dev if line.startswith("  dev:") else f"{line}\n" for line in text.splitlines())
    # Of spare machines none are kept.
    option = "warm_pool_minutes: 30" if origin.key.endswith("warm_pool_minutes") else "spot: {max_wait_minutes: 120}"
    text = text.replace("framework: sklearn\n", f"framework: sklearn\n    {option}\n    instance_count: 2\n", 1)
    if "Steps.tune" in origin.property:
        text = text.replace("  evaluate:", f"{TUNE}  evaluate:", 1)
    return text.replace("kind: canary", "kind: linear") if "linearStepSize" in origin.property else text


# Another valid value of each key, as the text of the specification is changed for it.
OTHERS = {
    "name": ("name: churn", "name: chern"),
    "owner": ("owner: ml-team", "owner: other"),
    "storage.expire_noncurrent_days": ("expire_noncurrent_days: 30", "expire_noncurrent_days: 31"),
    "storage.archive_after_days": ("archive_after_days: 60", "archive_after_days: 61"),
    "storage.replicate_to": ("replicate_to: eu-central-1", "replicate_to: eu-central-2"),
    "data.source": ("data/churn.csv", "data/other.csv"),
    "steps.prepare.instance_type": (
        "prepare.py, instance_type: ml.m5.large",
        "prepare.py, instance_type: ml.c5.xlarge",
    ),
    "steps.prepare.volume_size_gb": ("entry_point: src/prepare.py", "volume_size_gb: 31, entry_point: src/prepare.py"),
    "steps.prepare.max_runtime_minutes": (
        "entry_point: src/prepare.py",
        "max_runtime_minutes: 61, entry_point: src/prepare.py",
    ),
    "steps.prepare.entry_point": ("src/prepare.py", "src/other.py"),
    "steps.evaluate.instance_type": ("src/evaluate.py,", "src/evaluate.py, instance_type: ml.c5.xlarge,"),
    "steps.evaluate.volume_size_gb": ("src/evaluate.py,", "src/evaluate.py, volume_size_gb: 31,"),
    "steps.evaluate.max_runtime_minutes": ("src/evaluate.py,", "src/evaluate.py, max_runtime_minutes: 61,"),
    "steps.evaluate.entry_point": ("src/evaluate.py", "src/other.py"),
    "steps.train.instance_type": ("instance_type: ml.m5.xlarge", "instance_type: ml.c5.xlarge"),
    "steps.train.volume_size_gb": ("instance_type: ml.m5.xlarge", "volume_size_gb: 31"),
    "steps.train.max_runtime_minutes": ("instance_type: ml.m5.xlarge", "max_runtime_minutes: 61"),
    "steps.train.entry_point": ("src/train.py", "src/other.py"),
    "steps.train.hyperparameters.*": ("loss: log_loss", "loss: hinge"),
    "steps.train.hyperparameters": ("loss: log_loss", "lass: log_loss"),
    "steps.train.framework.version": ("framework: sklearn\n", 'framework: {name: sklearn, version: "1.2-1"}\n'),
    "steps.train.spot.max_wait_minutes": ("max_wait_minutes: 120", "max_wait_minutes: 121"),
    "steps.train.instance_count": ("instance_count: 2", "instance_count: 3"),
    "steps.train.warm_pool_minutes": ("warm_pool_minutes: 30", "warm_pool_minutes: 31"),
    "steps": ("max_depth: 6", "max_depth: 7"),
    "serving.entry_point": ("kind: realtime", "kind: realtime\n  entry_point: src/other.py"),
    "serving.instance_type": ("\n  instance_type: ml.m5.large", "\n  instance_type: ml.c5.xlarge"),
    "serving.instances.min": ("instances: {min: 2", "instances: {min: 3"),
    "notifications.emails": ("ml-team@example.com", "others@example.com"),
    "steps.tune.max_jobs": ("max_jobs: 4", "max_jobs: 5"),
    "steps.tune.max_parallel_jobs": ("max_parallel_jobs: 2", "max_parallel_jobs: 1"),
    "steps.tune.strategy": ("strategy: bayesian", "strategy: random"),
    "steps.tune.early_stopping": ("early_stopping: false", "early_stopping: true"),
    "steps.tune.objective.goal": ("goal: maximize", "goal: minimize"),
    "steps.tune.objective.metric": ("metric: f1", "metric: f2"),
    "steps.tune.objective.pattern": ("f1 is (", "f1 was ("),
    "steps.tune.ranges": ("[2, 12]", "[3, 12]"),
    "serving.variants": ("instances: {min: 1, max: 3}", "instances: {min: 2, max: 3}"),
    "serving.shadow.percent": ("percent: 50", "percent: 51"),
    "serving.shadow.instance_type": ("50, instance_type: ml.m5.large", "50, instance_type: ml.c5.xlarge"),
    "serving.shadow.instance_count": ("instance_count: 2}", "instance_count: 3}"),
    "serving.capture_percent": ("capture_percent: 20", "capture_percent: 21"),
    "serving.idle_shutdown": ("0 20 * * MON-FRI", "0 21 * * MON-FRI"),
    "serving.rollout.kind": ("kind: canary", "kind: linear"),
    "serving.rollout.step_percent": ("step_percent: 10", "step_percent: 20"),
    "serving.rollout.wait_minutes": ("wait_minutes: 3", "wait_minutes: 4"),
    "serving.rollout.rollback_alarms": ("[slow]", "[late]"),
    "serving.instances.max": ("max: 4", "max: 5"),
    "serving.scaling.invocations_per_instance": ("instance: 500", "instance: 501"),
    "serving.scaling.scale_in_cooldown_seconds": ("301", "311"),
    "serving.scaling.scale_out_cooldown_seconds": ("302", "312"),
    "serving.asynchronous.max_concurrent_calls": ("max_concurrent_calls: 3", "max_concurrent_calls: 4"),
    "serving.asynchronous.backlog_per_instance": ("backlog_per_instance: 6", "backlog_per_instance: 7"),
    "serving.asynchronous.notify": ("notify: failures", "notify: everything"),
    "serving.serverless.memory_mb": ("memory_mb: 1024", "memory_mb: 2048"),
    "serving.serverless.max_concurrency": ("max_concurrency: 7", "max_concurrency: 8"),
    "serving.serverless.provisioned_concurrency": ("provisioned_concurrency: 2", "provisioned_concurrency: 3"),
    "serving.scaling.schedules": ("min: 3, max: 3", "min: 3, max: 4"),
    "serving.batch.source": ("source: incoming/", "source: arriving/"),
    "serving.batch.schedule": ("0 6 * * *", "0 7 * * *"),
    "serving.batch.content_type": ("text/csv", "application/jsonlines"),
    "serving.batch.split": ("split: line", "split: none"),
    "serving.batch.max_concurrent": ("max_concurrent: 2", "max_concurrent: 3"),
    "serving.batch.max_payload_mb": ("max_payload_mb: 6", "max_payload_mb: 7"),
    "serving.batch.join_input": ("join_input: true", "join_input: false"),
    "monitoring.alarms.latency_p99_ms": ("latency_p99_ms: 500", "latency_p99_ms: 501"),
    "monitoring.alarms.error_percent": (" error_percent: 2", " error_percent: 3"),
    "monitoring.alarms.client_error_percent": ("client_error_percent: 6", "client_error_percent: 7"),
    "monitoring.alarms.cpu_percent": ("cpu_percent: 70", "cpu_percent: 60"),
    "monitoring.alarms.memory_percent": ("memory_percent: 71", "memory_percent: 61"),
    "monitoring.alarms.disk_percent": ("disk_percent: 72", "disk_percent: 62"),
    "monitoring.alarms.queue_age_minutes": ("queue_age_minutes: 16", "queue_age_minutes: 17"),
    "monitoring.data_quality.schedule": ("schedule: daily", "schedule: hourly"),
    "monitoring.model_quality.schedule": ('"0 3 * * *"', '"0 4 * * *"'),
    "monitoring.model_quality.problem": ("problem: binary", "problem: regression"),
    "monitoring.model_quality.instance_type": ("ml.m5.2xlarge", "ml.m5.4xlarge"),
    "monitoring.data_quality.instance_type": (
        "daily, instance_type: ml.m5.xlarge",
        "daily, instance_type: ml.m5.large",
    ),
    "budget.monthly_usd": ("monthly_usd: 300", "monthly_usd: 301"),
    "budget.alert_percent": ("[50]", "[60]"),
    "budget.anomaly_usd": ("anomaly_usd: 40", "anomaly_usd: 41"),
    "budget.anomaly_monitor": ('456789abcde1"', '456789abcde2"'),
    "network.cidr": ("10.0.0.0/16", "10.1.0.0/16"),
    "network.zones": ("[a, b]", "[b, c]"),
    "network.subnets": ("subnet-0a0a0a0a", "subnet-0b0b0b0b"),
    "network.security_groups": ("sg-0a0a0a0a", "sg-0b0b0b0b"),
    "roles.permissions_boundary": ("policy/boundary", "policy/other"),
    "roles.processing": ("role/processing", "role/other"),
    "roles.training": ("role/training", "role/other"),
    "roles.pipeline": ("role/pipeline", "role/other"),
    "roles.serving": ("role/serving", "role/other"),
    "roles.monitoring": ("role/monitoring", "role/other"),
    "tracking.size": ("{size: small}", "{size: medium}"),
    "features": ("visits: integer", "visits: string"),
}


def leaves(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every key that holds a value and no further keys."""
    for name, field in model.model_fields.items():
        annotation = field.annotation
        kinds = get_args(annotation) if get_origin(annotation) in {types.UnionType, None} else ()
        models = [kind for kind in (annotation, *kinds) if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if models:
            yield from leaves(models[0], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def test_every_key_is_mapped_or_can_not_be_refused() -> None:
    """A new key: one line in `ORIGINS`, or one in `NOT_SENT`."""
    mapped = {origin.key for origin in ORIGINS}
    not_sent = {key for key in leaves(Parts) if any(f"{key}.".startswith(f"{part}.") for part in NOT_SENT)}
    assert set(leaves(Parts)) - mapped - not_sent == set()
    assert not not_sent & mapped


def test_no_line_is_left_of_a_key_that_is_gone() -> None:
    keys = list(leaves(Parts))
    for part in NOT_SENT:
        assert [key for key in keys if f"{key}.".startswith(f"{part}.")], part


def test_every_row_has_another_value_below() -> None:
    assert {origin.key for origin in ORIGINS} == OTHERS.keys()


class Project:
    """What a specification comes to, by logical name without the prefix, the pipeline's definition as data."""

    def __init__(self, spec: EnvironmentSpec, infra: Path) -> None:
        prefix = f"{Names(spec.name, spec.environment).resource_prefix}-"
        planned = check(spec, infra)
        self.resources = {
            each.name.removeprefix(prefix): dict(each.properties) for each in planned.resources if each.custom
        }
        definition = planned_definition(spec)
        assert definition is not None
        defaults = {each["Name"]: each.get("DefaultValue") for each in definition["Parameters"]}
        steps = {each["Name"]: resolved(each, defaults) for each in all_steps(definition["Steps"])}
        self.resources["pipeline"]["pipelineDefinition"] = {"Steps": steps}
        batch = planned_batch_definition(spec)
        if batch is not None:
            given = {each["Name"]: each["DefaultValue"] for each in batch["Parameters"]}
            made = {each["Name"]: resolved(each, given) for each in batch["Steps"]}
            self.resources["batch"]["pipelineDefinition"] = {"Steps": made}

    def at(self, origin: Origin) -> Any:
        """What a row says comes from its key; of a row for any resource everything."""
        if origin.resource == "*":
            return repr(self.resources)
        found: Any = next(p for name, p in sorted(self.resources.items()) if fnmatchcase(name, origin.resource))
        # Of a row for any step, or any hyperparameter, one or all.
        for part in re.findall(r"\*|[^.\[\]]+", origin.property.replace("Steps.*", "Steps.prepare")):
            if isinstance(found, list):
                found = found[int(part)]
            elif part != "*":
                found = found[part]
        return found


def all_steps(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        for branch in ("IfSteps", "ElseSteps"):
            yield from all_steps(step["Arguments"].get(branch, []))


def resolved(value: Any, defaults: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [resolved(each, defaults) for each in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("Get"), str):
        return defaults.get(value["Get"].removeprefix("Parameters."), value["Get"])
    return {key: resolved(each, defaults) for key, each in value.items()}


@pytest.fixture(scope="module")
def project_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Project]:
    """Plans a specification, each only once."""
    root = tmp_path_factory.mktemp("project")
    (root / "infra").mkdir()
    (root / "infra" / "Pulumi.yaml").write_text("name: churn\nruntime: python\n")
    (root / "infra" / "__main__.py").write_text(PROGRAM)
    for name in ("src/prepare.py", "src/train.py", "src/evaluate.py", "src/serve.py", "src/other.py", "data/churn.csv"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("")
    (root / "data" / "other.csv").write_text("other")

    @cache
    def project(text: str) -> Project:
        (root / "mlstack.yaml").write_text(text)
        return Project(load(root / "mlstack.yaml", "dev"), root / "infra")

    return project


# Of several models in one project `test_models.py` tells.
OF_ONE_MODEL = [origin for origin in ORIGINS if origin.resource != "*dataset-*"]


def row_names() -> list[str]:
    return [
        f"{origin.key} <- {origin.resource} {origin.property}".replace("pipelineDefinition.", "")
        for origin in OF_ONE_MODEL
    ]


@pytest.mark.parametrize("origin", OF_ONE_MODEL, ids=row_names())
def test_a_key_changes_the_property_that_is_said_to_come_from_it(
    project_of: Callable[[str], Project], spec_text: str, origin: Origin
) -> None:
    old, new = OTHERS[origin.key]
    text = whole(spec_text, origin)
    assert old in text
    before, after = project_of(text), project_of(text.replace(old, new, 1))
    assert before.at(origin) != after.at(origin)


@pytest.fixture
def spec(write_project: Callable[..., Path], spec_text: str) -> EnvironmentSpec:
    return load(write_project(spec_text), "prod")


STEP = "pipelineDefinition.Steps.train.Arguments"


@pytest.mark.parametrize(
    ("name", "path", "key"),
    [
        ("churn-prod-endpoint-configuration", "productionVariants[0].instanceType", "serving.instance_type"),
        ("churn-prod-endpoint-configuration", "tags[1].value", "owner"),
        ("churn-prod-endpoint-configuration", "kmsKeyArn", "name"),
        (
            "churn-prod-pipeline",
            f"{STEP}.ResourceConfig.InstanceType",
            "steps.train.instance_type",
        ),
        (
            "churn-prod-pipeline",
            f"{STEP}.HyperParameters.loss",
            "steps.train.hyperparameters.loss",
        ),
        (
            "churn-prod-pipeline",
            f"{STEP}.HyperParameters",
            "steps.train.hyperparameters",
        ),
        ("churn-prod-pipeline", "pipelineDefinition.Steps.register.Arguments.ModelPackageGroupName", "steps"),
        ("churn-prod-dataset", "key", "data.source"),
        ("churn-prod-ml-team@example.com", "endpoint", "notifications.emails"),
        ("churn-prod-artifacts", "bucket", "name"),
        ("churn-prod-artifacts", "", "name"),
        ("churn-prod-model-challenger", "vpcConfig.subnets", "network.subnets"),
        ("churn-prod-client-errors-of-challenger", "threshold", "monitoring.alarms.client_error_percent"),
    ],
)
def test_a_property_has_a_key(spec: EnvironmentSpec, name: str, path: str, key: str) -> None:
    assert spec_key(spec, name, path) == key


def test_a_wrong_image_is_told_where_the_projects_own_stands(
    write_project: Callable[..., Path], spec_text: str
) -> None:
    path = f"{STEP}.AlgorithmSpecification.TrainingImage"
    image = "image: 111111111111.dkr.ecr.eu-west-1.amazonaws.com/churn:1.0"
    spec = load(write_project(spec_text.replace("framework: sklearn", image)), "prod")
    assert spec_key(spec, "churn-prod-pipeline", path) == "steps.train.image"
    assert spec_key(load(write_project(spec_text), "prod"), "churn-prod-pipeline", path).endswith("framework.version")


@pytest.mark.parametrize(
    ("key", "line", "shown"),
    [
        ("serving.instances.min", 19, "environments.prod.serving.instances.min"),
        ("serving.instance_type", 13, "serving.instance_type"),
        ("serving.entry_point", 13, "serving.entry_point"),
        ("steps.train.volume_size_gb", 6, "steps.train.volume_size_gb"),
        ("steps.train.framework.version", 8, "steps.train.framework.version"),
        ("cloud", 0, "cloud"),
    ],
)
def test_a_key_is_told_where_it_stands_or_would_stand(spec: EnvironmentSpec, key: str, line: int, shown: str) -> None:
    place = place_near(spec, key)
    assert (place.line, place.key) == (line, shown)
