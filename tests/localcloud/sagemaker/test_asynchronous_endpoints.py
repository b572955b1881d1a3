"""Asynchronous endpoints: calls wait, are worked off by the model, and their answers lie in S3."""

import json
import time
import uuid
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from mlstack_localcloud.server.sagemaker.serving.asynchronous import request

SNS_KEYS = {"awsRegion", "eventName", "eventSource", "eventTime", "eventVersion", "inferenceId", "invocationStatus"}


@pytest.fixture
def topic(cloud):
    """A topic, and what reaches it."""
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    name = f"answers-{uuid.uuid4()}"
    arn = sns.create_topic(Name=name)["TopicArn"]
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue)

    def received(seconds=10):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                return json.loads(json.loads(message["Body"])["Message"])
        return None

    return arn, received


def test_an_answer_is_written_to_s3(kinds):
    described = kinds.endpoint(kinds.asynchronous("one"))
    assert described["AsyncInferenceConfig"]["OutputConfig"]["S3OutputPath"].endswith("/output")
    answer = kinds.submit("[1, 2]", InferenceId="mine")

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert answer["InferenceId"] == "mine"
    assert answer["OutputLocation"].startswith(f"s3://{kinds.bucket}/async/weather/output/")
    assert answer["FailureLocation"].startswith(f"s3://{kinds.bucket}/async/weather/failures/")
    found = json.loads(kinds.read(answer["OutputLocation"]))
    assert (found["model"], found["data"]) == ("sun", "[1, 2]")
    assert kinds.object(answer["OutputLocation"])["ContentType"] == "application/json"
    assert kinds.object(answer["FailureLocation"]) is None


def test_an_input_may_come_with_the_call_and_its_answer_be_named(kinds):
    kinds.endpoint(kinds.asynchronous("one"))
    answer = kinds.runtime.invoke_endpoint_async(
        EndpointName="weather",
        Body=b"[3]",
        ContentType="application/json",
        S3OutputPathExtension="monday",
        Filename="rows.json",
    )

    assert answer["OutputLocation"] == f"s3://{kinds.bucket}/async/weather/output/monday/rows.json"
    assert json.loads(kinds.read(answer["OutputLocation"]))["data"] == "[3]"


def test_a_failure_is_written_and_told(kinds, topic):
    arn, received = topic
    kinds.endpoint(kinds.asynchronous("one", NotificationConfig={"ErrorTopic": arn}))
    answer = kinds.submit(ContentType="image/png")

    assert "cannot read image/png" in kinds.read(answer["FailureLocation"])
    assert kinds.object(answer["OutputLocation"]) is None
    message = received()
    assert message["invocationStatus"] == "Failed"
    assert "Received server error (500) from model" in message["failureReason"]
    assert message["requestParameters"]["inputLocation"].startswith(f"s3://{kinds.bucket}/async/weather/input/")


def test_an_answer_is_told(kinds, topic):
    arn, received = topic
    include = ["SUCCESS_NOTIFICATION_TOPIC"]
    config = {"SuccessTopic": arn, "ErrorTopic": arn, "IncludeInferenceResponseIn": include}
    kinds.endpoint(kinds.asynchronous("one", NotificationConfig=config))
    answer = kinds.submit()

    message = received()
    assert message.keys() >= SNS_KEYS
    assert message["invocationStatus"] == "Completed"
    assert message["inferenceId"] == answer["InferenceId"]
    assert message["responseParameters"]["outputLocation"] == answer["OutputLocation"]
    assert json.loads(message["responseBody"]["content"])["model"] == "sun"


def test_an_input_that_is_not_there_is_a_failure(kinds):
    kinds.endpoint(kinds.asynchronous("one"))
    answer = kinds.runtime.invoke_endpoint_async(EndpointName="weather", InputLocation=f"s3://{kinds.bucket}/nothing")

    assert "ClientError: Data download failed" in kinds.read(answer["FailureLocation"])


def test_a_call_that_ends_its_container_is_given_up(kinds):
    kinds.endpoint(kinds.asynchronous("one"))
    crashed, after = kinds.submit('"crash"'), kinds.submit("[2]")

    assert "The container ended" in kinds.read(crashed["FailureLocation"], seconds=40)
    assert json.loads(kinds.read(after["OutputLocation"]))["data"] == "[2]"


def test_a_model_that_takes_too_long_is_a_failure(kinds):
    kinds.endpoint(kinds.asynchronous("one"))
    answer = kinds.submit('"slow"', InvocationTimeoutSeconds=1)

    assert "took longer than 1 seconds" in kinds.read(answer["FailureLocation"])


def scale(kinds, count):
    kinds.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="weather", DesiredWeightsAndCapacities=[{"VariantName": "main", "DesiredInstanceCount": count}]
    )
    return kinds.status("InService")


def test_calls_wait_while_there_is_no_instance(cloud, kinds):
    kinds.endpoint(kinds.asynchronous("one"))
    assert scale(kinds, 0)["ProductionVariants"][0]["CurrentInstanceCount"] == 0
    answers = [kinds.submit(f"[{number}]", Filename=f"{number}.out") for number in range(3)]
    time.sleep(1)
    assert kinds.object(answers[0]["OutputLocation"]) is None
    gauges = {name: value for _, name, value, _ in cloud.sagemaker._queues.gauges()}
    assert gauges["ApproximateBacklogSize"] == gauges["ApproximateBacklogSizePerInstance"] == 3
    assert gauges["HasBacklogWithoutCapacity"] == 1
    assert gauges["ApproximateAgeOfOldestRequest"] > 0.5

    scale(kinds, 1)
    assert [json.loads(kinds.read(answer["OutputLocation"]))["model"] for answer in answers] == ["sun"] * 3
    gauges = {name: value for _, name, value, _ in cloud.sagemaker._queues.gauges()}
    assert gauges["HasBacklogWithoutCapacity"] == gauges["ApproximateBacklogSize"] == 0


def test_the_backlog_is_published(cloud, kinds):
    kinds.endpoint(kinds.asynchronous("one"))
    cloud.sagemaker._metrics.publish()
    metrics = cloud.client("cloudwatch").list_metrics(Namespace="AWS/SageMaker")["Metrics"]
    of_endpoint = [{"Name": "EndpointName", "Value": "weather"}]

    assert {"ApproximateBacklogSize", "ApproximateBacklogSizePerInstance", "HasBacklogWithoutCapacity"} <= {
        metric["MetricName"] for metric in metrics if metric["Dimensions"] == of_endpoint
    }


def test_no_call_is_lost_by_a_restart(cloud, kinds):
    kinds.endpoint(kinds.asynchronous("one"))
    answers = [kinds.submit(f'"slow {number}"', Filename=f"{number}.out") for number in range(3)]
    kinds.jobs.until(lambda: {"first": kinds.object(answers[0]["OutputLocation"]) is not None}, "first", {True}, 20)
    cloud.restart()

    found = [kinds.read(answer["OutputLocation"]) for answer in answers]
    assert all("slow" in text for text in found)


def test_a_call_that_waits_too_long_expires(kinds, monkeypatch):
    kinds.endpoint(kinds.asynchronous("one"))
    scale(kinds, 0)
    answer = kinds.submit(RequestTTLSeconds=60)
    monkeypatch.setattr(request, "time", SimpleNamespace(time=lambda: time.time() + 61))

    assert "longer than its 60 seconds to live" in kinds.read(answer["FailureLocation"])


def test_an_update_takes_the_queue_along(kinds):
    kinds.endpoint(kinds.asynchronous("one"))
    kinds.sagemaker.update_endpoint(EndpointName="weather", EndpointConfigName=kinds.asynchronous("two", "rain"))
    answer = kinds.submit('"slow"')
    kinds.status("InService")

    assert json.loads(kinds.read(answer["OutputLocation"]))["model"] in {"sun", "rain"}
    assert json.loads(kinds.read(kinds.submit()["OutputLocation"]))["model"] == "rain"


def test_the_calls_of_an_endpoint_go_with_it(cloud, kinds):
    kinds.endpoint(kinds.asynchronous("one"))
    scale(kinds, 0)
    kinds.submit()
    kinds.sagemaker.delete_endpoint(EndpointName="weather")
    queue = cloud.sagemaker._store

    kinds.jobs.until(lambda: {"left": len(queue.everywhere("async-inference"))}, "left", {0}, 20)


REFUSED = {
    "both": ({"Body": b"[1]"}, "exactly one of Body and InputLocation"),
    "large": ({"Body": b"x" * 128_001, "InputLocation": None}, "larger than 128000 bytes"),
    "seconds": ({"InvocationTimeoutSeconds": 4000}, "less than or equal to 3600"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_wrong_is_refused(kinds, why):
    kinds.endpoint(kinds.asynchronous("one"))
    given, words = REFUSED[why]
    asked = {"EndpointName": "weather", "InputLocation": f"s3://{kinds.bucket}/x", **given}
    asked = {name: value for name, value in asked.items() if value is not None}
    with pytest.raises(ClientError, match=words) as refused:
        kinds.runtime.invoke_endpoint_async(**asked)
    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_each_kind_has_its_own_call(kinds):
    with pytest.raises(ClientError, match="Endpoint weather of account 000000000000 not found"):
        kinds.submit()
    kinds.endpoint(kinds.asynchronous("one"))
    with pytest.raises(ClientError, match="call InvokeEndpointAsync"):
        kinds.call()


def test_a_real_time_endpoint_has_no_queue_and_an_instance(kinds):
    kinds.model("one")
    kinds.config("one", {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1})
    kinds.endpoint("one")
    with pytest.raises(ClientError, match="has no AsyncInferenceConfig"):
        kinds.submit()
    with pytest.raises(ClientError, match="Only asynchronous endpoints"):
        scale(kinds, 0)


def test_no_update_takes_the_queue_away(kinds):
    kinds.endpoint(kinds.asynchronous("one"))
    kinds.model("two")
    kinds.config("two", {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1})
    with pytest.raises(ClientError, match="AsyncInferenceConfig parameter cannot be removed from this endpoint"):
        kinds.sagemaker.update_endpoint(EndpointName="weather", EndpointConfigName="two")
