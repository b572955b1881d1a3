"""Each kind of resource tells what it uses, and nothing is left out in silence."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi_aws
import pytest
from mlstack_components.aws.pipeline_args import PipelineDefinitionArgs
from mlstack_components.aws.pipeline_definition import pipeline_definition
from mlstack_stacks.pipeline_steps import pipeline_steps
from mlstack_stacks.plan.batch import planned_batch_definition
from mlstack_stacks.plan.cost.estimate import estimate
from mlstack_stacks.plan.cost.kinds import FREE, KINDS
from mlstack_stacks.plan.cost.prices import TablePrices
from mlstack_stacks.spec import load

from .conftest import endpoint, planned

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_stacks.plan.cost.estimate import Estimate
    from mlstack_stacks.spec import EnvironmentSpec

    Estimated = Callable[..., Estimate]

TABLE = TablePrices()


@pytest.fixture
def of(spec: EnvironmentSpec) -> Estimated:
    """The estimate of one resource by type and properties."""
    return lambda kind, **properties: estimate(spec, [planned(kind, "r", **properties)], TABLE)


def _parts(found: Estimate) -> dict[str, float]:
    return {line.part: line.monthly for line in found.lines}


@pytest.mark.parametrize("token", sorted({*KINDS, *FREE}))
def test_every_type_is_one_of_pulumis(token: str) -> None:
    _, module, name = token.split(":")
    service, _, file = module.partition("/")
    folder = Path(pulumi_aws.__file__).parent / service
    assert hasattr(import_module(f"pulumi_aws.{service}"), name)
    assert any(
        f"'{token}'" in each.read_text() for each in folder.glob("*.py") if file.lower() in each.name.replace("_", "")
    )


def test_a_type_is_in_one_table_and_its_module_is_there() -> None:
    assert not FREE & KINDS.keys()
    here = Path(import_module("mlstack_stacks.plan.cost.kinds").__file__ or "").parent
    assert {each.stem for each in here.glob("*.py")} - {"__init__"} == {*KINDS.values()}


@pytest.mark.parametrize(
    ("kind", "properties", "parts"),
    [
        ("aws:cloudwatch/dashboard:Dashboard", {}, {"dashboard": 3.0}),
        ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 73.0}, {"logs written": 0.5, "logs kept": 0.072}),
        ("aws:cloudwatch/logGroup:LogGroup", {}, {"logs written": 0.5, "logs kept": 0.36}),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"period": 300.0}, {"alarm": 0.1}),
        (
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"metricQueries": [{"metric": {}}, {"metric": {}}, {"expression": "a / b"}]},
            {"alarm": 0.2},
        ),
        (
            "aws:codebuild/project:Project",
            {"environment": {"computeType": "BUILD_GENERAL1_SMALL", "type": "LINUX_CONTAINER"}},
            {"builds": 0.5},
        ),
        ("aws:ec2/flowLog:FlowLog", {"logDestination": "<known after apply>"}, {}),
        ("aws:ec2/natGateway:NatGateway", {}, {"gateway": 32.85, "data": 0.45}),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {}, {}),
        (
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "Interface", "subnetIds": ["<known after apply>"] * 2},
            {"endpoint": 14.6, "data": 0.1},
        ),
        ("aws:ecr/repository:Repository", {}, {"images": 0.5}),
        ("aws:kms/key:Key", {}, {"key": 1.0, "requests": 0.3}),
        ("aws:s3/bucket:Bucket", {}, {"storage": 0.23, "writes": 0.05, "reads": 0.04}),
        ("aws:secretsmanager/secret:Secret", {}, {"secret": 0.4, "reads": 0.05}),
        ("aws:sns/topic:Topic", {}, {"messages": 0.0005}),
        ("aws:sns/topicSubscription:TopicSubscription", {"protocol": "email"}, {"e-mails": 0.02}),
        ("aws:sns/topicSubscription:TopicSubscription", {"protocol": "sqs"}, {}),
        ("aws:sqs/queue:Queue", {}, {"requests": 0.0012}),
        ("aws:sqs/queue:Queue", {"fifoQueue": True}, {"requests": 0.0015}),
        ("aws:ssm/parameter:Parameter", {"tier": "Standard"}, {}),
        ("aws:ssm/parameter:Parameter", {"tier": "Advanced"}, {"parameter": 0.05}),
    ],
)
def test_what_a_kind_costs(of: Estimated, kind: str, properties: dict[str, Any], parts: dict[str, float]) -> None:
    found = of(kind, **properties)
    assert _parts(found) == pytest.approx(parts)
    assert found.unpriced == ()
    assert bool(found.free) is not bool(parts)


@pytest.mark.parametrize(
    ("kind", "properties", "part"),
    [
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"period": 10.0}, "alarm"),
        ("aws:codebuild/project:Project", {"environment": {"computeType": "BUILD_GENERAL1_2XLARGE"}}, "builds"),
        (
            "aws:codebuild/project:Project",
            {
                "environment": {
                    "computeType": "BUILD_GENERAL1_SMALL",
                    "type": "LINUX_CONTAINER",
                    "dockerServer": {"computeType": "BUILD_GENERAL1_MEDIUM"},
                }
            },
            "docker server",
        ),
        ("aws:ec2/flowLog:FlowLog", {"logDestinationType": "s3"}, "delivery"),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Interface"}, "endpoint"),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "GatewayLoadBalancer", "subnetIds": ["a"]}, "endpoint"),
        ("aws:kms/key:Key", {"customerMasterKeySpec": "RSA_2048"}, "requests"),
        ("aws:s3/bucketReplicationConfig:BucketReplicationConfig", {}, "transfer"),
        ("aws:sns/topicSubscription:TopicSubscription", {"protocol": "sms"}, "deliveries"),
        ("aws:sagemaker/endpoint:Endpoint", {}, "instances"),
        ("aws:sagemaker/monitoringSchedule:MonitoringSchedule", {}, "runs"),
        ("aws:sagemaker/pipeline:Pipeline", {"pipelineName": "another"}, "runs"),
        (
            "aws:sagemaker/featureGroup:FeatureGroup",
            {"onlineStoreConfig": {"enableOnlineStore": True}, "offlineStoreConfig": {}},
            "online store",
        ),
    ],
)
def test_what_of_a_kind_has_no_price(of: Estimated, kind: str, properties: dict[str, Any], part: str) -> None:
    found = of(kind, **properties)
    assert [each.part for each in found.unpriced] == [part]
    assert found.free == {}


class TestEndpoint:
    """An endpoint's instances are those of its configuration."""

    def test_each_endpoint_has_the_configuration_of_its_component(self, spec: EnvironmentSpec) -> None:
        resources = [*endpoint("ml.m5.large", 1, "a"), *endpoint("ml.m5.xlarge", 3, "b")]
        found = estimate(spec, resources, TABLE)
        assert {line.resource: line.item for line in found.lines} == {"a": "ml.m5.large", "b": "ml.m5.xlarge"}

    def test_of_several_configurations_the_named_one_counts(self, spec: EnvironmentSpec) -> None:
        """As in a state, where names are known and parents are not told."""
        kind = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
        variants = [{"instanceType": "ml.m5.large", "initialInstanceCount": 1}]
        others = [{"instanceType": "ml.m5.24xlarge", "initialInstanceCount": 9}]
        found = estimate(
            spec,
            [
                planned(kind, "one", name="c-1", productionVariants=variants),
                planned(kind, "two", name="c-2", productionVariants=others),
                planned("aws:sagemaker/endpoint:Endpoint", "e", endpointConfigName="c-1"),
            ],
            TABLE,
        )
        assert [line.item for line in found.lines] == ["ml.m5.large"]

    def test_a_disk_of_a_chosen_size_has_a_price(self, spec: EnvironmentSpec) -> None:
        found = estimate(spec, endpoint("ml.m5.large", 2, volumeSizeInGb=50), TABLE)
        assert _parts(found)["disks"] == pytest.approx(2 * 50 * 0.14)
        assert [each.part for each in found.unpriced] == ["data in and out"]

    def test_what_is_not_always_up_has_no_price(self, spec: EnvironmentSpec) -> None:
        found = estimate(spec, endpoint(None, None, serverlessConfig={"memorySizeInMb": 2048}), TABLE)
        assert {each.part: each.reason for each in found.unpriced}["instances"] == "no price of serverless inference"

    def test_what_is_known_after_apply_is_not_guessed(self, spec: EnvironmentSpec) -> None:
        found = estimate(spec, endpoint("<known after apply>"), TABLE)
        assert "instances" in [each.part for each in found.unpriced]


class TestMonitoringSchedule:
    """A schedule's runs are jobs of its definition."""

    @pytest.mark.parametrize(
        ("expression", "runs"),
        [("cron(0 * ? * * *)", 730), ("cron(0 6 ? * * *)", 730 / 24), ("cron(0 0/6 ? * * *)", 730 / 6)],
    )
    def test_it_runs_as_often_as_it_fires(self, spec: EnvironmentSpec, expression: str, runs: float) -> None:
        cluster = {"instanceType": "ml.m5.xlarge", "instanceCount": 1, "volumeSizeInGb": 20}
        found = estimate(
            spec,
            [
                planned(
                    "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition",
                    "d",
                    jobResources={"clusterConfig": cluster},
                ),
                planned(
                    "aws:sagemaker/monitoringSchedule:MonitoringSchedule",
                    "s",
                    monitoringScheduleConfig={"scheduleConfig": {"scheduleExpression": expression}},
                ),
            ],
            TABLE,
        )
        hours = runs * 0.25
        assert _parts(found) == pytest.approx({"runs": hours * 0.23, "disk": 20 * 0.14 * hours / 730}, abs=1e-6)


class TestPipeline:
    """The jobs of a run: by the specification while it is planned, by its definition when it is deployed."""

    def test_a_step_is_not_longer_than_its_limit(self, spec: EnvironmentSpec) -> None:
        assumptions = spec.cost.assumptions.model_copy(update={"hours_per_step": 5.0})
        longer = spec.model_copy(update={"cost": spec.cost.model_copy(update={"assumptions": assumptions})})
        found = estimate(longer, [planned("aws:sagemaker/pipeline:Pipeline", "p", pipelineName="churn-prod")], TABLE)
        assert _parts(found)["train"] == pytest.approx(20 * 1 * 0.23)  # max_runtime_minutes is 60

    def test_a_deployed_definition_is_read(self, spec: EnvironmentSpec) -> None:
        definition = {
            "Parameters": [{"Name": "TrainInstanceType", "DefaultValue": "ml.m5.2xlarge"}],
            "Steps": [
                {
                    "Name": "train",
                    "Type": "Training",
                    "Arguments": {
                        "ResourceConfig": {
                            "InstanceType": {"Get": "Parameters.TrainInstanceType"},
                            "InstanceCount": 3,
                            "VolumeSizeInGB": 100,
                        },
                        "StoppingCondition": {"MaxRuntimeInSeconds": 360},
                    },
                },
                {"Name": "gate", "Type": "Condition", "Arguments": {}},
            ],
        }
        pipeline = planned("aws:sagemaker/pipeline:Pipeline", "p", pipelineDefinition=json.dumps(definition))
        found = estimate(spec, [pipeline], TABLE)
        hours = 20 * 3 * 0.1
        assert _parts(found) == pytest.approx(
            {"train": hours * 0.461, "train: disk": 100 * 0.14 * hours / 730}, abs=1e-6
        )

    def test_a_batch_costs_its_machines_hours(self, write_project: Callable[..., Path], spec_text: str) -> None:
        """30 batches of a quarter of an hour on two machines, planned or deployed."""
        start = spec_text.index("serving: ")
        following = spec_text.index("notifications: ")
        batch = "serving: {kind: batch, instances: {min: 2}, batch: {source: incoming/}}\n"
        spec = load(write_project(spec_text[:start] + batch + spec_text[following:]), "dev")
        token, hours = "aws:sagemaker/pipeline:Pipeline", 30 * 2 * 0.25
        before = estimate(spec, [planned(token, "p", pipelineName="churn-dev-batch")], TABLE)
        definition = json.dumps(planned_batch_definition(spec))
        after = estimate(spec, [planned(token, "p", pipelineDefinition=definition)], TABLE)
        for found in (before, after):
            assert _parts(found) == pytest.approx({"transform": hours * 0.115})
            assert [each.part for each in found.unpriced] == ["transform: disk"]

    def test_what_a_gate_lets_through_is_counted(self, spec: EnvironmentSpec) -> None:
        cluster = {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30}
        arguments = {"ProcessingResources": {"ClusterConfig": cluster}}
        baseline = {"Name": "baseline", "Type": "Processing", "Arguments": arguments}
        gate = {"Name": "gate", "Type": "Condition", "Arguments": {"IfSteps": [baseline]}}
        definition = json.dumps({"Parameters": [], "Steps": [gate]})
        found = estimate(spec, [planned("aws:sagemaker/pipeline:Pipeline", "p", pipelineDefinition=definition)], TABLE)
        assert _parts(found)["baseline"] == pytest.approx(20 * 0.25 * 0.23)

    @pytest.mark.parametrize(
        ("tune", "jobs"),
        [
            ("max_jobs: 8, ranges: {max_depth: [2, 12]}", 8),
            ("strategy: grid, ranges: {max_depth: [2, 4, 8], loss: [a, b]}", 6),
        ],
    )
    def test_tuning_trains_a_model_for_each_try(
        self, write_project: Callable[..., Path], spec_text: str, tune: str, jobs: int
    ) -> None:
        step = f"  tune: {{objective: {{metric: f1}}, {tune}}}\n"
        tuned = load(write_project(spec_text.replace("  evaluate:", f"{step}  evaluate:")), "prod")
        assert tuned.steps
        definition = pipeline_definition(
            PipelineDefinitionArgs(
                pipeline_name="churn-prod",
                artifact_bucket="artifacts",
                encryption_key_arn="key",
                processing_role_arn="processing",
                training_role_arn="training",
                steps=pipeline_steps(tuned, tuned.steps, "churn-prod"),
            )
        )
        token = "aws:sagemaker/pipeline:Pipeline"
        before = _parts(estimate(tuned, [planned(token, "p", pipelineName="churn-prod")], TABLE))
        after = _parts(estimate(tuned, [planned(token, "p", pipelineDefinition=json.dumps(definition))], TABLE))
        assert before == pytest.approx(after)
        hours = tuned.cost.assumptions.runs_per_month * tuned.cost.assumptions.hours_per_step * jobs
        assert before["tune"] == pytest.approx(hours * 0.23, abs=1e-6)
        assert "train" not in before

    def test_spare_machines_cost_what_is_assumed_to_be_left(
        self, write_project: Callable[..., Path], spec_text: str
    ) -> None:
        spot = spec_text.replace("framework: sklearn", "framework: sklearn\n    spot: {max_wait_minutes: 90}")
        token = "aws:sagemaker/pipeline:Pipeline"
        for saving, factor in ((0, 1.0), (70, 0.3)):
            text = f"{spot}cost: {{assumptions: {{spot_saving_percent: {saving}}}}}\n"
            found = estimate(load(write_project(text), "prod"), [planned(token, "p", pipelineName="churn-prod")], TABLE)
            assert _parts(found)["train"] == pytest.approx(20 * 0.25 * 0.23 * factor)
            (line,) = [each for each in found.lines if each.part == "train"]
            assert line.how.endswith(f", spot: {saving} % less")

    @pytest.mark.parametrize(
        "tune",
        ["", "  tune: {objective: {metric: f1}, max_jobs: 6, max_parallel_jobs: 3, ranges: {max_depth: [2, 9]}}\n"],
    )
    def test_each_machine_and_its_waiting_is_paid_for(
        self, write_project: Callable[..., Path], spec_text: str, tune: str
    ) -> None:
        options = "framework: sklearn\n    instance_count: 2\n    warm_pool_minutes: 30"
        text = spec_text.replace("framework: sklearn", options).replace("  evaluate:", f"{tune}  evaluate:")
        spec = load(write_project(text), "prod")
        assert spec.steps
        definition = pipeline_definition(
            PipelineDefinitionArgs(
                pipeline_name="churn-prod",
                artifact_bucket="artifacts",
                encryption_key_arn="key",
                processing_role_arn="processing",
                training_role_arn="training",
                steps=pipeline_steps(spec, spec.steps, "churn-prod"),
            )
        )
        token = "aws:sagemaker/pipeline:Pipeline"
        before = _parts(estimate(spec, [planned(token, "p", pipelineName="churn-prod")], TABLE))
        after = _parts(estimate(spec, [planned(token, "p", pipelineDefinition=json.dumps(definition))], TABLE))
        assert before == pytest.approx(after)
        step, jobs, pools = ("tune", 6, 3) if tune else ("train", 1, 1)
        assert before[step] == pytest.approx(20 * 0.25 * 0.23 * 2 * jobs)
        assert before[f"{step}: warm pool"] == pytest.approx(20 * 0.5 * 0.23 * 2 * pools)
