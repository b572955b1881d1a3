"""Schedules really call their targets, under their role."""

from __future__ import annotations

import json
import time
import uuid
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from mlstack_localcloud.home import ACCOUNT
from mlstack_localcloud.server.schedules import watch
from mlstack_localcloud.server.schedules.targets import TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DELETE_GROUP = "arn:aws:scheduler:::aws-sdk:sagemaker:deleteModelPackageGroup"
NOW = 1_800_000_000.0


class Scheduled:
    """A model package group, and a schedule that is to delete it."""

    def __init__(self, wire: Any) -> None:
        self.name = f"scheduled-{uuid.uuid4()}"
        self.iam, self.sagemaker, self.scheduler = (wire.client(each) for each in ("iam", "sagemaker", "scheduler"))
        self.sagemaker.create_model_package_group(ModelPackageGroupName=self.name)

    def role(self, *, trusts: str = "scheduler.amazonaws.com", may: str = "sagemaker:DeleteModelPackageGroup") -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": trusts}, "Action": "sts:AssumeRole"}
        group = f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule-group/default"
        trust["Condition"] = {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": group}}
        resource = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model-package-group/{self.name}"
        right = {"Effect": "Allow", "Action": may, "Resource": resource}
        arn: str = self.iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
        self.iam.put_role_policy(RoleName=self.name, PolicyName="right", PolicyDocument=document(right))
        return arn

    def schedule(self, role: str, **options: Any) -> None:
        given = {
            "ScheduleExpression": "rate(1 hour)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {
                "Arn": DELETE_GROUP,
                "RoleArn": role,
                "Input": json.dumps({"ModelPackageGroupName": self.name}),
                "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
            },
        }
        self.scheduler.create_schedule(Name=self.name[:64], **{**given, **options})

    def is_there(self) -> bool:
        groups = self.sagemaker.list_model_package_groups(NameContains=self.name)["ModelPackageGroupSummaryList"]
        return bool(groups)

    def goes(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.is_there():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def clean(self) -> None:
        for schedule in self.scheduler.list_schedules()["Schedules"]:
            if schedule["Name"] == self.name[:64]:
                self.scheduler.delete_schedule(Name=schedule["Name"])
        if self.is_there():
            self.sagemaker.delete_model_package_group(ModelPackageGroupName=self.name)


def document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def scheduled(wire: Any) -> Iterator[Scheduled]:
    made = Scheduled(wire)
    yield made
    made.clean()


def test_a_schedule_calls_its_target_and_stays(scheduled: Scheduled) -> None:
    scheduled.schedule(scheduled.role())
    assert scheduled.goes(15)
    assert scheduled.scheduler.get_schedule(Name=scheduled.name[:64])["State"] == "ENABLED"


def test_one_that_comes_once_goes_where_that_is_wanted(scheduled: Scheduled) -> None:
    soon = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 2))
    scheduled.schedule(scheduled.role(), ScheduleExpression=f"at({soon})", ActionAfterCompletion="DELETE")
    assert scheduled.goes(15)
    time.sleep(0.5)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        scheduled.scheduler.get_schedule(Name=scheduled.name[:64])


@pytest.mark.parametrize(
    "role",
    [{"trusts": "events.amazonaws.com"}, {"may": "sagemaker:DescribeModelPackageGroup"}],
    ids=["not trusted", "not allowed"],
)
def test_a_role_that_may_not_deletes_nothing(scheduled: Scheduled, role: dict[str, str]) -> None:
    scheduled.schedule(scheduled.role(**role))
    assert not scheduled.goes(4)


def test_one_that_is_disabled_or_later_calls_nothing(scheduled: Scheduled) -> None:
    scheduled.schedule(scheduled.role(), State="DISABLED")
    assert not scheduled.goes(3)


def test_an_expression_that_is_none_is_refused(scheduled: Scheduled) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*Invalid Schedule Expression"):
        scheduled.schedule(scheduled.role(), ScheduleExpression="0 20 * * *")


class Calls:
    """A watch whose targets fail as often as they are told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failures: int, retries: dict[str, int]) -> None:
        self.at: list[float] = []
        self.now = NOW
        self.schedule = SimpleNamespace(
            name="s",
            group_name="default",
            arn="arn",
            state="ENABLED",
            start_date=None,
            end_date=None,
            creation_date=NOW - 90,
            schedule_expression="rate(30 days)",
            schedule_expression_timezone="UTC",
            target={"Arn": DELETE_GROUP, "RoleArn": "role", "RetryPolicy": retries},
            action_after_completion=None,
        )
        monkeypatch.setattr(watch, "_schedules", lambda: [("us-east-1", self.schedule)])
        self.watch = watch.ScheduleWatch(None, None)  # type: ignore[arg-type]
        self.watch._last = NOW - 100

        def call(*_: Any) -> None:
            self.at.append(self.now - NOW)
            if len(self.at) <= failures:
                raise TargetError("no")

        monkeypatch.setattr(self.watch._targets, "call", call)

    def run(self, seconds: int) -> list[float]:
        for second in range(seconds):
            self.now = NOW + second
            self.watch.look(self.now)
        return self.at


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Calls]:
    return lambda failures, **retries: Calls(monkeypatch, failures, retries)


def test_a_call_that_failed_is_made_again_until_it_succeeds(calls: Callable[..., Calls]) -> None:
    assert calls(2, MaximumRetryAttempts=5, MaximumEventAgeInSeconds=3600).run(1000) == [0, 60, 180]


def test_it_is_made_again_as_often_as_the_policy_says(calls: Callable[..., Calls]) -> None:
    assert calls(9, MaximumRetryAttempts=1, MaximumEventAgeInSeconds=3600).run(1000) == [0, 60]
    assert calls(9, MaximumRetryAttempts=9, MaximumEventAgeInSeconds=200).run(1000) == [0, 60, 180]


def test_what_is_deleted_meanwhile_is_not_called_again(
    calls: Callable[..., Calls], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = calls(9, MaximumRetryAttempts=9, MaximumEventAgeInSeconds=3600)
    assert made.run(10) == [0]
    monkeypatch.setattr(watch, "_schedules", list)
    made.now = NOW + 100
    made.watch.look(made.now)
    assert made.at == [0]


def test_a_machine_that_slept_makes_nothing_up(calls: Callable[..., Calls]) -> None:
    made = calls(0)
    made.schedule.schedule_expression = "cron(0/30 * * * ? *)"
    made.watch._last = NOW - 86_400
    made.watch.look(NOW + 600)
    assert made.at == []
