"""Serverless endpoints: a process that is started when it is called, and ended when nobody calls."""

import threading

import pytest
from botocore.exceptions import ClientError
from mlstack_localcloud.server.sagemaker.serving import instance


def processes(cloud):
    return [
        pid for fleet in cloud.sagemaker._rollouts.router.fleets() for pids in fleet.pids().values() for pid in pids
    ]


def test_a_serverless_endpoint_is_described_without_instances(kinds):
    described = kinds.endpoint(kinds.serverless("one"))

    assert described["EndpointStatus"] == "InService", described.get("FailureReason")
    (variant,) = described["ProductionVariants"]
    assert variant["CurrentServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 2}
    assert "CurrentInstanceCount" not in variant


def test_a_process_is_started_by_the_first_call_and_ended_when_nobody_calls(cloud, kinds, jobs, monkeypatch):
    kinds.endpoint(kinds.serverless("one"))
    assert processes(cloud) == []

    first = kinds.call()["pid"]
    assert kinds.call()["pid"] == first
    assert len(processes(cloud)) == 1

    monkeypatch.setattr(instance, "SECONDS_IDLE", 0.2)
    jobs.until(lambda: {"asleep": not processes(cloud)}, "asleep", {True}, 10)
    monkeypatch.undo()
    assert kinds.call()["pid"] != first


def test_what_is_provisioned_stays_awake(cloud, kinds, monkeypatch):
    monkeypatch.setattr(instance, "SECONDS_IDLE", 0.0)
    kinds.endpoint(kinds.serverless("one", ProvisionedConcurrency=1))

    assert len(processes(cloud)) == 1
    assert kinds.call()["pid"] == kinds.call()["pid"]


def test_calls_beyond_the_concurrency_are_throttled(kinds):
    kinds.endpoint(kinds.serverless("one"))
    kinds.call()
    answers, refusals = [], []

    def ask():
        try:
            answers.append(kinds.call("slow"))
        except ClientError as error:
            refusals.append(error.response)

    callers = [threading.Thread(target=ask) for _ in range(5)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    assert (len(answers), len(refusals)) == (2, 3)
    assert {each["Error"]["Code"] for each in refusals} == {"ThrottlingException"}
    assert kinds.call()["model"] == "sun"


def test_a_model_that_cannot_be_loaded_is_found_before_the_first_call(kinds):
    kinds.model("one", script="raise ImportError('nothing here')")
    kinds.config("one", {"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}})

    assert "nothing here" in kinds.endpoint("one")["FailureReason"]


def test_an_update_serves_another_model(kinds):
    kinds.endpoint(kinds.serverless("one"))
    assert kinds.call()["model"] == "sun"
    kinds.sagemaker.update_endpoint(EndpointName="weather", EndpointConfigName=kinds.serverless("two", "rain"))
    kinds.status("InService")

    assert kinds.call()["model"] == "rain"


def test_it_is_there_after_a_restart(cloud, kinds):
    kinds.endpoint(kinds.serverless("one"))
    cloud.restart()

    assert kinds.call()["model"] == "sun"


REFUSED = {
    "MemorySizeInMB": ({"MemorySizeInMB": 1500}, {}, {}, "must be one of 1024, 2048"),
    "provisioned": ({"ProvisionedConcurrency": 3}, {}, {}, "is above its MaxConcurrency"),
    "instances": ({}, {"InstanceType": "ml.m5.large"}, {}, "both ServerlessConfig and InstanceType"),
    "isolation": ({}, {}, {"EnableNetworkIsolation": True}, "does not support network isolation"),
    "network": ({}, {}, {"VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}, "VpcConfig"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_serverless_inference_has_not_is_refused(kinds, why):
    config, variant, model, words = REFUSED[why]
    kinds.model("one", **model)
    with pytest.raises(ClientError, match=f"ValidationException.*{words}"):
        kinds.config("one", {"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 2, **config}, **variant})


def test_calls_are_not_kept(kinds):
    kinds.model("one")
    capture = {
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{kinds.bucket}/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    with pytest.raises(ClientError, match="DataCaptureConfig is not supported"):
        kinds.config(
            "one", {"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 2}}, DataCaptureConfig=capture
        )


def test_no_endpoint_becomes_one_of_another_kind(kinds):
    kinds.model("real")
    kinds.config("real", {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1})
    kinds.endpoint("real")
    for other, words in ((kinds.serverless("less"), "not supported"), (kinds.asynchronous("later"), "cannot be added")):
        with pytest.raises(ClientError, match=f"ValidationException.*{words}"):
            kinds.sagemaker.update_endpoint(EndpointName="weather", EndpointConfigName=other)


def test_capacities_of_a_serverless_endpoint_are_its_own(kinds):
    kinds.endpoint(kinds.serverless("one"))
    wanted = [{"VariantName": "main", "DesiredInstanceCount": 2}]
    with pytest.raises(ClientError, match="not supported for serverless"):
        kinds.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="weather", DesiredWeightsAndCapacities=wanted
        )


def test_a_large_payload_is_refused(kinds):
    kinds.endpoint(kinds.serverless("one"))
    with pytest.raises(ClientError, match="larger than 4 MB"):
        kinds.call("x" * (4 << 20) + "x")
