"""`mlstack invoke` on endpoints of other kinds than real-time ones."""

import json
from types import SimpleNamespace

import pytest
from mlstack.release.live import read_endpoint
from mlstack.release.proof import differences
from mlstack.serving.ask import ModelError, ask
from mlstack.serving.ask_asynchronous import submit, wait
from mlstack.serving.rows import Payload
from mlstack_components.errors import MlstackError


@pytest.fixture
def deployment(cloud, bucket):
    return SimpleNamespace(
        endpoint_name="weather",
        environment="local",
        address="local",
        outputs=SimpleNamespace(data_bucket=bucket),
        session=SimpleNamespace(client=cloud.client),
    )


def test_a_file_is_uploaded_and_its_answer_waited_for(deployment, kinds):
    kinds.endpoint(kinds.asynchronous("one"))
    submitted = submit(deployment, Payload(b"1,2", "text/csv"), "application/json", "rows/sample.csv")
    answer = wait(deployment, submitted)

    assert submitted.input_location.startswith(f"s3://{kinds.bucket}/async/weather/input/")
    assert submitted.input_location.endswith("/sample.csv")
    assert submitted.to_json("weather")["output_location"].startswith(f"s3://{kinds.bucket}/async/weather/output/")
    assert json.loads(answer.body)["data"] == "1,2"
    assert answer.to_json("weather")["predictions"]["model"] == "sun"


def test_a_failure_of_the_model_is_told(deployment, kinds):
    kinds.endpoint(kinds.asynchronous("one"))
    submitted = submit(deployment, Payload(b"x", "image/png"), "application/json", "-")
    with pytest.raises(ModelError, match="cannot read image/png") as told:
        wait(deployment, submitted)
    assert told.value.next_step == "`mlstack logs local --endpoint` shows its log."


def test_nothing_is_left_of_a_call_that_is_refused(deployment, kinds):
    with pytest.raises(MlstackError, match="does not exist yet"):
        submit(deployment, Payload(b"1,2", "text/csv"), "application/json", "sample.csv")
    assert kinds.s3.list_objects_v2(Bucket=kinds.bucket)["KeyCount"] == 0


def test_a_serverless_endpoint_that_is_busy_says_so(deployment, kinds, cloud):
    kinds.endpoint(kinds.serverless("one", MaxConcurrency=1))
    router = cloud.sagemaker._rollouts.router
    with (
        router.admitted("arn:aws:sagemaker:us-east-1:000000000000:endpoint/weather"),
        pytest.raises(MlstackError, match=r"serving\.serverless\.max_concurrency"),
    ):
        ask(deployment, Payload(b"[1]", "application/json"), "application/json")


def test_the_kind_of_an_endpoint_is_read(cloud, kinds):
    kinds.endpoint(kinds.serverless("one"))
    live = read_endpoint(cloud.client("sagemaker"), "weather")

    assert (live.kind, live.instance_count) == ("serverless", None)
    assert (live.variants[0].memory_mb, live.variants[0].max_concurrency) == (2048, 2)
    # A release proves it all the same; the model of this test is of no package.
    assert differences(live, "1") == ("the model one behind it names no model package",)


def test_an_asynchronous_endpoint_without_instances_is_none_too_few(cloud, kinds):
    kinds.endpoint(kinds.asynchronous("one"))
    kinds.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="weather", DesiredWeightsAndCapacities=[{"VariantName": "main", "DesiredInstanceCount": 0}]
    )
    kinds.status("InService")
    live = read_endpoint(cloud.client("sagemaker"), "weather")

    assert (live.kind, live.variants[0].instances) == ("asynchronous", 0)
    assert len(differences(live, "1", least_instances=1, scales=True)) == 1
