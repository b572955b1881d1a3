"""Updates shift the traffic step by step, bake, and go back when an alarm trips; no call fails during any of it."""
# ruff: noqa: PLR0917 - fixtures are arguments

import time

import pytest
from botocore.exceptions import ClientError
from mlstack_localcloud.server.sagemaker.errors import ServiceError
from mlstack_localcloud.server.sagemaker.serving.traffic import TrafficPlan


def deployment(kind, wait=1, percent=None, alarm=None, termination=0):
    member = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}.get(kind)
    size = {} if percent is None else {member: {"Type": "CAPACITY_PERCENT", "Value": percent}}
    policy = {
        "TrafficRoutingConfiguration": {"Type": kind, "WaitIntervalInSeconds": wait, **size},
        "TerminationWaitInSeconds": termination,
    }
    config = {"BlueGreenUpdatePolicy": policy}
    return config if alarm is None else {**config, "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": alarm}]}}


@pytest.fixture
def alarm(cloud):
    """Make an alarm; return what sets its state."""
    client = cloud.client("cloudwatch")

    def set_state(state):
        client.set_alarm_state(AlarmName="errors", StateValue=state, StateReason="test")

    client.put_metric_alarm(
        AlarmName="errors",
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    set_state("OK")
    yield set_state
    client.delete_alarms(AlarmNames=["errors"])


@pytest.fixture
def served(weather):
    weather.create(weather.configure("one", "sun", instances=2))
    return weather


def _share(described):
    """The status and the weight of the variant that is coming."""
    (variant,) = described["PendingDeploymentSummary"].get("ProductionVariants") or [None]
    return None if variant is None else (variant["VariantStatus"][0]["Status"], round(variant["CurrentWeight"], 2))


def _stages(weather, until="InService"):
    stages = []
    while (described := weather.describe())["EndpointStatus"] != until:
        stage = _share(described)
        if stage is not None and stage not in stages:
            stages.append(stage)
        time.sleep(0.02)
    return stages, described


def test_a_canary_gets_its_share_bakes_and_then_gets_all(served):
    second = served.configure("two", "rain", instances=2)
    with served.load() as answers:
        served.update(second, deployment("CANARY", wait=2, percent=25))
        while _share(served.describe()) != ("Baking", 0.25):
            time.sleep(0.02)
        answers.clear()
        time.sleep(1.0)
        canary = list(answers)
        stages, described = _stages(served)
        assert described["EndpointConfigName"] == "two"
        answers.clear()
        time.sleep(0.3)
        assert set(answers) == {"rain"}
    assert 0.1 < canary.count("rain") / len(canary) < 0.4
    assert [stage for stage in stages if stage[0] == "Baking"] == [("Baking", 0.25), ("Baking", 1.0)]
    assert "PendingDeploymentSummary" not in described
    assert "FailureReason" not in described


def test_linear_goes_in_equal_steps_with_a_wait_after_each(served):
    second = served.configure("two", "rain", instances=2)
    with served.load():
        began = time.monotonic()
        served.update(second, deployment("LINEAR", wait=1, percent=40))
        stages, described = _stages(served)
    assert [share for stage, share in stages if stage == "Baking"] == [0.4, 0.8, 1.0]
    assert time.monotonic() - began > 3.0
    assert described["EndpointConfigName"] == "two"


@pytest.mark.parametrize(("kind", "percent"), [("CANARY", 10), ("ALL_AT_ONCE", None)])
def test_an_alarm_while_it_bakes_brings_the_old_fleet_back(served, cloud, alarm, jobs, kind, percent):
    second = served.configure("two", "rain", instances=2)
    with served.load() as answers:
        served.update(second, deployment(kind, wait=60, percent=percent, alarm="errors"))
        while (_share(served.describe()) or ("",))[0] != "Baking":
            time.sleep(0.02)
        time.sleep(0.5)
        assert served.describe()["EndpointStatus"] == "Updating"
        alarm("ALARM")
        described = served.status("InService", seconds=10)
        answers.clear()
        time.sleep(0.3)
        assert set(answers) == {"sun"}
    assert described["EndpointConfigName"] == "one"
    assert "alarms went into the ALARM state while the new fleet was baking: errors" in described["FailureReason"]
    assert "PendingDeploymentSummary" not in described
    events = [e["detail"]["EndpointStatus"] for e in cloud.events.of("SageMaker Endpoint State Change")]
    assert events[-3:] == ["UPDATING", "ROLLING_BACK", "IN_SERVICE"]
    folder = cloud.home.endpoints / "us-east-1" / "weather"
    jobs.until(lambda: {"count": len(list(folder.iterdir()))}, "count", {1})


def test_an_alarm_that_is_over_before_anyone_looks_counts(served, alarm):
    second = served.configure("two", "rain", instances=2)
    alarm("ALARM")
    alarm("OK")  # what was over before the new fleet baked does not
    served.update(second, deployment("ALL_AT_ONCE", wait=60, alarm="errors"))
    while (_share(served.describe()) or ("",))[0] != "Baking":
        time.sleep(0.02)
    time.sleep(0.5)
    assert served.describe()["EndpointStatus"] == "Updating"
    alarm("ALARM")
    alarm("OK")
    assert served.status("InService", seconds=10)["EndpointConfigName"] == "one"


def test_the_old_fleet_stays_for_the_termination_wait(served):
    began = time.monotonic()
    served.update(served.configure("two", "rain", instances=2), deployment("ALL_AT_ONCE", wait=0, termination=2))
    stages, _ = _stages(served)
    assert time.monotonic() - began > 2.0
    assert stages[-1] == ("ActivatingTraffic", 1.0)


def test_a_canary_is_taken_up_again_after_a_restart(served, cloud):
    served.update(served.configure("two", "rain", instances=2), deployment("CANARY", wait=2, percent=50))
    while (_share(served.describe()) or ("",))[0] != "Baking":
        time.sleep(0.02)
    cloud.restart()
    stages, described = _stages(served)
    assert ("Baking", 0.5) in stages
    assert described["EndpointConfigName"] == "two"
    assert served.ask() == "rain"


def test_the_deployment_config_is_told_and_can_be_retained(served):
    config = deployment("CANARY", wait=0, percent=50)
    served.update(served.configure("two", "rain", instances=2), config)
    assert served.status("InService")["LastDeploymentConfig"] == config
    served.update("one", RetainDeploymentConfig=True)
    stages, _ = _stages(served)
    assert stages


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (deployment("CANARY", percent=60), "CanarySize must be at most 50%"),
        (deployment("LINEAR", percent=9), "LinearStepSize must be at least 10%"),
        (deployment("LINEAR"), "LinearStepSize is required"),
        ({"RollingUpdatePolicy": {"MaximumBatchSize": {}}}, "does not support RollingUpdatePolicy"),
    ],
)
def test_what_sagemaker_does_not_allow_is_refused(config, message):
    with pytest.raises(ServiceError, match=message):
        TrafficPlan.of(config, 2)


def test_no_part_of_a_single_instance_can_be_a_canary(weather):
    weather.create(weather.configure("one"))
    with pytest.raises(ClientError, match="which is 1"):
        weather.update("one", deployment("CANARY", percent=10))
    assert weather.describe()["EndpointStatus"] == "InService"


@pytest.mark.parametrize(
    ("kind", "size", "shares"),
    [
        ("CANARY", {"Type": "INSTANCE_COUNT", "Value": 1}, (0.25, 1.0)),
        ("LINEAR", {"Type": "CAPACITY_PERCENT", "Value": 30}, (0.3, 0.6, 0.9, 1.0)),
        ("LINEAR", {"Type": "INSTANCE_COUNT", "Value": 2}, (0.5, 1.0)),
    ],
)
def test_the_shares_follow_from_the_step(kind, size, shares):
    member = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}[kind]
    routing = {"Type": kind, "WaitIntervalInSeconds": 0, member: size}
    plan = TrafficPlan.of({"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}}, 4)
    assert plan.shares == pytest.approx(shares)


def test_a_scaled_variant_gets_another_model_but_no_other_instance_type(weather, cloud):
    weather.create(weather.configure("one"))
    scaling = cloud.client("application-autoscaling")
    key = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/weather/variant/main",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    scaling.register_scalable_target(**key, MinCapacity=1, MaxCapacity=2)
    larger = weather.configure("larger", "rain", instance_type="ml.m5.xlarge")
    with pytest.raises(ClientError, match="main are registered for automatic scaling"):
        weather.update(larger)
    weather.update(weather.configure("two", "rain"))
    assert weather.status("InService")["EndpointConfigName"] == "two"
    scaling.deregister_scalable_target(**key)
    weather.update(larger)
    assert weather.status("InService")["EndpointConfigName"] == "larger"
