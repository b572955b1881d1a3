"""A shadow variant gets copies of the calls; nobody gets its answers, which are measured and captured."""

import json
import time

import pytest
from botocore.exceptions import ClientError


def shadow(model, weight=1.0, **more):
    variant = {"VariantName": "candidate", "ModelName": model, "InstanceType": "ml.m5.large"}
    return {
        "ShadowProductionVariants": [{**variant, "InitialVariantWeight": weight, "InitialInstanceCount": 1, **more}]
    }


def capture(bucket):
    return {
        "DataCaptureConfig": {
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": f"s3://{bucket}/captured",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": {"JsonContentTypes": ["application/json"]},
        }
    }


def captured(weather, variant):
    """The answers that are in S3 of a variant."""
    s3 = weather.cloud.client("s3")
    found = s3.list_objects_v2(Bucket=weather.bucket, Prefix=f"captured/weather/{variant}/").get("Contents", [])
    lines = [
        line
        for each in found
        for line in s3.get_object(Bucket=weather.bucket, Key=each["Key"])["Body"].read().splitlines()
    ]
    return [json.loads(json.loads(line)["captureData"]["endpointOutput"]["data"]) for line in lines]


def until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_gets_a_copy_of_each_call_and_its_answers_go_nowhere_but_to_the_capture(weather):
    weather.configure("rain", "rain")
    weather.create(weather.configure("sun", "sun", **shadow("rain"), **capture(weather.bucket)))
    (described,) = weather.describe()["ShadowProductionVariants"]
    assert (described["VariantName"], described["CurrentWeight"], described["CurrentInstanceCount"]) == (
        "candidate",
        1.0,
        1,
    )
    assert [weather.ask() for _ in range(20)] == ["sun"] * 20
    until(lambda: len(captured(weather, "candidate")) == 20)
    assert set(captured(weather, "candidate")) == {"rain"}
    until(lambda: captured(weather, "main") == ["sun"] * 20)
    with pytest.raises(ClientError, match="Variant candidate is not found"):
        weather.ask(TargetVariant="candidate")


def test_its_calls_are_measured_under_its_own_name(weather, cloud):
    weather.configure("rain", "rain")
    weather.create(weather.configure("sun", "sun", **shadow("rain")))
    for _ in range(5):
        weather.ask()
    cloudwatch = cloud.client("cloudwatch")

    def measured():
        found = cloudwatch.list_metrics(Namespace="AWS/SageMaker", MetricName="Invocations")["Metrics"]
        return {dimension["Value"] for each in found for dimension in each["Dimensions"]}

    until(lambda: {"candidate", "main"} <= measured())


def test_its_share_is_the_ratio_of_the_weights_and_changes_without_a_new_configuration(weather):
    weather.configure("rain", "rain")
    weather.create(weather.configure("sun", "sun", **shadow("rain", weight=0), **capture(weather.bucket)))
    for _ in range(10):
        weather.ask()
    until(lambda: len(captured(weather, "main")) == 10)
    assert captured(weather, "candidate") == []
    weights = [{"VariantName": "candidate", "DesiredWeight": 1.0}]
    weather.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=weather.name, DesiredWeightsAndCapacities=weights
    )
    weather.status("InService")
    weather.ask()
    until(lambda: captured(weather, "candidate") == ["rain"])


def test_a_shadow_that_fails_costs_no_call(weather):
    weather.configure("broken", "broken")
    weather.create(weather.configure("sun", "sun", **shadow("broken"), **capture(weather.bucket)))
    with weather.load(clients=2) as answers:
        until(lambda: len(answers) > 50)
    assert set(answers) == {"sun"}
    assert captured(weather, "candidate") == []


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        (shadow("sun", VariantName="main"), "must be unique"),
        (
            {"ShadowProductionVariants": 2 * shadow("sun")["ShadowProductionVariants"]},
            "must be unique",
        ),
        (
            {
                "ShadowProductionVariants": [
                    *shadow("sun")["ShadowProductionVariants"],
                    *shadow("sun", VariantName="other")["ShadowProductionVariants"],
                ]
            },
            "one variant can be specified for ProductionVariants and one for",
        ),
        (
            {**shadow("sun"), "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://out/"}}},
            "not supported for asynchronous",
        ),
    ],
    ids=["same-name", "twice", "two", "asynchronous"],
)
def test_what_a_shadow_cannot_be(weather, more, wrong):
    with pytest.raises(ClientError, match=wrong):
        weather.configure("sun", "sun", **more)


def test_guarded_updates_are_to_variants_of_the_same_names_only(weather):
    weather.create(weather.configure("sun", "sun", instances=2))
    weather.configure("rain", "rain")
    weather.sagemaker.create_endpoint_config(
        EndpointConfigName="renamed",
        ProductionVariants=[{"VariantName": "other", "ModelName": "rain", "InstanceType": "ml.m5.large"}],
    )
    routing = {"Type": "CANARY", "WaitIntervalInSeconds": 0, "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 50}}
    at_once = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
    watched = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}}
    for config in (
        {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}},
        {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": at_once}, **watched},
    ):
        with pytest.raises(ClientError, match="variants of the same names only: main"):
            weather.update("renamed", config)
    weather.update("renamed")
    assert weather.status("InService")["ProductionVariants"][0]["VariantName"] == "other"
