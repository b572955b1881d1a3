from __future__ import annotations

import dataclasses
import json

import pytest
from mlstack_components.aws.endpoint_shutdown import EndpointShutdown, EndpointShutdownArgs

KEY = "arn:aws:kms:eu-west-1:111111111111:key/0f0f0f0f"


@pytest.fixture
def args(placement, tags):
    return EndpointShutdownArgs(
        placement=placement,
        endpoint_name="weather-dev",
        schedule="cron(0 20 ? * MON-FRI *)",
        encryption_key_arn=KEY,
        tags=tags,
    )


@pytest.fixture
def declared(declare, args):
    return declare(lambda: EndpointShutdown("weather-dev", args).schedule_arn)


def test_the_schedule_deletes_the_endpoint(declared):
    schedule = declared.one("aws:scheduler/schedule:Schedule").inputs
    assert schedule["scheduleExpression"] == "cron(0 20 ? * MON-FRI *)"
    assert schedule["scheduleExpressionTimezone"] == "UTC"
    assert schedule["flexibleTimeWindow"] == {"mode": "OFF"}
    target = schedule["target"]
    assert target["arn"] == "arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpoint"
    assert json.loads(target["input"]) == {"EndpointName": "weather-dev"}
    assert target["roleArn"] == "arn:aws:made:::weather-dev-shutdown"


def test_a_call_that_failed_is_not_made_again_for_a_day(declared):
    """AWS's default would delete in the morning an endpoint that was being updated in the evening."""
    policy = declared.one("aws:scheduler/schedule:Schedule").inputs["target"]["retryPolicy"]
    assert policy == {"maximumEventAgeInSeconds": 300, "maximumRetryAttempts": 2}


def test_the_schedule_is_encrypted(declared):
    """CKV_AWS_297."""
    assert declared.one("aws:scheduler/schedule:Schedule").inputs["kmsKeyArn"] == KEY


def test_the_role_may_delete_this_endpoint_and_nothing_else(declared):
    statements = json.loads(declared.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])["Statement"]
    assert {action: each["Resource"] for each in statements for action in each["Action"]} == {
        "sagemaker:DeleteEndpoint": ["arn:aws:sagemaker:eu-west-1:111111111111:endpoint/weather-dev"],
        "kms:Decrypt": [KEY],
    }


def test_only_schedules_of_this_account_take_the_role(declared, tags):
    role = declared.one("aws:iam/role:Role").inputs
    (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111111111111"},
        "ArnLike": {"aws:SourceArn": ["arn:aws:scheduler:eu-west-1:111111111111:schedule-group/default"]},
    }
    assert role["tags"] == tags


def test_the_role_keeps_within_a_boundary(declare, args):
    boundary = "arn:aws:iam::111111111111:policy/boundary"
    bounded = dataclasses.replace(args, permissions_boundary_arn=boundary)
    declared = declare(lambda: EndpointShutdown("weather-dev", bounded).role_arn)
    assert declared.one("aws:iam/role:Role").inputs["permissionsBoundary"] == boundary


def test_the_role_has_its_rights_before_the_schedule_fires(declared):
    schedule = declared.one("aws:scheduler/schedule:Schedule")
    assert any("weather-dev-shutdown-policy" in each for each in schedule.dependencies)
