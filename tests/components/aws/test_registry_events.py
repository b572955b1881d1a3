from __future__ import annotations

import json

import pytest
from mlstack_components.aws.registry_events import RegistryEvents, RegistryEventsArgs


@pytest.fixture
def declared(declare, placement, tags):
    args = RegistryEventsArgs(placement=placement, owner_accounts=["333333333333", "444444444444"], tags=tags)
    return declare(lambda: RegistryEvents("weather-prod", args).bus_name)


def test_the_bus_has_a_name_that_the_other_account_knows(declared, tags):
    assert declared.result == "weather-prod-registry"
    assert declared.one("aws:cloudwatch/eventBus:EventBus").inputs == {"name": "weather-prod-registry", "tags": tags}


def test_only_the_owners_may_put_events_and_only_of_model_versions(declared, placement):
    """EventBridge.3."""
    policy = declared.one("aws:cloudwatch/eventBusPolicy:EventBusPolicy").inputs
    assert policy["eventBusName"] == "weather-prod-registry"
    (allowed,) = json.loads(policy["policy"])["Statement"]
    assert allowed == {
        "Sid": "OwnersTellOfVersions",
        "Effect": "Allow",
        "Principal": {"AWS": ["arn:aws:iam::333333333333:root", "arn:aws:iam::444444444444:root"]},
        "Action": ["events:PutEvents"],
        "Resource": [placement.arn("events", "event-bus/weather-prod-registry")],
        "Condition": {
            "StringEquals": {
                "events:source": "aws.sagemaker",
                "events:detail-type": "SageMaker Model Package State Change",
            }
        },
    }
