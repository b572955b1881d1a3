"""The monitor of model quality, under Pulumi's mocks."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from mlstack_components.aws.model_quality_monitor import TYPE_NAME, ModelQualityMonitor, ModelQualityMonitorArgs
from mlstack_components.aws.network import Network
from mlstack_components.aws.prediction_rows import prediction_script

if TYPE_CHECKING:
    from collections.abc import Callable

DEFINITION = "aws:cloudcontrol/resource:Resource"
SCHEDULE = "aws:sagemaker/monitoringSchedule:MonitoringSchedule"


@pytest.fixture
def declared(declare: Any, placement: Any, key_arn: str, tags: dict[str, str]) -> Callable[..., Any]:
    def run(**given: Any) -> Any:
        defaults: dict[str, Any] = {"baseline_uri": "s3://artifacts/b", "problem": "multiclass", "schedule": "daily"}
        args = ModelQualityMonitorArgs(
            placement=placement,
            endpoint_name="weather",
            target="weather",
            role_arn="arn:aws:iam::111111111111:role/monitoring",
            data_bucket="data",
            artifact_bucket="artifacts",
            encryption_key_arn=key_arn,
            tags=tags,
            **{**defaults, **given},
        )
        return declare(lambda: ModelQualityMonitor("weather", args).schedule_names)

    return run


def desired(found: Any) -> dict[str, Any]:
    inputs = found.one(DEFINITION).inputs
    assert inputs["typeName"] == TYPE_NAME
    state: dict[str, Any] = json.loads(inputs["desiredState"])
    return state


def test_without_a_baseline_nothing_is_scheduled(declared: Callable[..., Any]) -> None:
    found = declared(baseline_uri=None)
    assert found.types == ["aws:s3/bucketObjectv2:BucketObjectv2"]
    assert found.result == {}


def test_predictions_are_compared_with_labels(declared: Callable[..., Any]) -> None:
    state = desired(declared(problem="regression"))
    assert state["ModelQualityAppSpecification"]["ProblemType"] == "Regression"
    given = state["ModelQualityJobInput"]
    assert given["EndpointInput"]["EndpointName"] == "weather"
    assert given["GroundTruthS3Input"] == {"S3Uri": "s3://data/ground-truth/weather"}
    baseline = state["ModelQualityBaselineConfig"]
    assert baseline == {"ConstraintsResource": {"S3Uri": "s3://artifacts/b/constraints.json"}}


def test_the_definition_is_one_that_sagemaker_takes(declared: Callable[..., Any]) -> None:
    from botocore.session import get_session
    from botocore.validate import ParamValidator

    service = get_session().get_service_model("sagemaker")
    shape = service.operation_model("CreateModelQualityJobDefinition").input_shape
    assert ParamValidator().validate(desired(declared()), shape).generate_report() == ""


def test_another_baseline_makes_a_definition_of_another_name(declared: Callable[..., Any]) -> None:
    names = {desired(declared(baseline_uri=f"s3://artifacts/{each}"))["JobDefinitionName"] for each in ("b", "b", "c")}
    assert len(names) == 2
    assert all(name.startswith("weather-model-quality-") and len(name) <= 63 for name in names)


def test_the_schedule_starts_it(declared: Callable[..., Any]) -> None:
    found = declared()
    config = found.one(SCHEDULE).inputs["monitoringScheduleConfig"]
    assert config["monitoringType"] == "ModelQuality"
    assert config["scheduleConfig"] == {"scheduleExpression": "cron(0 0 ? * * *)"}
    assert found.result == {"model_quality": "weather-watch-model"}


def test_jobs_are_isolated_and_encrypted(declared: Callable[..., Any], key_arn: str) -> None:
    network = Network(subnet_ids=("subnet-1",), security_group_ids=("sg-1",))
    state = desired(declared(network=network))
    assert state["NetworkConfig"] == {
        "EnableInterContainerTrafficEncryption": True,
        "EnableNetworkIsolation": True,
        "VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    }
    assert state["JobResources"]["ClusterConfig"]["VolumeKmsKeyId"] == key_arn
    assert state["ModelQualityJobOutputConfig"]["KmsKeyId"] == key_arn


@pytest.mark.parametrize(
    ("answer", "predictions"),
    [
        ("sun\nrain\n", ["sun", "rain"]),
        ('{"predictions": ["sun"]}', ["sun"]),
        ('[{"weather": "fog", "sure": 0.4}]', ["fog"]),
    ],
)
def test_the_script_finds_the_predictions_by_itself(answer: str, predictions: list[str]) -> None:
    namespace: dict[str, Any] = {}
    exec(compile(prediction_script("weather"), "preprocessor.py", "exec"), namespace)
    record = SimpleNamespace(endpoint_output=SimpleNamespace(data=answer, encoding="CSV"))
    assert namespace["preprocess_handler"](record) == [{"prediction": each} for each in predictions]
