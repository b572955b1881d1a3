from __future__ import annotations

import dataclasses
import json

import pytest
from mlstack_components.aws.monitor_events import violations_pattern
from mlstack_components.aws.notification_events import event_patterns
from mlstack_components.aws.notifications import Notifications, NotificationsArgs


@pytest.fixture
def args(placement, key_arn, tags) -> NotificationsArgs:
    return NotificationsArgs(
        placement=placement,
        encryption_key_arn=key_arn,
        emails=["ml-team@example.com", "ops@example.com"],
        pipeline_name="weather-dev",
        model_package_group_name="weather-dev",
        endpoint_name="weather-dev",
        tags=tags,
    )


@pytest.fixture
def declare_notifications(declare):
    return lambda args: declare(lambda: Notifications("weather-dev", args).topic_arn)


def test_everyone_is_subscribed(declare_notifications, args):
    declared = declare_notifications(args)
    subscriptions = [each.inputs for each in declared.all("aws:sns/topicSubscription:TopicSubscription")]
    assert {each["endpoint"] for each in subscriptions} == {"ml-team@example.com", "ops@example.com"}
    assert {each["protocol"] for each in subscriptions} == {"email"}
    assert {each["topic"] for each in subscriptions} == {declared.result}


def test_topic_and_queue_are_encrypted(declare_notifications, args, key_arn, tags):
    """CKV_AWS_26, CKV_AWS_27, SNS.1, SQS.1."""
    declared = declare_notifications(args)
    assert declared.one("aws:sns/topic:Topic").inputs == {"kmsMasterKeyId": key_arn, "tags": tags}
    queue = declared.one("aws:sqs/queue:Queue").inputs
    assert queue == {"kmsMasterKeyId": key_arn, "messageRetentionSeconds": 1_209_600, "tags": tags}


@pytest.mark.parametrize(
    ("type_", "actions", "resource"),
    [
        ("aws:sns/topicPolicy:TopicPolicy", ["sns:Publish"], "arn:aws:made:::weather-dev-notifications"),
        ("aws:sqs/queuePolicy:QueuePolicy", ["sqs:*"], "arn:aws:made:::weather-dev-undelivered"),
    ],
)
def test_plain_http_is_refused(declare_notifications, args, type_, actions, resource):
    statements = json.loads(declare_notifications(args).one(type_).inputs["policy"])["Statement"]
    (denied,) = [each for each in statements if each["Effect"] == "Deny"]
    assert denied["Action"] == actions
    assert denied["Resource"] == [resource]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_only_the_projects_rules_may_keep_what_they_could_not_deliver(declare_notifications, args):
    """CKV_AWS_168."""
    declared = declare_notifications(args)
    statements = json.loads(declared.one("aws:sqs/queuePolicy:QueuePolicy").inputs["policy"])["Statement"]
    (allowed,) = [each for each in statements if each["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Action"] == ["sqs:SendMessage"]
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": "111111111111"}
    rules = {f"arn:aws:made:::{each.name}" for each in declared.all("aws:cloudwatch/eventRule:EventRule")}
    assert set(allowed["Condition"]["ArnEquals"]["aws:SourceArn"]) == rules


def test_nobody_but_eventbridge_may_publish_and_without_a_condition(declare_notifications, args):
    """CKV_AWS_169. EventBridge delivers nothing to a topic whose policy has a condition for it."""
    statements = json.loads(declare_notifications(args).one("aws:sns/topicPolicy:TopicPolicy").inputs["policy"])
    (allowed,) = [each for each in statements["Statement"] if each["Effect"] == "Allow"]
    assert allowed == {
        "Sid": "PublishEvents",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": ["sns:Publish"],
        "Resource": ["arn:aws:made:::weather-dev-notifications"],
    }


def test_every_rule_reaches_the_topic_and_keeps_what_it_cant_deliver(declare_notifications, args):
    declared = declare_notifications(args)
    targets = {each.inputs["rule"]: each.inputs for each in declared.all("aws:cloudwatch/eventTarget:EventTarget")}
    assert set(targets) == {each.name for each in declared.all("aws:cloudwatch/eventRule:EventRule")}
    for target in targets.values():
        assert target["arn"] == "arn:aws:made:::weather-dev-notifications"
        assert target["deadLetterConfig"] == {"arn": "arn:aws:made:::weather-dev-undelivered"}


def test_rules_match_this_projects_events_only(args):
    patterns = {name: pattern for name, (_, pattern) in event_patterns(args).items()}
    assert patterns == {
        "pipeline-ended": {
            "source": ["aws.sagemaker"],
            "detail-type": ["SageMaker Model Building Pipeline Execution Status Change"],
            "detail": {
                "pipelineArn": ["arn:aws:sagemaker:eu-west-1:111111111111:pipeline/weather-dev"],
                "currentPipelineExecutionStatus": ["Failed", "Stopped", "Succeeded"],
            },
        },
        "model-version": {
            "source": ["aws.sagemaker"],
            "detail-type": ["SageMaker Model Package State Change"],
            "detail": {"ModelPackageGroupName": ["weather-dev"]},
        },
        "endpoint-changed": {
            "source": ["aws.sagemaker"],
            "detail-type": ["SageMaker Endpoint State Change"],
            "detail": {"EndpointName": ["weather-dev"]},
        },
    }


def test_batches_that_failed_are_told_of(args):
    batches = dataclasses.replace(args, batch_pipeline_name="weather-dev-batch")
    _, pattern = event_patterns(batches)["batch-failed"]
    assert pattern["detail"] == {
        "pipelineArn": ["arn:aws:sagemaker:eu-west-1:111111111111:pipeline/weather-dev-batch"],
        "currentPipelineExecutionStatus": ["Failed", "Stopped"],
    }


@pytest.mark.parametrize(
    ("left_out", "rules"),
    [
        ("pipeline_name", {"model-version", "endpoint-changed"}),
        ("model_package_group_name", {"pipeline-ended", "endpoint-changed"}),
        ("endpoint_name", {"pipeline-ended", "model-version"}),
    ],
)
def test_a_part_that_is_left_out_has_no_rule(declare_notifications, args, left_out, rules):
    declared = declare_notifications(dataclasses.replace(args, **{left_out: None}))
    assert {each.name for each in declared.all("aws:cloudwatch/eventRule:EventRule")} == {
        f"weather-dev-{rule}" for rule in rules
    }


def test_without_rules_nobody_is_allowed_to_send(declare_notifications, args):
    alone = dataclasses.replace(args, pipeline_name=None, model_package_group_name=None, endpoint_name=None)
    declared = declare_notifications(alone)
    for type_ in ("aws:sns/topicPolicy:TopicPolicy", "aws:sqs/queuePolicy:QueuePolicy"):
        statements = json.loads(declared.one(type_).inputs["policy"])["Statement"]
        assert [each["Effect"] for each in statements] == ["Deny"]


def test_alarms_and_budgets_of_this_account_publish_where_there_are_some(declare_notifications, args):
    told = dataclasses.replace(args, alarms_publish=True, budgets_publish=True, anomalies_publish=True)
    policies = [
        json.loads(declare_notifications(each).one("aws:sns/topicPolicy:TopicPolicy").inputs["policy"])["Statement"]
        for each in (args, told)
    ]
    before, after = ({each["Sid"]: each for each in policy} for policy in policies)
    assert {sid: each for sid, each in after.items() if sid in before} == before
    services = {"PublishAlarms": "cloudwatch", "PublishBudgets": "budgets", "PublishAnomalies": "costalerts"}
    sources = {
        "PublishAlarms": "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:*",
        "PublishBudgets": "arn:aws:budgets::111111111111:*",
        "PublishAnomalies": "arn:aws:ce::111111111111:anomalysubscription/*",
    }
    assert after.keys() - before.keys() == services.keys()
    for sid, service in services.items():
        assert after[sid] == {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": ["sns:Publish"],
            "Resource": ["arn:aws:made:::weather-dev-notifications"],
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "111111111111"},
                "ArnLike": {"aws:SourceArn": sources[sid]},
            },
        }


def test_violations_of_monitors_are_told(declare_notifications, args):
    role = "arn:aws:iam::111111111111:role/monitoring"
    declared = declare_notifications(dataclasses.replace(args, monitoring_role_arn=role))
    rule = declared.one("aws:cloudwatch/eventRule:EventRule", "weather-dev-violations")
    assert rule.inputs["eventPattern"] == violations_pattern(role)
    target = declared.one("aws:cloudwatch/eventTarget:EventTarget", "weather-dev-violations-target")
    assert target.inputs["arn"] == declared.result
    names = {each.name for each in declare_notifications(args).all("aws:cloudwatch/eventRule:EventRule")}
    assert "weather-dev-violations" not in names


def test_other_accounts_versions_are_told_of_by_their_own_bus(declare_notifications, args):
    before = declare_notifications(args)
    forwarded = dataclasses.replace(args, forwarded_groups=["weather-lab"], forwarded_bus="weather-dev-registry")
    after = declare_notifications(forwarded)
    for kind in ("eventRule:EventRule", "eventTarget:EventTarget"):
        told = {each.name: each.inputs for each in after.all(f"aws:cloudwatch/{kind}")}
        without = {each.name: each.inputs for each in before.all(f"aws:cloudwatch/{kind}")}
        (added,) = told.keys() - without.keys()
        assert told[added]["eventBusName"] == "weather-dev-registry"
        assert without.items() <= told.items()
        assert not [each for each in without.values() if "eventBusName" in each]
    rule = after.one("aws:cloudwatch/eventRule:EventRule", "weather-dev-forwarded-version").inputs
    assert json.loads(rule["eventPattern"])["detail"] == {"ModelPackageGroupName": ["weather-lab"]}
