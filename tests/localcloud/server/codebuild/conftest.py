"""Build projects of the running local cloud, each with a role and a bucket of its own."""

from __future__ import annotations

import json
import time
import uuid

import pytest

SECONDS = 120
LINUX = {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0", "computeType": "BUILD_GENERAL1_SMALL"}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resource="*"):
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


class Builds:
    """A project of its own, its role, and what it builds."""

    def __init__(self, wire):
        self.name = f"build-{uuid.uuid4().hex[:8]}"
        self.client = wire.client
        self.codebuild, self.iam, self.s3 = wire.client("codebuild"), wire.client("iam"), wire.client("s3")
        trust = {"Effect": "Allow", "Principal": {"Service": "codebuild.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = self.iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=policy(trust))
        self.role = role["Role"]["Arn"]
        self.s3.create_bucket(Bucket=self.name)
        self.may(allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]))

    def may(self, *statements):
        self.iam.put_role_policy(RoleName=self.name, PolicyName="all", PolicyDocument=policy(*statements))

    def project(self, buildspec="", **changes):
        source = {"type": "NO_SOURCE", "buildspec": buildspec}
        request = {"source": source, "artifacts": {"type": "NO_ARTIFACTS"}, "environment": LINUX, **changes}
        return self.codebuild.create_project(name=self.name, serviceRole=self.role, **request)["project"]

    def start(self, **options):
        return self.codebuild.start_build(projectName=self.name, **options)["build"]["id"]

    def get(self, build):
        return self.codebuild.batch_get_builds(ids=[build])["builds"][0]

    def until(self, build, reached):
        deadline = time.monotonic() + SECONDS
        while not reached(found := self.get(build)):
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
        return found

    def built(self, **options):
        return self.until(self.start(**options), lambda build: build["buildComplete"])

    def lines(self, build):
        logs = self.client("logs")
        where = {"logGroupName": build["logs"]["groupName"], "logStreamName": build["logs"]["streamName"]}
        return [event["message"] for event in logs.get_log_events(**where, startFromHead=True)["events"]]


@pytest.fixture
def builds(wire):
    return Builds(wire)


def spec(**phases):
    return json.dumps({"version": "0.2", "phases": {name: {"commands": lines} for name, lines in phases.items()}})
