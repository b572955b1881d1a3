"""What happens to a version in one account reaches a rule of another, by the policies that the components write."""

import json
import uuid

import pytest
from mlstack_components.aws.policies import trust_policy
from mlstack_components.aws.release_events import staged_pattern
from mlstack_components.aws.version_events import (
    forwarding_policy,
    registry_bus_arn,
    registry_bus_name,
    registry_bus_policy,
    versions_pattern,
)

from .test_shared_registry import CONSUMER, REGISTRY, Account


class Forwarding:
    """A registry that forwards its events, a queue in the other account that hears of them, and one of lost ones."""

    def __init__(self, local_cloud):
        self.registry, self.consumer = Account(local_cloud, REGISTRY), Account(local_cloud, CONSUMER)
        self.name = f"forwarded-{uuid.uuid4().hex[:8]}"
        self.bus = registry_bus_arn(self.consumer.placement, self.name)
        self.heard, self.lost = self._queue(self.consumer), self._queue(self.registry)
        self.pattern = versions_pattern([self.name])
        self._listen()
        self._forward()
        self.registry.client("sagemaker").create_model_package_group(ModelPackageGroupName=self.name)

    def let_in(self, account):
        policy = registry_bus_policy(self.bus, self.consumer.placement, [account])
        self.consumer.client("events").put_permission(EventBusName=registry_bus_name(self.name), Policy=policy)

    def approved(self):
        """A version that is registered and approved."""
        sagemaker = self.registry.client("sagemaker")
        arn = sagemaker.create_model_package(
            ModelPackageGroupName=self.name,
            ModelApprovalStatus="PendingManualApproval",
            InferenceSpecification={"Containers": [{"Image": "image"}], "SupportedContentTypes": ["text/csv"]},
        )["ModelPackageArn"]
        sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
        return arn

    def received(self, account, url):
        """All messages of a queue; what was published has been delivered by now."""
        found, sqs = [], account.client("sqs")
        while more := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get(
            "Messages"
        ):
            found += more
            for each in more:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return found

    def _queue_arn(self, account):
        return account.placement.arn("sqs", self.name)

    def _queue(self, account):
        sqs = account.client("sqs")
        allowed = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": self._queue_arn(account),
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        return sqs.create_queue(QueueName=self.name, Attributes={"Policy": policy})["QueueUrl"]

    def _listen(self):
        events, bus = self.consumer.client("events"), registry_bus_name(self.name)
        events.create_event_bus(Name=bus)
        events.put_rule(Name=self.name, EventBusName=bus, EventPattern=self.pattern)
        target = {"Id": "0", "Arn": self._queue_arn(self.consumer)}
        events.put_targets(Rule=self.name, EventBusName=bus, Targets=[target])

    def _forward(self):
        iam, placement = self.registry.client("iam"), self.registry.placement
        trust = trust_policy(placement, "events", [placement.arn("events", f"rule/{self.name}*")])
        role = iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        iam.put_role_policy(RoleName=self.name, PolicyName="p", PolicyDocument=forwarding_policy(self.bus))
        events = self.registry.client("events")
        events.put_rule(Name=self.name, EventPattern=self.pattern)
        dead = {"Arn": self._queue_arn(self.registry)}
        target = {"Id": "0", "Arn": self.bus, "RoleArn": role, "DeadLetterConfig": dead}
        events.put_targets(Rule=self.name, Targets=[target])


@pytest.fixture
def forwarding(local_cloud):
    return Forwarding(local_cloud)


def test_an_approval_in_one_account_is_heard_of_in_the_other(forwarding):
    forwarding.let_in(REGISTRY)
    arn = forwarding.approved()
    events = [json.loads(each["Body"]) for each in forwarding.received(forwarding.consumer, forwarding.heard)]
    assert {(each["account"], each["detail"]["ModelPackageArn"]) for each in events} == {(REGISTRY, arn)}
    assert "Approved" in {each["detail"]["ModelApprovalStatus"] for each in events}
    assert forwarding.received(forwarding.registry, forwarding.lost) == []


def test_releases_wait_for_the_approval_for_their_environment(forwarding):
    forwarding.let_in(REGISTRY)
    pattern = staged_pattern([forwarding.name], "prod")
    bus = registry_bus_name(forwarding.name)
    forwarding.consumer.client("events").put_rule(Name=forwarding.name, EventBusName=bus, EventPattern=pattern)
    arn = forwarding.approved()
    assert forwarding.received(forwarding.consumer, forwarding.heard) == []
    sagemaker = forwarding.registry.client("sagemaker")
    for stage, status in (("qa", "Approved"), ("prod", "Rejected"), ("prod", "Approved")):
        sagemaker.update_model_package(
            ModelPackageArn=arn, ModelLifeCycle={"Stage": stage, "StageStatus": status, "StageDescription": "why"}
        )
    (heard,) = forwarding.received(forwarding.consumer, forwarding.heard)
    assert json.loads(heard["Body"])["detail"]["ModelPackageGroupName"] == forwarding.name


@pytest.mark.parametrize("lacks", ["bus", "role"])
def test_without_the_policy_of_either_side_nothing_gets_through(forwarding, lacks):
    forwarding.let_in("666666666666" if lacks == "bus" else REGISTRY)
    if lacks == "role":
        forwarding.registry.client("iam").delete_role_policy(RoleName=forwarding.name, PolicyName="p")
    forwarding.approved()
    assert forwarding.received(forwarding.consumer, forwarding.heard) == []
    lost = forwarding.received(forwarding.registry, forwarding.lost)
    assert {each["MessageAttributes"]["ERROR_CODE"]["StringValue"] for each in lost} == {"NO_PERMISSIONS"}


def test_other_events_of_the_owner_are_refused(forwarding):
    forwarding.let_in(REGISTRY)
    events = forwarding.registry.client("events")
    events.put_rule(Name=forwarding.name, EventPattern=json.dumps({"source": ["mine"]}))
    events.put_events(
        Entries=[{"Source": "mine", "DetailType": "SageMaker Model Package State Change", "Detail": "{}"}]
    )
    (lost,) = forwarding.received(forwarding.registry, forwarding.lost)
    assert lost["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
