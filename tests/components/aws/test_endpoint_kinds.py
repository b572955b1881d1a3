"""Asynchronous and serverless endpoints, and the scaling of the former."""

from __future__ import annotations

import json

import pytest
from mlstack_components.aws.endpoint import Endpoint, EndpointArgs
from mlstack_components.aws.endpoint_asynchronous import AsynchronousArgs
from mlstack_components.aws.endpoint_backlog_scaling import EndpointBacklogScaling, EndpointBacklogScalingArgs
from mlstack_components.aws.endpoint_serverless import ServerlessArgs
from mlstack_components.aws.job_policies import job_policy
from mlstack_components.aws.job_policy_args import JobKind, JobPolicyArgs
from mlstack_components.aws.network import Network
from mlstack_components.aws.placement import Placement

VERSION = "arn:aws:sagemaker:eu-west-1:111111111111:model-package/weather-dev/3"
TOPIC = "arn:aws:sns:eu-west-1:111111111111:weather-dev"
CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"


@pytest.fixture
def declare_endpoint(declare, key_arn, tags):
    def run(**kind):
        args = EndpointArgs(
            endpoint_name="weather-dev",
            model_package_arn=VERSION,
            role_arn="arn:aws:iam::111111111111:role/serving",
            encryption_key_arn=key_arn,
            instance_type="ml.m5.large",
            tags=tags,
            **kind,
        )
        return declare(lambda: Endpoint("weather-dev", args).arn)

    return run


def test_asynchronous_answers_go_to_the_bucket_and_failures_to_the_topic(declare_endpoint, key_arn):
    asynchronous = AsynchronousArgs(
        bucket="data", encryption_key_arn=key_arn, max_concurrent_calls=4, error_topic_arn=TOPIC
    )
    configuration = declare_endpoint(asynchronous=asynchronous).one(CONFIGURATION).inputs
    assert configuration["asyncInferenceConfig"] == {
        "clientConfig": {"maxConcurrentInvocationsPerInstance": 4},
        "outputConfig": {
            "s3OutputPath": "s3://data/async/weather-dev/output",
            "s3FailurePath": "s3://data/async/weather-dev/failures",
            "kmsKeyId": key_arn,
            "notificationConfig": {"errorTopic": TOPIC},
        },
    }
    assert configuration["productionVariants"][0]["instanceType"] == "ml.m5.large"
    assert configuration["kmsKeyArn"] == key_arn


def test_what_is_left_out_of_asynchronous_inference_is_not_there(declare_endpoint, key_arn):
    asynchronous = AsynchronousArgs(bucket="data", encryption_key_arn=key_arn)
    config = declare_endpoint(asynchronous=asynchronous).one(CONFIGURATION).inputs["asyncInferenceConfig"]
    assert config.keys() == {"outputConfig"}
    assert "notificationConfig" not in config["outputConfig"]


def test_serverless_inference_has_no_instances_volume_network_or_isolation(declare_endpoint):
    serverless = ServerlessArgs(memory_mb=3072, max_concurrency=7, provisioned_concurrency=2)
    network = Network(subnet_ids=("subnet-1",), security_group_ids=("sg-1",))
    declared = declare_endpoint(serverless=serverless, network=network)
    configuration = declared.one(CONFIGURATION).inputs
    (variant,) = configuration["productionVariants"]
    assert variant == {
        "variantName": "AllTraffic",
        "modelName": "weather-dev-model",
        "initialVariantWeight": 1,
        "serverlessConfig": {"memorySizeInMb": 3072, "maxConcurrency": 7, "provisionedConcurrency": 2},
    }
    assert "kmsKeyArn" not in configuration
    model = declared.one("aws:sagemaker/model:Model").inputs
    assert not model["enableNetworkIsolation"]
    assert "vpcConfig" not in model


KEY = {
    "serviceNamespace": "sagemaker",
    "scalableDimension": "sagemaker:variant:DesiredInstanceCount",
    "resourceId": "endpoint/weather-dev/variant/AllTraffic",
}


@pytest.fixture
def declare_scaling(declare, tags):
    def run(least):
        args = EndpointBacklogScalingArgs(
            endpoint_name="weather-dev",
            variant_name="AllTraffic",
            min_instances=least,
            max_instances=4,
            backlog_per_instance=5,
            scale_out_cooldown_seconds=60,
            tags=tags,
        )
        return declare(lambda: EndpointBacklogScaling("weather-dev", args).target_arn)

    return run


def test_instances_follow_the_backlog(declare_scaling, tags):
    declared = declare_scaling(1)
    assert declared.one("aws:appautoscaling/target:Target").inputs == {
        **KEY,
        "minCapacity": 1,
        "maxCapacity": 4,
        "tags": tags,
    }
    policy = declared.one("aws:appautoscaling/policy:Policy").inputs
    assert policy["targetTrackingScalingPolicyConfiguration"] == {
        "customizedMetricSpecification": {
            "namespace": "AWS/SageMaker",
            "metricName": "ApproximateBacklogSizePerInstance",
            "dimensions": [{"name": "EndpointName", "value": "weather-dev"}],
            "statistic": "Average",
        },
        "targetValue": 5,
        "scaleInCooldown": 300,
        "scaleOutCooldown": 60,
    }
    assert declared.all("aws:cloudwatch/metricAlarm:MetricAlarm") == []


def test_a_call_wakes_an_endpoint_without_instances(declare_scaling):
    declared = declare_scaling(0)
    waking = next(
        each for each in declared.all("aws:appautoscaling/policy:Policy") if each.inputs["policyType"] == "StepScaling"
    )
    assert waking.inputs == {
        **KEY,
        "policyType": "StepScaling",
        "stepScalingPolicyConfiguration": {
            "adjustmentType": "ChangeInCapacity",
            "metricAggregationType": "Average",
            "cooldown": 60,
            "stepAdjustments": [{"metricIntervalLowerBound": "0", "scalingAdjustment": 1}],
        },
    }
    alarm = declared.one("aws:cloudwatch/metricAlarm:MetricAlarm").inputs
    assert (alarm["metricName"], alarm["dimensions"]) == ("HasBacklogWithoutCapacity", {"EndpointName": "weather-dev"})
    assert (alarm["threshold"], alarm["comparisonOperator"]) == (1, "GreaterThanOrEqualToThreshold")
    assert len(alarm["alarmActions"]) == 1


def statements(**options):
    args = JobPolicyArgs(
        placement=Placement("111111111111", "eu-west-1"),
        encryption_key_arn="arn:aws:kms:eu-west-1:111111111111:key/1",
        data_bucket_arn="arn:aws:s3:::data",
        artifact_bucket_arn="arn:aws:s3:::artifacts",
        image_repository_arns=(),
        endpoint_name="weather-dev",
        **options,
    )
    return {each["Sid"]: each for each in json.loads(job_policy(JobKind.SERVING, args))["Statement"]}


def test_the_role_of_an_asynchronous_endpoint_reaches_its_own_folders_and_topic():
    added = {sid: each for sid, each in statements(asynchronous=True).items() if sid not in statements()}
    assert {sid: each["Resource"] for sid, each in added.items()} == {
        "ReadAsyncInputs": ["arn:aws:s3:::data/async/weather-dev/input/*"],
        "WriteAsyncAnswers": [
            "arn:aws:s3:::data/async/weather-dev/output/*",
            "arn:aws:s3:::data/async/weather-dev/failures/*",
        ],
        "EncryptAsyncAnswers": ["arn:aws:kms:eu-west-1:111111111111:key/1"],
    }
    told = statements(asynchronous=True, told_topic_arn=TOPIC)["TellOfAsyncAnswers"]
    assert (told["Action"], told["Resource"]) == (["sns:Publish"], [TOPIC])
    assert statements(told_topic_arn=TOPIC) == statements()
