from __future__ import annotations

import json

import pytest
from mlstack_components.aws.event_forwarding import EventForwarding, EventForwardingArgs
from mlstack_components.aws.placement import Placement
from mlstack_components.aws.version_events import registry_bus_arn

BUS = "arn:aws:events:eu-west-1:222222222222:event-bus/weather-prod-registry"
LONG = "production-of-the-north"


@pytest.fixture
def declared(declare, placement, key_arn, tags):
    args = EventForwardingArgs(
        placement=placement,
        model_package_group_name="weather-dev",
        receivers={"prod": BUS, LONG: f"{BUS}-2"},
        encryption_key_arn=key_arn,
        permissions_boundary_arn="arn:aws:iam::111111111111:policy/boundary",
        tags=tags,
    )
    return declare(lambda: EventForwarding("weather-dev", args).undelivered_queue_arn)


def test_each_receiver_is_told_of_the_groups_versions_alone(declared, tags):
    assert registry_bus_arn(Placement("222222222222", "eu-west-1"), "weather-prod") == BUS
    rule = declared.one("aws:cloudwatch/eventRule:EventRule", "weather-dev-to-prod").inputs
    assert json.loads(rule["eventPattern"]) == {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Package State Change"],
        "detail": {"ModelPackageGroupName": ["weather-dev"]},
    }
    assert rule["tags"] == tags
    target = declared.one("aws:cloudwatch/eventTarget:EventTarget", "weather-dev-to-prod-target").inputs
    assert target == {
        "rule": "weather-dev-to-prod",
        "arn": BUS,
        "roleArn": "arn:aws:made:::weather-dev-to-prod",
        "deadLetterConfig": {"arn": declared.result},
    }


def test_a_role_may_put_events_on_its_receivers_bus_and_nothing_else(declared, placement):
    """IAM.1, IAM.21, CKV_AWS_60 to 63, 286 to 290, 355."""
    policy = declared.one("aws:iam/rolePolicy:RolePolicy", "weather-dev-to-prod-policy").inputs
    assert policy["role"] == "weather-dev-to-prod"
    (allowed,) = json.loads(policy["policy"])["Statement"]
    assert (allowed["Effect"], allowed["Action"], allowed["Resource"]) == ("Allow", ["events:PutEvents"], [BUS])
    role = declared.one("aws:iam/role:Role", "weather-dev-to-prod").inputs
    assert role["permissionsBoundary"] == "arn:aws:iam::111111111111:policy/boundary"
    (trusted,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trusted["Principal"] == {"Service": "events.amazonaws.com"}
    assert trusted["Condition"] == {
        "StringEquals": {"aws:SourceAccount": placement.account},
        "ArnLike": {"aws:SourceArn": [placement.arn("events", "rule/weather-dev-to-prod-*")]},
    }


def test_what_a_bus_did_not_take_waits_in_an_encrypted_queue(declared, key_arn, placement):
    """CKV_AWS_27, SQS.1."""
    assert declared.one("aws:sqs/queue:Queue").inputs["kmsMasterKeyId"] == key_arn
    statements = json.loads(declared.one("aws:sqs/queuePolicy:QueuePolicy").inputs["policy"])["Statement"]
    (allowed,) = [each for each in statements if each["Effect"] == "Allow"]
    rules = {f"arn:aws:made:::{each.name}" for each in declared.all("aws:cloudwatch/eventRule:EventRule")}
    assert len(rules) == 2
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": placement.account}
    assert set(allowed["Condition"]["ArnEquals"]["aws:SourceArn"]) == rules


def test_names_of_long_receivers_leave_room_for_the_providers_own(declared):
    names = {each.name for each in declared.all("aws:iam/role:Role")} - {"weather-dev-to-prod"}
    (name,) = names
    assert LONG not in name
    assert len(name.removeprefix("weather-dev")) + 40 + 8 <= 64
