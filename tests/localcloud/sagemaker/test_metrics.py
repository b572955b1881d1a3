"""Calls, processes and executions are SageMaker's metrics in CloudWatch, and alarms on them go off."""
# ruff: noqa: PLR0917 - fixtures are arguments

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from mlstack_localcloud.server.sagemaker.serving import metrics

SERVE = """
import json, time
def model_fn(model_dir):
    return None
def input_fn(body, content_type):
    if content_type != "application/json":
        raise ValueError("cannot read " + content_type)
    return json.loads(body)
def predict_fn(data, model):
    if data == "fail":
        raise RuntimeError("it fails")
    time.sleep(0.05)
    return data
def output_fn(prediction, accept):
    return json.dumps(prediction), accept
"""


@pytest.fixture(autouse=True)
def often(monkeypatch):
    monkeypatch.setattr(metrics, "SECONDS_BETWEEN", 0.5)


@pytest.fixture
def endpoint(cloud, sagemaker, s3, bucket, role, jobs, request):
    """An endpoint that serves; its name is this test's own, since data of metrics stays."""
    name = request.node.name.replace("_", "-")[:60].rstrip("-")
    s3.put_object(Bucket=bucket, Key="model.tar.gz", Body=jobs.archive({"code/serve.py": SERVE}))
    container = {
        "Image": jobs.IMAGE,
        "ModelDataUrl": f"s3://{bucket}/model.tar.gz",
        "Environment": {"SAGEMAKER_PROGRAM": "serve.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"},
    }
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer=container)
    variant = {"VariantName": "main", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    jobs.until(lambda: sagemaker.describe_endpoint(EndpointName=name), "EndpointStatus", {"InService"}, 30)
    return name


def _call(cloud, endpoint, body, content_type="application/json"):
    runtime = cloud.client("sagemaker-runtime")
    runtime.invoke_endpoint(EndpointName=endpoint, Body=json.dumps(body), ContentType=content_type)


def _figures(cloud, endpoint, namespace, name):
    now = datetime.now(UTC)
    found = cloud.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": "main"}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=["Sum", "Average", "SampleCount", "Maximum"],
    )["Datapoints"]
    return found[0] if found else None


def _eventually(look, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    return None


def test_calls_are_counted_and_timed(cloud, endpoint):
    for _ in range(3):
        _call(cloud, endpoint, "fine")
    with pytest.raises(ClientError):
        _call(cloud, endpoint, "fail")

    def all_four():
        found = _figures(cloud, endpoint, "AWS/SageMaker", "Invocations")
        return found if found and found["Sum"] == 4 else None

    assert _eventually(all_four)["Average"] == 1
    errors = _figures(cloud, endpoint, "AWS/SageMaker", "Invocation5XXErrors")
    assert (errors["Sum"], errors["SampleCount"], errors["Average"]) == (1, 4, 0.25)
    assert _figures(cloud, endpoint, "AWS/SageMaker", "Invocation4XXErrors")["Sum"] == 0
    latency = _figures(cloud, endpoint, "AWS/SageMaker", "ModelLatency")
    assert latency["Unit"] == "Microseconds"
    assert latency["SampleCount"] == 4
    assert 50_000 <= latency["Maximum"] < 5_000_000
    assert 0 < _figures(cloud, endpoint, "AWS/SageMaker", "OverheadLatency")["Average"] < latency["Maximum"]
    assert _figures(cloud, endpoint, "AWS/SageMaker", "InvocationsPerInstance")["Sum"] == 4


def test_processes_are_looked_at(cloud, endpoint):
    memory = _eventually(lambda: _figures(cloud, endpoint, "/aws/sagemaker/Endpoints", "MemoryUtilization"))
    assert 0 < memory["Average"] < 100
    assert 0 < _figures(cloud, endpoint, "/aws/sagemaker/Endpoints", "DiskUtilization")["Average"] <= 100
    assert _figures(cloud, endpoint, "/aws/sagemaker/Endpoints", "CPUUtilization")["Unit"] == "Percent"


def test_a_model_that_fails_is_an_alarm_that_reaches_a_queue(cloud, endpoint):
    topic = cloud.client("sns").create_topic(Name=endpoint)["TopicArn"]
    queues = cloud.client("sqs")
    url = queues.create_queue(QueueName=endpoint)["QueueUrl"]
    cloud.client("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:000000000000:{endpoint}"
    )
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=endpoint,
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Dimensions=[{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": "main"}],
        Statistic="Average",
        Period=10,
        EvaluationPeriods=1,
        Threshold=0.01,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[topic],
    )
    _call(cloud, endpoint, "fine")
    with pytest.raises(ClientError):
        _call(cloud, endpoint, "fail")

    (message,) = _eventually(lambda: queues.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"), 30)
    told = json.loads(json.loads(message["Body"])["Message"])
    assert (told["AlarmName"], told["NewStateValue"]) == (endpoint, "ALARM")
    assert {"value": endpoint, "name": "EndpointName"} in told["Trigger"]["Dimensions"]


def test_a_failed_execution_is_counted(cloud, sagemaker, role):
    definition = {
        "Version": "2020-12-01",
        "Steps": [{"Name": "stop", "Type": "Fail", "Arguments": {"ErrorMessage": "no"}}],
    }
    sagemaker.create_pipeline(
        PipelineName="counted", PipelineDefinition=json.dumps(definition), RoleArn=role, ClientRequestToken="c" * 32
    )
    sagemaker.start_pipeline_execution(PipelineName="counted", ClientRequestToken="d" * 32)

    def failed():
        now = datetime.now(UTC)
        return cloud.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Sagemaker/ModelBuildingPipeline",
            MetricName="ExecutionFailed",
            Dimensions=[{"Name": "PipelineName", "Value": "counted"}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=7200,
            Statistics=["Sum"],
        )["Datapoints"]

    assert _eventually(failed)[0]["Sum"] == 1
