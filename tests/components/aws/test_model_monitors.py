"""The monitors of a released model, under Pulumi's mocks."""

from __future__ import annotations

import json

import pytest
from mlstack_components.aws.model_monitors import DataQualityArgs, ModelMonitors, ModelMonitorsArgs, preprocessor_script
from mlstack_components.aws.monitor_events import violations_pattern
from mlstack_components.aws.monitor_image import analyzer_image, has_analyzer
from mlstack_components.aws.monitor_schedule import schedule_expression
from mlstack_components.aws.network import Network
from mlstack_components.errors import UserError

DEFINITION = "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition"
SCHEDULE = "aws:sagemaker/monitoringSchedule:MonitoringSchedule"
ROLE = "arn:aws:iam::111111111111:role/monitoring"


@pytest.fixture
def declared(declare, placement, key_arn, tags):
    def run(baseline_uri="s3://artifacts/baseline", network=None, **data_quality):
        given = {"schedule": "hourly", "target": "weather", **data_quality}
        args = ModelMonitorsArgs(
            placement=placement,
            endpoint_name="weather",
            baseline_uri=baseline_uri,
            data_quality=DataQualityArgs(**given),
            role_arn=ROLE,
            artifact_bucket="artifacts",
            encryption_key_arn=key_arn,
            network=network,
            tags=tags,
        )
        return declare(lambda: ModelMonitors("weather", args).schedule_names)

    return run


def test_without_a_baseline_nothing_is_scheduled(declared):
    found = declared(baseline_uri=None)
    assert found.types == ["aws:s3/bucketObjectv2:BucketObjectv2"]
    assert found.result == {}


def test_the_schedule_starts_the_definition(declared):
    found = declared()
    config = found.one(SCHEDULE).inputs["monitoringScheduleConfig"]
    assert config == {
        "monitoringJobDefinitionName": "weather-data-quality",
        "monitoringType": "DataQuality",
        "scheduleConfig": {"scheduleExpression": "cron(0 * ? * * *)"},
    }
    assert found.result == {"data_quality": "weather-watch-data"}


def test_the_definition_compares_with_the_baseline(declared, key_arn):
    inputs = declared().one(DEFINITION).inputs
    baseline = inputs["dataQualityBaselineConfig"]
    assert baseline["constraintsResource"] == {"s3Uri": "s3://artifacts/baseline/constraints.json"}
    assert baseline["statisticsResource"] == {"s3Uri": "s3://artifacts/baseline/statistics.json"}
    assert inputs["dataQualityJobInput"]["endpointInput"]["endpointName"] == "weather"
    specification = inputs["dataQualityAppSpecification"]
    assert specification["imageUri"].endswith("eu-west-1.amazonaws.com/sagemaker-model-monitor-analyzer")
    assert specification["recordPreprocessorSourceUri"].startswith("s3://artifacts/monitoring/code/")
    assert (inputs["roleArn"], inputs["stoppingCondition"]) == (ROLE, {"maxRuntimeInSeconds": 3600})


def test_jobs_are_isolated_and_encrypted(declared, key_arn):
    inputs = declared().one(DEFINITION).inputs
    assert inputs["networkConfig"] == {"enableInterContainerTrafficEncryption": True, "enableNetworkIsolation": True}
    assert inputs["jobResources"]["clusterConfig"]["volumeKmsKeyId"] == key_arn
    output = inputs["dataQualityJobOutputConfig"]
    assert output["kmsKeyId"] == key_arn
    assert output["monitoringOutputs"]["s3Output"]["s3Uri"] == "s3://artifacts/monitoring/reports/data-quality"


def test_jobs_join_the_network(declared):
    network = Network(subnet_ids=("subnet-1",), security_group_ids=("sg-1",))
    config = declared(network=network).one(DEFINITION).inputs["networkConfig"]
    assert config["vpcConfig"] == {"subnets": ["subnet-1"], "securityGroupIds": ["sg-1"]}


def test_an_instance_with_disks_of_its_own_has_no_volume_key(declared):
    cluster = declared(instance_type="ml.r5d.large").one(DEFINITION).inputs["jobResources"]["clusterConfig"]
    assert "volumeKmsKeyId" not in cluster


def test_the_preprocessor_is_encrypted_and_knows_the_target(declared, key_arn):
    inputs = declared().one("aws:s3/bucketObjectv2:BucketObjectv2").inputs
    assert inputs["content"] == preprocessor_script("weather")
    assert "\nTARGET = 'weather'\n" in inputs["content"]
    assert (inputs["serverSideEncryption"], inputs["kmsKeyId"]) == ("aws:kms", key_arn)


@pytest.mark.parametrize(
    ("schedule", "expression"),
    [
        ("hourly", "cron(0 * ? * * *)"),
        ("daily", "cron(0 0 ? * * *)"),
        ("0 * * * *", "cron(0 * ? * * *)"),
        ("0 6 * * *", "cron(0 6 ? * * *)"),
        ("0 2/6 * * *", "cron(0 2/6 ? * * *)"),
    ],
)
def test_times_are_in_sagemakers_words(schedule, expression):
    assert schedule_expression(schedule) == expression


def test_the_image_is_the_regions_own():
    address = "468650794304.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-model-monitor-analyzer"
    assert analyzer_image("eu-west-1") == address
    assert analyzer_image("cn-north-1").partition("/")[0].endswith(".amazonaws.com.cn")
    assert not has_analyzer("mars-1")
    with pytest.raises(UserError, match="no analyzer of Model Monitor in mars-1"):
        analyzer_image("mars-1")


def test_what_is_told_is_known_by_the_role():
    detail = json.loads(violations_pattern(ROLE))["detail"]
    assert detail["RoleArn"] == [ROLE]
    assert {"ExitMessage": [{"prefix": "CompletedWithViolations"}]} in detail["$or"]
