"""Rules start pipelines: on a schedule, and for new objects of a bucket, with the rights of their role alone."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from mlstack_localcloud.server.event_input import with_paths_followed
from mlstack_localcloud.server.rule_schedules import RuleSchedules

SIX = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
SEVEN = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
QUEUE = "arn:aws:sqs:us-east-1:000000000000:scheduled"
PIPELINE = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/scores"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture
def clock(cloud):
    """Fires what is scheduled at a time."""
    return RuleSchedules(cloud.events._bus)


@pytest.fixture
def rule(cloud):
    """Makes a rule; it is gone afterwards."""
    events = cloud.client("events")

    def make(target, **options):
        arn = events.put_rule(Name="scheduled", **options)["RuleArn"]
        events.put_targets(Rule="scheduled", Targets=[{"Id": "target", **target}])
        return arn

    yield make
    events.remove_targets(Rule="scheduled", Ids=["target"])
    events.delete_rule(Name="scheduled")


@pytest.fixture
def queue(cloud):
    """What reaches a queue that a rule may send to."""
    queues = cloud.client("sqs")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": QUEUE,
    }
    url = queues.create_queue(QueueName="scheduled", Attributes={"Policy": policy(statement)})["QueueUrl"]

    def received():
        messages = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(each["Body"]) for each in messages]

    yield received
    queues.delete_queue(QueueUrl=url)


@pytest.fixture
def start_role(cloud):
    """A role of EventBridge's that may start one pipeline, or another one."""
    iam = cloud.client("iam")

    def make(pipeline=PIPELINE):
        name = f"start-{uuid.uuid4().hex[:8]}"
        trust = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}
        allowed = {"Effect": "Allow", "Action": "sagemaker:StartPipelineExecution", "Resource": pipeline}
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="start", PolicyDocument=policy(allowed))
        return arn

    return make


@pytest.fixture
def executions(cloud, role):
    """The parameters of each execution of the pipeline, which fails at once."""
    sagemaker = cloud.client("sagemaker")
    step = {"Name": "stop", "Type": "Fail", "Arguments": {"ErrorMessage": "that is all"}}
    parameters = [{"Name": name, "Type": "String", "DefaultValue": "all"} for name in ("InputBucket", "InputKey")]
    definition = {"Version": "2020-12-01", "Metadata": {}, "Parameters": parameters, "Steps": [step]}
    sagemaker.create_pipeline(
        PipelineName="scores", PipelineDefinition=json.dumps(definition), ClientRequestToken="t" * 32, RoleArn=role
    )

    def started():
        found = sagemaker.list_pipeline_executions(PipelineName="scores")["PipelineExecutionSummaries"]
        given = [
            sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=each["PipelineExecutionArn"])
            for each in found
        ]
        return [{each["Name"]: each["Value"] for each in answer["PipelineParameters"]} for answer in given]

    return started


def test_a_rule_fires_in_its_minute(clock, rule, queue):
    rule({"Arn": QUEUE}, ScheduleExpression="cron(0 6 * * ? *)")
    clock.fire(SEVEN)
    assert queue() == []
    clock.fire(SIX)
    (event,) = queue()
    assert event.pop("id")
    assert event == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": "2026-11-25T06:00:00Z",
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:000000000000:rule/scheduled"],
        "detail": {},
    }


def test_a_disabled_rule_and_one_that_is_no_schedule_never_fire(clock, rule, queue, caplog):
    rule({"Arn": QUEUE}, ScheduleExpression="cron(0 6 * * ? *)", State="DISABLED")
    clock.fire(SIX)
    rule({"Arn": QUEUE}, ScheduleExpression="cron(0 6 * * *)", State="ENABLED")
    clock.fire(SIX)
    clock.fire(SIX)
    assert queue() == []
    assert len([each for each in caplog.records if "never fires" in each.getMessage()]) == 1


def test_a_schedule_starts_a_pipeline_as_its_role(clock, rule, start_role, executions):
    rule({"Arn": PIPELINE, "RoleArn": start_role()}, ScheduleExpression="rate(1 hour)")
    clock.fire(SIX)
    assert executions() == [{"InputBucket": "all", "InputKey": "all"}]


def test_a_role_that_may_not_starts_nothing(clock, rule, start_role, executions, caplog):
    rule({"Arn": PIPELINE, "RoleArn": start_role(f"{PIPELINE}-other")}, ScheduleExpression="rate(1 hour)")
    clock.fire(SIX)
    assert executions() == []
    assert any("AccessDenied" in each.getMessage() for each in caplog.records)


def test_a_new_object_starts_a_pipeline_with_its_own_name(cloud, rule, start_role, executions, jobs):
    s3, bucket = cloud.client("s3"), f"new-{uuid.uuid4()}"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}})
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [bucket]}, "object": {"key": [{"prefix": "incoming/"}]}},
    }
    paths = {"InputBucket": "$.detail.bucket.name", "InputKey": "$.detail.object.key"}
    parameters = [{"Name": name, "Value": value} for name, value in paths.items()]
    target = {"Arn": PIPELINE, "RoleArn": start_role()}
    rule(
        {**target, "SageMakerPipelineParameters": {"PipelineParameterList": parameters}},
        EventPattern=json.dumps(pattern),
    )
    s3.put_object(Bucket=bucket, Key="elsewhere/a.csv", Body=b"1\n")
    s3.put_object(Bucket=bucket, Key="incoming/a b.csv", Body=b"1\n")
    found = jobs.until(lambda: {"started": bool(started := executions()), "all": started}, "started", {True}, 10)
    assert found["all"] == [{"InputBucket": bucket, "InputKey": "incoming/a b.csv"}]


def test_the_clock_fires_each_minute_once(cloud, monkeypatch):
    fired = []
    clock = RuleSchedules(cloud.events._bus)
    monkeypatch.setattr(clock, "fire", fired.append)
    for now in (59.0, 59.5, 60.2, 61.0, 119.9, 120.0, 120.5, 70.0, 130.0):
        clock.look(now)
    assert [moment.strftime("%H:%M") for moment in fired] == ["00:01", "00:02"]


def test_parameters_of_pipelines_are_paths_into_the_event():
    parameters = [{"Name": "InputKey", "Value": "$.detail.object.key"}, {"Name": "Fixed", "Value": "in/"}]
    target = {"Arn": "arn", "SageMakerPipelineParameters": {"PipelineParameterList": parameters}}
    event = {"detail": {"object": {"key": "in/a.csv"}}}
    followed = with_paths_followed(target, event)["SageMakerPipelineParameters"]["PipelineParameterList"]
    assert followed == [{"Name": "InputKey", "Value": "in/a.csv"}, {"Name": "Fixed", "Value": "in/"}]
    assert with_paths_followed({"Arn": "arn"}, event) == {"Arn": "arn"}
