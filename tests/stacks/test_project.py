"""The stack hands to each component what the specification says, and tells the rest of the world where things are."""

from __future__ import annotations

import asyncio
import contextvars
import json
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from mlstack_stacks import Project, ProjectOutputs
from mlstack_stacks.plan.definition import planned_definition
from mlstack_stacks.plan.monitor import CheckMocks, CheckMonitor
from mlstack_stacks.spec import load
from pulumi.runtime.mocks import MockEngine, MockResourceArgs
from pulumi.runtime.settings import Settings, configure, set_root_resource
from pulumi.runtime.stack import run_in_stack

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = "arn:aws:sagemaker:eu-west-1:111111111111:model-package/churn-dev/7"
POINTER = "/mlstack/churn/dev/release/model-package-arn"
BASELINE = POINTER.replace("model-package-arn", "baseline-uri")


class _Cloud(CheckMocks):
    """Answers as a cloud that has just made everything, so that nothing is unknown."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return args.name, dict(args.inputs)


class _Monitor(CheckMonitor):
    """Gives every resource the outputs that others refer to."""

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name of the remote procedure
        response = super().RegisterResource(request)
        if request.custom:
            response.id = f"{request.name}-id"
            made = {
                "arn": f"arn:aws:mock:::{request.name}",
                "bucket": f"{request.name}-bucket",
                "name": f"{request.name}-name",
                "url": f"https://{request.name}",
                "keyId": f"{request.name}-key",
                "repositoryUrl": f"registry/{request.name}",
            }
            response.object.update({key: value for key, value in made.items() if key not in request.object})
        return response


@pytest.fixture
def deploy(write_project: Callable[..., Path], spec_text: str) -> Callable[..., CheckMonitor]:
    """Runs the stack as if the cloud had made everything."""

    def run(spec: str = spec_text, parameters: dict[str, str] | None = None, environment: str = "dev") -> CheckMonitor:
        file = write_project(spec)
        monitor = _Monitor(_Cloud("111111111111", "eu-west-1", parameters or {}))

        def program() -> None:
            configure(Settings("churn", environment, monitor=monitor, engine=MockEngine(None), dry_run=False))
            set_root_resource(None)  # type: ignore[arg-type]
            asyncio.run(run_in_stack(lambda: Project.from_spec(file) and None))

        contextvars.copy_context().run(program)
        return monitor

    return run


def _one(monitor: CheckMonitor, kind: str) -> dict[str, Any]:
    found = [resource for resource in monitor.planned if resource.short_type == kind]
    assert len(found) == 1, [resource.name for resource in found]
    return found[0].properties


def test_the_outputs_have_their_documented_names(deploy: Callable[..., CheckMonitor], spec_text: str) -> None:
    text = spec_text.replace("{min: 1}", "{min: 1}, capture_percent: 20") + "monitoring: {data_quality: daily}\n"
    monitor = deploy(text, parameters={POINTER: PACKAGE, BASELINE: "s3://artifacts/baseline"})
    names = {field.name for field in fields(ProjectOutputs)}
    assert set(monitor.outputs) == names - {
        "endpoint_waits_for",
        "models",
        "model_package_group_arn",
        "image_build_project",
        "image_build_repository_url",
        "release_build_project",
        "monitors_wait_for",
        "batch_pipeline_name",
        "batch_output_uri",
        "batch_waits_for",
        "vpc_id",
        "subnet_ids",
        "security_group_ids",
        "tracking_server_arn",
        "tracking_experiment",
    }
    assert monitor.outputs["pipeline_name"] == monitor.outputs["endpoint_name"] == "churn-dev"
    assert monitor.outputs["release_parameter_path"] == "/mlstack/churn/dev/release"
    assert (monitor.outputs["account"], monitor.outputs["region"]) == ("111111111111", "eu-west-1")
    assert monitor.outputs["code_uri"].startswith(f"s3://{monitor.outputs['artifact_bucket']}/code/")
    assert monitor.outputs["data_uri"].endswith("/churn.csv")


def test_the_endpoint_waits_for_a_release(deploy: Callable[..., CheckMonitor]) -> None:
    monitor = deploy()
    assert monitor.outputs["endpoint_waits_for"] == "a released model version (`mlstack release dev`)"
    kinds = {resource.short_type for resource in monitor.planned}
    assert not kinds & {"aws:sagemaker:Endpoint", "aws:sagemaker:EndpointConfiguration", "aws:sagemaker:Model"}
    assert "aws:sagemaker:Pipeline" in kinds


def test_the_endpoint_serves_what_the_pointer_names(deploy: Callable[..., CheckMonitor]) -> None:
    others = {"/mlstack/churn/prod/release/model-package-arn": "other", "/mlstack/churn/dev/release/other": "other"}
    monitor = deploy(parameters={POINTER: PACKAGE, **others})
    assert _one(monitor, "aws:sagemaker:Model")["primaryContainer"] == {"modelPackageName": PACKAGE}
    variant = _one(monitor, "aws:sagemaker:EndpointConfiguration")["productionVariants"][0]
    assert (variant["instanceType"], variant["initialInstanceCount"]) == ("ml.m5.large", 1)
    assert deploy(parameters=others).outputs["endpoint_waits_for"]


@pytest.mark.parametrize(("kept", "count"), [("4", 4), ("0", 1), ("many", 1)])
def test_an_endpoint_that_was_scaled_up_stays_so(deploy: Callable[..., CheckMonitor], kept: str, count: int) -> None:
    monitor = deploy(parameters={POINTER: PACKAGE, POINTER.replace("model-package-arn", "instance-count"): kept})
    variant = _one(monitor, "aws:sagemaker:EndpointConfiguration")["productionVariants"][0]
    assert variant["initialInstanceCount"] == count


WHOLE = (
    "{min: 2, max: 8}, "
    "scaling: {invocations_per_instance: 400, schedules: [{at: '2026-12-24T18:00:00', min: 2, max: 3}]}, "
    "rollout: {kind: canary, wait_minutes: 5, rollback_alarms: [errors]}, capture_percent: 20"
)


def test_the_endpoint_scales_goes_over_and_keeps_calls_as_specified(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    monitor = deploy(spec_text.replace("{min: 1}", WHOLE), parameters={POINTER: PACKAGE})
    target = _one(monitor, "aws:appautoscaling:Target")
    assert (target["minCapacity"], target["maxCapacity"]) == (2, 8)
    tracking = _one(monitor, "aws:appautoscaling:Policy")["targetTrackingScalingPolicyConfiguration"]
    assert tracking["targetValue"] == 400
    assert _one(monitor, "aws:appautoscaling:ScheduledAction")["scalableTargetAction"] == {
        "minCapacity": 2,
        "maxCapacity": 3,
    }
    capture = _one(monitor, "aws:sagemaker:EndpointConfiguration")["dataCaptureConfig"]
    assert (capture["initialSamplingPercentage"], capture["destinationS3Uri"]) == (
        20,
        f"s3://{monitor.outputs['data_bucket']}/capture",
    )
    deployment = _one(monitor, "aws:sagemaker:Endpoint")["deploymentConfig"]
    routing = deployment["blueGreenUpdatePolicy"]["trafficRoutingConfiguration"]
    assert (routing["type"], routing["waitIntervalInSeconds"]) == ("CANARY", 300)
    (policy,) = [r.properties["policy"] for r in monitor.planned if r.name == "churn-dev-serving-policy"]
    actions = {s["Sid"]: (s["Action"], s["Resource"]) for s in json.loads(policy)["Statement"]}
    assert actions["WriteCaptures"][0] == ["s3:PutObject"]
    assert actions["WriteCaptures"][1][0].endswith("/capture/churn-dev/*")
    # All of it is below the serving component, so that a release brings it up and may change it.
    (scaling,) = [r for r in monitor.planned if r.type == "mlstack:aws:EndpointScaling"]
    assert str(scaling.parent).endswith("mlstack:aws:Endpoint::churn-dev")
    parents = {r.parent for r in monitor.planned if r.short_type.startswith("aws:appautoscaling:")}
    assert parents == {scaling.urn}


@pytest.mark.parametrize("notify", ["failures", "nothing"])
def test_an_asynchronous_endpoint_writes_its_answers_and_tells_the_topic(
    deploy: Callable[..., CheckMonitor], spec_text: str, notify: str
) -> None:
    text = spec_text.replace("kind: realtime", f"kind: asynchronous, asynchronous: {{notify: {notify}}}")
    monitor = deploy(text, parameters={POINTER: PACKAGE})
    output = _one(monitor, "aws:sagemaker:EndpointConfiguration")["asyncInferenceConfig"]["outputConfig"]
    assert output["s3OutputPath"] == f"s3://{monitor.outputs['data_bucket']}/async/churn-dev/output"
    (policy,) = [r.properties["policy"] for r in monitor.planned if r.name == "churn-dev-serving-policy"]
    rights = {each["Sid"]: each["Resource"] for each in json.loads(policy)["Statement"]}
    assert all(each.split("/", 1)[1].startswith("async/churn-dev/") for each in rights["WriteAsyncAnswers"])
    told = [monitor.outputs["notification_topic_arn"]] if notify == "failures" else None
    assert rights.get("TellOfAsyncAnswers") == told


def test_nothing_scales_before_the_first_release(deploy: Callable[..., CheckMonitor], spec_text: str) -> None:
    monitor = deploy(spec_text.replace("{min: 1}", WHOLE))
    assert not [r for r in monitor.planned if r.short_type.startswith("aws:appautoscaling:")]


def test_what_is_not_asked_for_changes_no_byte(deploy: Callable[..., CheckMonitor], spec_text: str) -> None:
    plain = deploy(parameters={POINTER: PACKAGE})
    off = "{min: 1, max: null}, rollout: {wait_minutes: 9}, capture_percent: 0"
    written_out = deploy(spec_text.replace("{min: 1}", off), parameters={POINTER: PACKAGE})

    def told(monitor: CheckMonitor) -> list[tuple[str, str, object]]:
        # Archives are made in a folder of each run.
        kept = [(r, {key: each for key, each in r.properties.items() if key != "source"}) for r in monitor.planned]
        return sorted((r.urn, r.short_type, json.dumps(each, default=str, sort_keys=True)) for r, each in kept)

    assert told(plain) == told(written_out)
    assert "Capture" not in json.dumps([r.properties for r in plain.planned], default=str)


def test_the_pipeline_is_that_of_the_specification(deploy: Callable[..., CheckMonitor]) -> None:
    monitor = deploy()
    definition = json.loads(_one(monitor, "aws:sagemaker:Pipeline")["pipelineDefinition"])
    parameters = {parameter["Name"]: parameter.get("DefaultValue") for parameter in definition["Parameters"]}
    assert parameters["CodeUri"] == monitor.outputs["code_uri"]
    assert parameters["DataUri"] == monitor.outputs["data_uri"]
    assert parameters["TrainInstanceType"] == "ml.m5.xlarge"
    assert (parameters["max_depth"], parameters["rate"], parameters["loss"]) == (6, 0.1, "log_loss")
    assert parameters["warm"] is True
    steps = {step["Name"]: step for step in definition["Steps"]}
    assert list(steps) == ["prepare", "train", "evaluate", "gate"]
    conditions = steps["gate"]["Arguments"]["Conditions"]
    assert [(c["Type"], c["RightValue"]) for c in conditions] == [("GreaterThanOrEqualTo", 0.8), ("LessThan", 0.5)]
    training = steps["train"]["Arguments"]
    assert training["HyperParameters"]["sagemaker_program"] == "train.py"
    assert training["StoppingCondition"] == {"MaxRuntimeInSeconds": 3600}
    assert training["ResourceConfig"]["VolumeSizeInGB"] == 30
    assert (
        "dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn" in training["AlgorithmSpecification"]["TrainingImage"]
    )
    registered = steps["gate"]["Arguments"]["IfSteps"][0]["Arguments"]
    assert registered["ModelPackageGroupName"] == "churn-dev"
    assert registered["ModelApprovalStatus"] == "PendingManualApproval"


def test_tuning_changes_the_pipeline_and_its_role_alone(deploy: Callable[..., CheckMonitor], spec_text: str) -> None:
    tune = "  tune: {objective: {metric: f1}, max_jobs: 8, ranges: {max_depth: [2, 12]}}\n"
    before, after = deploy(), deploy(spec_text.replace("  evaluate:", f"{tune}  evaluate:"))
    unequal = {
        name
        for name in {resource.name for resource in after.planned}
        # Two archives of the same files are different objects.
        if name != "churn-dev-code" and _properties(before, name) != _properties(after, name)
    }
    assert unequal == {"churn-dev-pipeline", "churn-dev-pipeline-policy"}
    definition = json.loads(_one(after, "aws:sagemaker:Pipeline")["pipelineDefinition"])
    assert [step["Name"] for step in definition["Steps"]] == ["prepare", "tune", "evaluate", "gate"]
    assert "max_depth" not in {parameter["Name"] for parameter in definition["Parameters"]}


def _properties(monitor: CheckMonitor, name: str) -> list[Any]:
    return [(each.short_type, each.properties) for each in monitor.planned if each.name == name]


def test_features_are_kept_in_the_data_bucket_under_the_projects_names(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    text = spec_text.replace("visits: integer}", "visits: integer, spent: float}")
    monitor = deploy(text)
    group = _one(monitor, "aws:sagemaker:FeatureGroup")
    assert group["featureGroupName"] == "churn-dev-customers"
    assert {each["featureName"]: each["featureType"] for each in group["featureDefinitions"]} == {
        "id": "String",
        "at": "String",
        "visits": "Integral",
        "spent": "Fractional",
    }
    storage = group["offlineStoreConfig"]["s3StorageConfig"]
    assert storage["s3Uri"] == "s3://churn-dev-data-bucket/features"
    assert storage["kmsKeyId"] == group["onlineStoreConfig"]["securityConfig"]["kmsKeyId"]
    assert monitor.outputs["feature_group_names"] == {"customers": "churn-dev-customers"}
    offline = deploy(text.replace("spent: float}", "spent: float}, online: false"))
    assert "onlineStoreConfig" not in _one(offline, "aws:sagemaker:FeatureGroup")


def test_without_prepare_and_evaluate_no_processing_role_is_made(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    lines = [line for line in spec_text.splitlines() if "prepare:" not in line and "evaluate:" not in line]
    monitor = deploy("\n".join(lines) + "\n")
    roles = {resource.name for resource in monitor.planned if resource.short_type == "aws:iam:Role"}
    assert roles == {"churn-dev-training", "churn-dev-pipeline", "churn-dev-serving", "churn-dev-features"}
    definition = json.loads(_one(monitor, "aws:sagemaker:Pipeline")["pipelineDefinition"])
    assert [step["Name"] for step in definition["Steps"]] == ["train", "register"]


NETWORK = "network: {zones: [a, c], cidr: 10.4.0.0/16}\n"
SUBNETS = ["churn-dev-private-a-id", "churn-dev-private-c-id"]


def test_jobs_and_model_are_placed_in_the_network_that_is_made(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    monitor = deploy(NETWORK + spec_text, parameters={POINTER: PACKAGE})
    place = {"Subnets": SUBNETS, "SecurityGroupIds": ["churn-dev-jobs-id"]}
    steps = json.loads(_one(monitor, "aws:sagemaker:Pipeline")["pipelineDefinition"])["Steps"]
    placed = {step["Name"]: step["Arguments"] for step in steps if step["Type"] in {"Processing", "Training"}}
    assert placed["train"]["VpcConfig"] == place
    assert placed["prepare"]["NetworkConfig"]["VpcConfig"] == placed["evaluate"]["NetworkConfig"]["VpcConfig"] == place
    served = _one(monitor, "aws:sagemaker:Model")["vpcConfig"]
    assert served == {"subnets": SUBNETS, "securityGroupIds": ["churn-dev-jobs-id"]}
    assert monitor.outputs["vpc_id"] == "churn-dev-vpc-id"
    assert (monitor.outputs["subnet_ids"], monitor.outputs["security_group_ids"]) == (SUBNETS, ["churn-dev-jobs-id"])
    assert _one(monitor, "aws:ec2:Vpc")["cidrBlock"] == "10.4.0.0/16"
    joining = [
        resource.name
        for resource in monitor.planned
        if resource.short_type == "aws:iam:RolePolicy" and "JoinNetwork" in resource.properties["policy"]
    ]
    assert sorted(joining) == [f"churn-dev-{kind}-policy" for kind in ("processing", "serving", "training")]


def test_a_network_that_is_there_is_used_and_nothing_is_made(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    there = "network: {vpc: vpc-01234567, subnets: [subnet-01234567], security_groups: [sg-01234567]}\n"
    monitor = deploy(there + spec_text, parameters={POINTER: PACKAGE})
    assert not [resource for resource in monitor.planned if resource.short_type.startswith(("aws:ec2", "aws:vpc"))]
    served = _one(monitor, "aws:sagemaker:Model")["vpcConfig"]
    assert served == {"subnets": ["subnet-01234567"], "securityGroupIds": ["sg-01234567"]}
    train = json.loads(_one(monitor, "aws:sagemaker:Pipeline")["pipelineDefinition"])["Steps"][1]["Arguments"]
    assert train["VpcConfig"] == {"Subnets": ["subnet-01234567"], "SecurityGroupIds": ["sg-01234567"]}
    assert monitor.outputs["vpc_id"] == "vpc-01234567"


def test_without_a_network_nothing_speaks_of_one(deploy: Callable[..., CheckMonitor]) -> None:
    monitor = deploy(parameters={POINTER: PACKAGE})
    assert "vpcConfig" not in _one(monitor, "aws:sagemaker:Model")
    assert "VpcConfig" not in _one(monitor, "aws:sagemaker:Pipeline")["pipelineDefinition"]
    kinds = {resource.type.partition(":")[2].partition("/")[0] for resource in monitor.planned}
    assert not kinds & {"ec2", "vpc"}


def test_who_reads_a_secret_is_not_isolated_and_all_others_are(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    secrets = "secrets: {churn/key: [training], churn/token: [serving, training]}\n"
    monitor = deploy(secrets + NETWORK + spec_text, parameters={POINTER: PACKAGE})
    steps = json.loads(_one(monitor, "aws:sagemaker:Pipeline")["pipelineDefinition"])["Steps"]
    arguments = {step["Name"]: step["Arguments"] for step in steps}
    assert arguments["train"]["EnableNetworkIsolation"] is False
    assert arguments["prepare"]["NetworkConfig"]["EnableNetworkIsolation"] is True
    assert _one(monitor, "aws:sagemaker:Model")["enableNetworkIsolation"] is False
    readers = {
        resource.name: resource.properties["policy"].count(":secret:")
        for resource in monitor.planned
        if resource.short_type == "aws:iam:RolePolicy"
    }
    assert {name: count for name, count in readers.items() if count} == {
        "churn-dev-serving-policy": 1,
        "churn-dev-training-policy": 2,
    }
    services = [each.properties["serviceName"] for each in monitor.planned if each.short_type == "aws:ec2:VpcEndpoint"]
    assert "com.amazonaws.eu-west-1.secretsmanager" in services


def test_a_role_that_is_there_takes_the_place_of_one_that_would_be_made(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    role, boundary = (f"arn:aws:iam::111111111111:{each}" for each in ("role/training", "policy/boundary"))
    given = f"dev: {{roles: {{training: {role}, permissions_boundary: {boundary}}}, "
    monitor = deploy(NETWORK + spec_text.replace("dev: {", given, 1))
    roles = {each.name: each.properties for each in monitor.planned if each.short_type == "aws:iam:Role"}
    kinds = ("processing", "pipeline", "serving", "features", "flow-logs-role")
    assert set(roles) == {f"churn-dev-{kind}" for kind in kinds}
    assert {each["permissionsBoundary"] for each in roles.values()} == {boundary}
    steps = json.loads(_one(monitor, "aws:sagemaker:Pipeline")["pipelineDefinition"])["Steps"]
    assert {step["Name"]: step["Arguments"].get("RoleArn") for step in steps}["train"] == role


def test_every_taggable_resource_names_project_environment_and_owner(deploy: Callable[..., CheckMonitor]) -> None:
    tagged = [r.properties["tags"] for r in deploy(parameters={POINTER: PACKAGE}).planned if "tags" in r.properties]
    expected = {"mlstack:project": "churn", "mlstack:environment": "dev", "mlstack:owner": "ml-team"}
    assert len(tagged) > 10
    assert all(expected.items() <= tags.items() for tags in tagged)


def test_two_environments_in_one_account_share_no_name(deploy: Callable[..., CheckMonitor], spec_text: str) -> None:
    one = deploy(spec_text.replace('prod: {account: "222222222222"', 'prod: {account: "111111111111"'))
    other = deploy(spec_text.replace('"222222222222"', '"111111111111"'), environment="prod")
    chosen = ("modelPackageGroupName", "pipelineName", "name")

    def names(monitor: CheckMonitor) -> set[str]:
        return {str(r.properties[key]) for r in monitor.planned for key in chosen if key in r.properties}

    assert names(one)
    assert not names(one) & names(other)


def test_a_wrong_specification_stops_the_program_without_a_traceback(deploy: Callable[..., CheckMonitor]) -> None:
    with pytest.raises(pulumi.RunError, match=r"^mlstack\.yaml:1: nam: unknown key"):
        deploy("nam: churn\n")


def test_another_region_in_the_shell_stops_the_program(
    deploy: Callable[..., CheckMonitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    with pytest.raises(pulumi.RunError, match=r"^AWS_REGION says the region us-west-2, mlstack.yaml:18 says eu-west-1"):
        deploy()


def test_a_local_region_that_the_providers_configuration_does_not_name_stops_the_program(
    deploy: Callable[..., CheckMonitor], spec_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    spec = spec_text.replace("local: {}", "local: {region: eu-west-1}")
    assert spec != spec_text
    with pytest.raises(
        pulumi.RunError, match=r"so the local cloud says the region us-east-1.* says eu-west-1.*config set"
    ):
        deploy(spec, environment="local")


_ONLY_THE_CLOUD_KNOWS = {"RoleArn", "KmsKeyId", "VolumeKmsKeyId", "DefaultValue"}


def _bare(value: Any, name: str = "") -> Any:
    """A definition without what only the cloud decides."""
    if isinstance(value, dict):
        if "Std:Join" in value:
            # A place in a bucket: the bucket comes first.
            return [_bare(each) for each in value["Std:Join"]["Values"][1:]]
        return {key: _bare(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_bare(each) for each in value]
    return name if name in _ONLY_THE_CLOUD_KNOWS and str(value).startswith(("arn:", "s3://")) else value


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("registry: {approval: manual}", ""),
        (', gates: {accuracy: ">= 0.80", log_loss: "< 0.5"}', ""),
        ("data: {source: data/churn.csv, target: churned}", ""),
        ("  prepare: {entry_point: src/prepare.py, instance_type: ml.m5.large}\n", ""),
        ("  evaluate:", "  tune: {objective: {metric: f1}, max_jobs: 2, ranges: {max_depth: [2, 4]}}\n  evaluate:"),
        (
            "registry:",
            "network: {vpc: vpc-0a0a0a0a, subnets: [subnet-0a0a0a0a], security_groups: [sg-0a0a0a0a]}\nregistry:",
        ),
        ("registry:", "secrets: {key: [training, processing]}\nregistry:"),
    ],
)
def test_the_definition_that_is_checked_before_anything_is_there_is_the_one_that_is_made(
    deploy: Callable[..., CheckMonitor], spec_text: str, old: str, new: str
) -> None:
    monitor = deploy(spec_text.replace(old, new))
    made = json.loads(_one(monitor, "aws:sagemaker:Pipeline")["pipelineDefinition"])
    assert _bare(planned_definition(load(Path("mlstack.yaml"), "dev"))) == _bare(made)


SOURCE = "{source: data/churn.csv, target: churned}"
LAKE = "{source: s3://lake/raw/churn/, encryption_key: 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd'}"


def _default_data(monitor: CheckMonitor) -> str:
    definition = json.loads(_one(monitor, "aws:sagemaker:Pipeline")["pipelineDefinition"])
    (found,) = [each["DefaultValue"] for each in definition["Parameters"] if each["Name"] == "DataUri"]
    return str(found)


def _statements(monitor: CheckMonitor, kind: str) -> dict[str, Any]:
    (policy,) = [each for each in monitor.planned if each.name == f"churn-dev-{kind}-policy"]
    return {each["Sid"]: each for each in json.loads(policy.properties["policy"])["Statement"]}


def _told(monitor: CheckMonitor) -> list[tuple[str, str, str]]:
    # Archives are made in a folder of each run.
    kept = [(r, {key: each for key, each in r.properties.items() if key != "source"}) for r in monitor.planned]
    return sorted((r.urn, r.short_type, json.dumps(each, default=str, sort_keys=True)) for r, each in kept)


def test_a_folder_of_data_is_no_resource_and_named_by_its_contents(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    spec = spec_text.replace(SOURCE, "{source: data}")
    monitor = deploy(spec)
    assert [each for each in monitor.planned if each.name == "churn-dev-dataset"] == []
    before = monitor.outputs["data_uri"]
    assert before.startswith(f"s3://{monitor.outputs['data_bucket']}/datasets/data/")
    assert before.endswith("/files/")
    assert _default_data(monitor) == before
    Path("data/more.csv").write_text("more")
    assert deploy(spec).outputs["data_uri"] != before


def test_a_prefix_of_the_own_bucket_takes_no_more_rights(deploy: Callable[..., CheckMonitor], spec_text: str) -> None:
    monitor = deploy(spec_text.replace(SOURCE, "{source: 's3:///datasets/churn/'}"))
    assert monitor.outputs["data_uri"] == f"s3://{monitor.outputs['data_bucket']}/datasets/churn/"
    assert _default_data(monitor) == monitor.outputs["data_uri"]
    assert _statements(monitor, "processing") == _statements(deploy(), "processing")


def test_a_prefix_of_others_is_read_by_the_jobs_that_need_it_alone(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    monitor = deploy(spec_text.replace(SOURCE, LAKE))
    assert _default_data(monitor) == monitor.outputs["data_uri"] == "s3://lake/raw/churn/"
    reads = _statements(monitor, "processing")
    assert reads["ReadPrefix1"]["Action"] == ["s3:GetObject"]
    assert reads["ReadPrefix1"]["Resource"] == ["arn:aws:s3:::lake/raw/churn/*"]
    assert reads["ListPrefix1"]["Resource"] == ["arn:aws:s3:::lake"]
    assert reads["ListPrefix1"]["Condition"] == {"StringLike": {"s3:prefix": "raw/churn/*"}}
    assert reads["DecryptPrefix1"]["Action"] == ["kms:Decrypt"]
    assert reads["DecryptPrefix1"]["Resource"] == ["arn:aws:kms:eu-west-1:111111111111:key/1234abcd"]
    assert reads["DecryptPrefix1"]["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    for kind in ("training", "pipeline", "serving"):
        assert "lake" not in json.dumps(_statements(monitor, kind))


def test_what_is_not_prepared_is_read_by_training_and_evaluation(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    unprepared = spec_text.replace("  prepare: {entry_point: src/prepare.py, instance_type: ml.m5.large}\n", "")
    monitor = deploy(unprepared.replace(SOURCE, LAKE))
    for kind in ("training", "processing"):
        assert _statements(monitor, kind)["ReadPrefix1"]["Resource"] == ["arn:aws:s3:::lake/raw/churn/*"]
    assert "lake" not in json.dumps(_statements(monitor, "pipeline"))


def test_a_baseline_of_what_is_not_prepared_is_made_with_the_rights_to_read_it(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    alone = spec_text.replace("  prepare: {entry_point: src/prepare.py, instance_type: ml.m5.large}\n", "")
    alone = "".join(line for line in alone.splitlines(keepends=True) if not line.startswith("  evaluate:"))
    alone = alone.replace("instances: {min: 1}}", "instances: {min: 1}, capture_percent: 100}")
    monitor = deploy(alone.replace(SOURCE, LAKE) + "monitoring: {data_quality: daily}\n")
    assert _statements(monitor, "processing")["ReadPrefix1"]["Resource"] == ["arn:aws:s3:::lake/raw/churn/*"]


def test_a_storage_that_says_what_is_the_default_changes_nothing(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    assert _told(deploy(spec_text + "storage: {}\n")) == _told(deploy())


def test_storage_reaches_the_buckets(deploy: Callable[..., CheckMonitor], spec_text: str) -> None:
    storage = "storage: {expire_noncurrent_days: 7, archive_after_days: 30, replicate_to: eu-central-1}\n"
    boundary = 'roles: {permissions_boundary: "arn:aws:iam::111111111111:policy/boundary"}\n'
    dev = '  dev: {account: "111111111111", region: eu-west-1}\n'
    spec = spec_text.replace(dev, dev.replace("}", f", {boundary.strip()}}}"))
    monitor = deploy(spec + storage)
    by_name = {each.name: each.properties for each in monitor.planned}
    for what in ("data", "artifacts", "data-copy", "artifacts-copy"):
        rules = {rule["id"]: rule for rule in by_name[f"churn-dev-{what}-lifecycle"]["rules"]}
        assert rules["old-versions"]["noncurrentVersionExpiration"] == {"noncurrentDays": 7}
        assert rules["archive"]["transitions"] == [{"days": 30, "storageClass": "GLACIER_IR"}]
    assert by_name["churn-dev-data-copy"]["region"] == "eu-central-1"
    assert by_name["churn-dev-replication"]["permissionsBoundary"].endswith("policy/boundary")
    replicated = by_name["churn-dev-artifacts-replication"]
    assert replicated["rules"][0]["destination"]["bucket"] == "arn:aws:mock:::churn-dev-artifacts-copy"
    # Beside the copies nothing changes but the rules of the buckets.
    before = {name: told for name, _, told in _told(deploy(spec))}
    after = {name: told for name, _, told in _told(monitor)}
    changed = {name.rpartition("::")[2] for name in before if before[name] != after[name]}
    assert changed == {f"churn-dev-{what}-lifecycle" for what in ("data", "artifacts", "logs")}


@pytest.mark.parametrize("source", ["s3://lake/raw/", "s3:///raw/"])
def test_the_pipeline_of_a_prefix_is_known_before_anything_is_there(
    write_project: Callable[..., Path], spec_text: str, source: str
) -> None:
    spec = load(write_project(spec_text.replace(SOURCE, f"{{source: '{source}'}}")), "dev")
    definition = planned_definition(spec)
    assert definition is not None
    defaults = {each["Name"]: each.get("DefaultValue") for each in definition["Parameters"]}
    assert defaults["DataUri"] == source.replace("s3:///", "s3://churn-dev-data/")


def _monitored(spec_text: str) -> str:
    return spec_text.replace("{min: 1}", "{min: 1}, capture_percent: 20") + "monitoring: {data_quality: daily}\n"


def _monitors(monitor: CheckMonitor) -> list[str]:
    kinds = {"aws:sagemaker:DataQualityJobDefinition", "aws:sagemaker:MonitoringSchedule"}
    return sorted(resource.short_type for resource in monitor.planned if resource.short_type in kinds)


def test_monitors_wait_for_a_released_version_with_a_baseline(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    text = _monitored(spec_text)
    for parameters in ({}, {POINTER: PACKAGE}):
        monitor = deploy(text, parameters=parameters)
        assert _monitors(monitor) == []
        assert monitor.outputs["monitors_wait_for"].startswith("a released model version with a baseline")
        assert "monitoring_schedule_names" not in monitor.outputs


def test_monitors_belong_to_the_serving_component(deploy: Callable[..., CheckMonitor], spec_text: str) -> None:
    monitor = deploy(_monitored(spec_text), parameters={POINTER: PACKAGE, BASELINE: "s3://artifacts/b"})
    assert len(_monitors(monitor)) == 2
    assert "monitors_wait_for" not in monitor.outputs
    assert set(monitor.outputs["monitoring_schedule_names"]) == {"data_quality"}
    (component,) = [each for each in monitor.planned if each.type == "mlstack:aws:ModelMonitors"]
    assert "mlstack:aws:Endpoint::" in str(component.parent)
    assert {each.parent for each in monitor.planned if each.short_type in _monitors(monitor)} == {component.urn}
    definition = _one(monitor, "aws:sagemaker:DataQualityJobDefinition")
    constraints = definition["dataQualityBaselineConfig"]["constraintsResource"]["s3Uri"]
    assert constraints == "s3://artifacts/b/constraints.json"
    (script,) = [each.properties for each in monitor.planned if each.name == "churn-dev-preprocessor"]
    assert "\nTARGET = 'churned'\n" in script["content"]


def test_without_monitors_a_baseline_means_nothing(deploy: Callable[..., CheckMonitor]) -> None:
    monitor = deploy(parameters={POINTER: PACKAGE, BASELINE: "s3://artifacts/b"})
    assert _monitors(monitor) == []
    assert "monitors_wait_for" not in monitor.outputs
    assert not [resource.name for resource in monitor.planned if "monitoring" in resource.name]


def test_a_pipeline_without_other_processing_jobs_measures_the_data_too(
    deploy: Callable[..., CheckMonitor], spec_text: str
) -> None:
    lines = [line for line in _monitored(spec_text).splitlines() if "prepare:" not in line and "evaluate:" not in line]
    monitor = deploy("\n".join(lines) + "\n")
    roles = {resource.name for resource in monitor.planned if resource.short_type == "aws:iam:Role"}
    assert {"churn-dev-processing", "churn-dev-monitoring"} <= roles
    assert '"baseline"' in _one(monitor, "aws:sagemaker:Pipeline")["pipelineDefinition"]
