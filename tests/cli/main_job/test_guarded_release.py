"""An endpoint that scales, keeps its calls and gets new models by a canary that an alarm watches: as users run it.

A project of its own, since its first release would take minutes on an endpoint that serves already.
"""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from mlstack.infrastructure.remains import LOOKS, PARTS

from .conftest import Project

SERVING = """\
  instances: {min: 2, max: 4}
  scaling: {invocations_per_instance: 400, schedules: [{cron: "0 8 * * MON-FRI", min: 3, max: 4}]}
  rollout: {kind: canary, step_percent: 25, wait_minutes: 1, rollback_alarms: [storm-errors]}
  capture_percent: 100
"""
ENDPOINT = "storm-local"
SCALED = f"endpoint/{ENDPOINT}/variant/AllTraffic"


@pytest.fixture(scope="module")
def storm(machine: Project) -> Iterator[Project]:
    storm = machine.project("storm")
    file = storm.directory / "mlstack.yaml"
    text = file.read_text()
    assert "  instances: {min: 1}\n" in text
    file.write_text(text.replace("  instances: {min: 1}\n", SERVING))
    storm.mlstack("up", "local")
    storm.client("cloudwatch").put_metric_alarm(
        AlarmName="storm-errors",
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    yield storm
    assert storm.json("destroy", "local", "--yes", "--delete-data")["left"] == []
    assert not _targets(storm)


@pytest.fixture(scope="module")
def served(storm: Project) -> Any:
    """Version 1, released."""
    assert not _targets(storm)
    _train(storm)
    return storm.json("release", "local")


def _targets(project: Project) -> list[Any]:
    scaling = project.client("application-autoscaling")
    found = scaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[SCALED])["ScalableTargets"]
    return list(found)


def _train(project: Project) -> int:
    version = int(project.json("run", "local")["model"]["version"])
    project.mlstack("models", "approve", str(version))
    return version


def _describe(project: Project) -> Any:
    return project.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT)


def _wait(project: Project, what: Any) -> Any:
    deadline = time.monotonic() + 120
    while not what(described := _describe(project)):
        assert time.monotonic() < deadline, described
        time.sleep(0.1)
    return described


def _bakes(described: Any) -> bool:
    pending = described.get("PendingDeploymentSummary", {}).get("ProductionVariants") or [{}]
    return any(each["Status"] == "Baking" for each in pending[0].get("VariantStatus", []))


def test_the_first_release_brings_scaling_with_the_endpoint(storm: Project, served: Any) -> None:
    assert served["endpoint"]["instances"] == 2
    (target,) = _targets(storm)
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 4)
    scaling = storm.client("application-autoscaling")
    key = {"ServiceNamespace": "sagemaker", "ResourceId": SCALED}
    (policy,) = scaling.describe_scaling_policies(**key)["ScalingPolicies"]
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 400
    (action,) = scaling.describe_scheduled_actions(**key)["ScheduledActions"]
    assert action["Schedule"] == "cron(0 8 ? * MON-FRI *)"
    assert storm.json("up", "local")["changes"] == []
    kinds = {"Target", "Policy", "ScheduledAction"}
    tokens = {f"aws:appautoscaling/{kind[0].lower()}{kind[1:]}:{kind}" for kind in kinds}
    assert tokens <= LOOKS.keys() | PARTS, "what is left of them is looked for"


@pytest.mark.usefixtures("served")
def test_a_range_that_a_schedule_set_stays(storm: Project) -> None:
    key = {"ServiceNamespace": "sagemaker", "ResourceId": SCALED}
    dimension = {"ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}
    storm.client("application-autoscaling").register_scalable_target(**key, **dimension, MinCapacity=3, MaxCapacity=4)
    storm.mlstack("up", "local", "--refresh")
    assert [target["MinCapacity"] for target in _targets(storm)] == [3]


@pytest.mark.usefixtures("served")
def test_calls_are_kept_in_the_data_bucket(storm: Project) -> None:
    storm.mlstack("invoke", "local", "--file", "sample.csv")
    s3, bucket = storm.client("s3"), storm.json("up", "local")["outputs"]["data_bucket"]
    deadline = time.monotonic() + 20
    while not (found := s3.list_objects_v2(Bucket=bucket, Prefix=f"capture/{ENDPOINT}/AllTraffic/").get("Contents")):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    line = json.loads(s3.get_object(Bucket=bucket, Key=found[0]["Key"])["Body"].read().splitlines()[0])
    given = line["captureData"]["endpointInput"]
    assert (given["encoding"], given["data"]) == ("CSV", (storm.directory / "sample.csv").read_text())


def test_an_alarm_during_the_canary_undoes_the_release(storm: Project, served: Any) -> None:
    sagemaker, alarms = storm.client("sagemaker"), storm.client("cloudwatch")
    # As the scaling of the cloud does under load.
    wanted = {"VariantName": "AllTraffic", "DesiredInstanceCount": 3}
    sagemaker.update_endpoint_weights_and_capacities(EndpointName=ENDPOINT, DesiredWeightsAndCapacities=[wanted])
    _wait(storm, lambda described: described["EndpointStatus"] == "InService")
    alarms.set_alarm_state(AlarmName="storm-errors", StateValue="OK", StateReason="test")
    second = _train(storm)
    failures: list[Exception] = []
    done = threading.Event()
    load = threading.Thread(target=_call, args=(storm, failures, done))
    load.start()
    release = storm.start("release", "local", "--json")
    described = _wait(storm, _bakes)
    # No release scales a busy endpoint down.
    pending = described["PendingDeploymentSummary"]
    assert pending["ProductionVariants"][0]["DesiredInstanceCount"] == 3
    assert pending["ProductionVariants"][0]["CurrentWeight"] == pytest.approx(0.25)
    alarms.set_alarm_state(AlarmName="storm-errors", StateValue="ALARM", StateReason="test")
    said, _ = release.communicate(timeout=180)
    done.set()
    load.join()
    assert release.returncode == 1
    error = json.loads(said)["error"]
    assert error["code"] == "release-failed"
    assert f"does not serve model version {second}: it serves model version 1" in error["message"]
    assert "went into the ALARM state" in error["message"]
    assert failures == []
    status = storm.json("status", "local")
    assert status["released"] == served["model_package_arn"]
    assert status["differences"] == []
    assert _describe(storm)["ProductionVariants"][0]["DesiredInstanceCount"] == 3
    assert storm.json("up", "local")["changes"] == []


def _call(project: Project, failures: list[Exception], done: threading.Event) -> None:
    runtime, body = project.client("sagemaker-runtime"), (project.directory / "sample.csv").read_bytes()
    while not done.is_set():
        try:
            runtime.invoke_endpoint(EndpointName=ENDPOINT, ContentType="text/csv", Body=body)
        except Exception as error:  # every failure is one
            failures.append(error)
