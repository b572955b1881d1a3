"""Approved versions are released by the cloud itself: no command comes between a decision and the endpoint."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from .conftest import MINUTES, Project

SECONDS = 3 * MINUTES
NAME = "delivered"


class Watched:
    """A project that releases by itself, and a queue that hears what its topic tells."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.outputs = project.json("up", "local")["outputs"]
        queues, self.told_url = project.client("sqs"), ""
        self.told_url = queues.create_queue(QueueName=NAME)["QueueUrl"]
        told = f"arn:aws:sqs:us-east-1:000000000000:{NAME}"
        topic = self.outputs["notification_topic_arn"]
        project.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=told)

    def register(self) -> str:
        """Register the first version once more; what it was trained from matters to no release."""
        sagemaker, group = self.project.client("sagemaker"), self.outputs["model_package_group_name"]
        first = sagemaker.describe_model_package(ModelPackageName=f"{group}/1")
        given = {
            each: first[each] for each in ("InferenceSpecification", "CustomerMetadataProperties") if each in first
        }
        pending = {"ModelPackageGroupName": group, "ModelApprovalStatus": "PendingManualApproval"}
        return str(sagemaker.create_model_package(**pending, **given)["ModelPackageArn"])

    def approve(self, arn: str) -> None:
        self.project.client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")

    def builds(self) -> list[Any]:
        """All builds of releases, the oldest first."""
        builds = self.project.client("codebuild")
        ids = builds.list_builds_for_project(projectName=self.outputs["release_build_project"])["ids"]
        return list(reversed(builds.batch_get_builds(ids=ids)["builds"])) if ids else []

    def until(self, reached: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + SECONDS
        while not (found := reached()):
            assert time.monotonic() < deadline, [(each["buildStatus"], each["phases"]) for each in self.builds()]
            time.sleep(0.2)
        return found

    def ended(self, count: int) -> list[Any]:
        """The builds, once that many have ended."""

        def all_ended() -> list[Any]:
            builds = self.builds()
            return builds if len(builds) >= count and all(each["buildComplete"] for each in builds) else []

        return list(self.until(all_ended))

    def serving(self) -> str | None:
        """The version that the endpoint serves."""
        status = self.project.json("status", "local")
        variants = (status["endpoint"] or {}).get("variants") or [{}]
        return variants[0].get("model_package_arn")

    def log(self, build: Any) -> str:
        where = {"logGroupName": build["logs"]["groupName"], "logStreamName": build["logs"]["streamName"]}
        events = self.project.client("logs").get_log_events(**where, startFromHead=True)["events"]
        return "\n".join(event["message"] for event in events)

    def told(self) -> list[Any]:
        """What the topic told of builds since the last look."""
        answer = self.project.client("sqs").receive_message(
            QueueUrl=self.told_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        for each in answer.get("Messages", []):
            self.project.client("sqs").delete_message(QueueUrl=self.told_url, ReceiptHandle=each["ReceiptHandle"])
        events = [json.loads(json.loads(each["Body"])["Message"]) for each in answer.get("Messages", [])]
        return [event["detail"] for event in events if event["source"] == "aws.codebuild"]


@pytest.fixture(scope="module")
def watched(machine: Project) -> Iterator[Watched]:
    project = machine.project(NAME)
    file = project.directory / "mlstack.yaml"
    parts = {"notifications": {"emails": ["ml-team@example.com"]}, "continuous_deployment": {}}
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | parts, sort_keys=False))
    yield Watched(project)
    assert project.json("destroy", "local", "--yes", "--delete-data")["left"] == []


@pytest.fixture(scope="module")
def first(watched: Watched) -> str:
    """The first version: registered by a run, approved, and released by nobody."""
    arn = str(watched.project.json("run", "local")["model"]["arn"])
    watched.project.mlstack("models", "approve", "1")
    watched.ended(1)
    return arn


def test_an_approved_version_is_released_without_another_command(watched: Watched, first: str) -> None:
    (build,) = watched.builds()
    assert build["buildStatus"] == "SUCCEEDED", watched.log(build)
    assert watched.serving() == first
    assert watched.project.mlstack("invoke", "local", "--file", "sample.csv").stdout
    # Pulumi stays the truth, and tags that come from version control are those of a release by hand.
    assert watched.project.json("up", "local", "--refresh")["changes"] == []


@pytest.mark.usefixtures("first")
def test_of_two_versions_in_quick_succession_the_newest_serves(watched: Watched) -> None:
    before, older, newer = len(watched.builds()), watched.register(), watched.register()
    watched.approve(older)
    watched.approve(newer)
    # The second event found a build at work, and came again.
    builds = watched.ended(before + 2)
    assert [each["buildStatus"] for each in builds[before:]] == ["SUCCEEDED", "SUCCEEDED"]
    assert builds[before]["endTime"] <= builds[before + 1]["startTime"]
    assert watched.serving() == newer


@pytest.mark.usefixtures("first")
def test_a_release_that_fails_is_told_and_changes_nothing(watched: Watched) -> None:
    before, serving = len(watched.builds()), watched.serving()
    iam, builds = watched.project.client("iam"), watched.project.client("codebuild")
    project = builds.batch_get_projects(names=[watched.outputs["release_build_project"]])["projects"][0]
    role = project["serviceRole"].rpartition("/")[2]
    name = iam.list_role_policies(RoleName=role)["PolicyNames"][0]
    policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] != "HandRolesToModels"]
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))
    watched.told()
    newest = watched.register()
    watched.approve(newest)
    build = watched.ended(before + 1)[-1]
    assert build["buildStatus"] == "FAILED"
    assert "is not authorized to perform: iam:PassRole" in watched.log(build)
    (told,) = watched.until(watched.told)
    assert (told["build-status"], told["build-id"]) == ("FAILED", build["arn"])
    assert watched.serving() == serving
    # What was changed by hand is put back, and the next build, whatever starts it, releases what waits.
    watched.project.mlstack("up", "local", "--refresh")
    builds.start_build(projectName=project["name"])
    assert watched.ended(before + 2)[-1]["buildStatus"] == "SUCCEEDED"
    assert watched.serving() == newest
