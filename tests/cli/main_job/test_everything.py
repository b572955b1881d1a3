"""Platform and project with every part on: from an empty account to nothing left, from `mlstack` and from `pulumi`.

A data scientist's edit, runs, releases and a rollback lie in between. Each part has tests of its own; here they meet.
"""

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from mlstack_stacks.platform.spec import PlatformParts
from mlstack_stacks.spec.models import Parts

from .conftest import MINUTES, Project
from .plain_pulumi import pulumi

pytestmark = [pytest.mark.xdist_group("everything"), pytest.mark.timeout(15 * MINUTES)]

ROOT = Path(__file__).parents[3]
BOUNDARY = "arn:aws:iam::000000000000:policy/boundary"
SECRET = "weather/api-key"
# What an environment adds to what the template has: whatever else mlstack.yaml may hold.
MORE: dict[str, Any] = {
    "serving": {
        "kind": "realtime",
        "entry_point": "src/serve.py",
        "instances": {"min": 1, "max": 2},
        "scaling": {"schedules": [{"cron": "0 8 * * MON-FRI", "min": 1, "max": 2}]},
        "capture_percent": 100,
        "shadow": {"percent": 50},
    },
    "notifications": {"emails": ["ml-team@example.com"]},
    "monitoring": {"alarms": {}, "data_quality": "daily", "model_quality": "daily"},
    "tracking": {},
    "continuous_deployment": {},
    # Only what builds it: the local cloud has no Docker.
    "images": {"base": {}},
    "budget": {"monthly_usd": 300, "anomaly_usd": 50},
    "storage": {"replicate_to": "eu-central-1", "expire_noncurrent_days": 30},
    "platform": {"stack": "organization/acme-platform/local"},
    "features": {
        "days": {
            "record_identifier": "day",
            "event_time": "at",
            "schema": {"day": "string", "at": "string", "wind": "float"},
        }
    },
    "network": {"zones": 2},
    "roles": {"permissions_boundary": BOUNDARY},
    "secrets": {SECRET: ["training"]},
    "cost": {"assumptions": {"runs_per_month": 30}},
}
REGISTRY = {"share_with": ["222222222222"], "card": {"intended_use": "Tells the weather of a day."}}
PLATFORM: dict[str, Any] = {
    "name": "acme-platform",
    "owner": "platform-team",
    "roles": {"permissions_boundary": BOUNDARY},
    "logs": {"retention_days": 90},
    "notifications": {"emails": ["platform-team@example.com"]},
    "budget": {"monthly_usd": 2000},
    "cost_tags": ["mlstack:project"],
    "network": {"zones": 2},
    "tracking": {},
    "workbench": {"users": ["ada"]},
    "continuous_integration": {"everything": {"github": {"repository": "acme/everything"}}},
    "environments": {"local": {}},
}
TUNE = {
    "objective": {"metric": "f1"},
    "max_jobs": 2,
    "max_parallel_jobs": 2,
    "strategy": "random",
    "ranges": {"max_depth": [5, 9]},
}


@pytest.fixture(scope="module")
def everything(own_machine: Project) -> Project:
    made = own_machine.project("everything")
    file = made.directory / "mlstack.yaml"
    document = yaml.safe_load(file.read_text()) | MORE
    document["steps"]["tune"] = TUNE
    document["registry"] |= REGISTRY
    document["steps"]["evaluate"]["gates"] = {"accuracy": ">= 0.5"}
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    (made.directory / "Dockerfile").write_text("FROM public.ecr.aws/docker/library/python:3.12-slim\n")
    made.mlstack("local", "start")
    allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    made.client("iam").create_policy(PolicyName="boundary", PolicyDocument=json.dumps(allowed))
    made.client("secretsmanager").create_secret(Name=SECRET, SecretString="0123456789")
    return made


@pytest.fixture(scope="module")
def platform(own_machine: Project, everything: Project) -> Iterator[Project]:
    """The platform of the account, which is up as long as the projects are."""
    made = replace(everything, directory=own_machine.directory / "platform")
    shutil.copytree(ROOT / "stacks" / "platform", made.directory)
    (made.directory / "platform.yaml").write_text(yaml.safe_dump(PLATFORM))
    made.mlstack("up", "local")
    assert made.json("up", "local", "--refresh")["changes"] == []
    yield made
    assert made.json("destroy", "local", "--yes", "--delete-data")["left"] == []


def _edit(file: Path) -> None:
    """A data scientist's change."""
    file.write_text(file.read_text() + "\n# A note of the data scientist.\n")


def _release(project: Project) -> Any:
    version = project.json("run", "local")["model"]["version"]
    before = project.client("codebuild").list_builds()["ids"]
    project.mlstack("models", "approve", str(version))
    _released_by_itself(project, before)
    released = project.json("release", "local")
    assert (released["version"], released["changed"]) == (version, False)
    return released


def _released_by_itself(project: Project, before: list[str]) -> None:
    """Wait for the build that an approval starts: one approval after another, so none is sent again."""
    builds, deadline = project.client("codebuild"), time.monotonic() + 5 * MINUTES
    while True:
        ids = [each for each in builds.list_builds()["ids"] if each not in before]
        found = builds.batch_get_builds(ids=ids)["builds"] if ids else []
        if found and all(each["buildComplete"] for each in found):
            break
        assert time.monotonic() < deadline, found
        time.sleep(0.2)
    newest = max(found, key=lambda each: each["startTime"])
    where = {"logGroupName": newest["logs"]["groupName"], "logStreamName": newest["logs"]["streamName"]}
    said = [] if newest["buildStatus"] == "SUCCEEDED" else project.client("logs").get_log_events(**where)["events"]
    assert newest["buildStatus"] == "SUCCEEDED", [event["message"] for event in said]


def test_it_is_everything() -> None:
    # Several models take the place of the parts of one, and have a test of their own.
    assert set(MORE) | {"owner", "cloud", "data", "steps", "registry", "models"} == set(Parts.model_fields)
    # The others say what was there before.
    assert set(PLATFORM) >= set(PlatformParts.model_fields) - {"cloud", "cost", "state", "identity_providers"}


@pytest.mark.usefixtures("platform")
def test_from_mlstack(everything: Project) -> None:
    planned = everything.json("plan", "local")["resources"]
    up = everything.json("up", "local")
    waiting = ("endpoint", "model", "endpointConfiguration", "target", "policy", "scheduledAction")
    assert len(up["changes"]) <= len(planned)
    assert all(not each["urn"].split("::")[2].endswith(f"/{kind}") for each in up["changes"] for kind in waiting)
    assert everything.json("up", "local", "--refresh")["changes"] == []

    first = _release(everything)
    assert everything.mlstack("invoke", "local", "--file", "sample.csv").stdout.startswith("weather,")
    _edit(everything.directory / "src" / "train.py")
    second = _release(everything)
    assert second["model_package_arn"] != first["model_package_arn"]
    assert everything.json("release", "local", "--variant", "shadow")["variants"] == {
        "shadow": second["model_package_arn"]
    }
    assert everything.json("models", "rollback")["model_package_arn"] == first["model_package_arn"]
    status = everything.json("status", "local")
    assert status["released"] == first["model_package_arn"]
    assert status["differences"] == []

    _edit(everything.directory / "src" / "train.py")
    everything.mlstack("up", "local")
    assert everything.json("up", "local", "--refresh")["changes"] == []
    pulumi(everything, "up -s local --yes --skip-preview --refresh --expect-no-changes")
    assert everything.json("destroy", "local", "--yes", "--delete-data")["left"] == []


@pytest.mark.usefixtures("platform")
def test_from_plain_pulumi(everything: Project) -> None:
    pulumi(everything, "stack select --create local")
    pulumi(everything, "up -s local --yes --skip-preview")
    first = _release(everything)
    pulumi(everything, "up -s local --yes --skip-preview --refresh --expect-no-changes")
    _release(everything)
    assert everything.json("models", "rollback")["model_package_arn"] == first["model_package_arn"]
    pulumi(everything, "up -s local --yes --skip-preview --refresh --expect-no-changes")
    _empty(everything)
    pulumi(everything, "destroy -s local --yes --skip-preview")
    assert everything.json("destroy", "local", "--yes")["left"] == []


def _empty(project: Project) -> None:
    """Plain Pulumi deletes no data: its owner does."""
    outputs = json.loads(pulumi(project, "stack output -s local --json"))
    sagemaker, s3 = project.client("sagemaker"), project.client("s3")
    group = outputs["model_package_group_name"]
    for package in sagemaker.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]:
        sagemaker.delete_model_package(ModelPackageName=package["ModelPackageArn"])
    buckets = [each["Name"] for each in s3.list_buckets()["Buckets"] if each["Name"].startswith(project.directory.name)]
    for bucket in buckets:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
