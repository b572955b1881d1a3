"""An endpoint goes out of service on its schedule, and the next `up` starts the same one again."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from .conftest import Project


@pytest.fixture
def scheduled(up: Project, released: Any) -> Iterator[Project]:
    """The project with an idle shutdown, which is taken away again."""
    file = up.directory / "mlstack.yaml"
    before = file.read_bytes()
    document = yaml.safe_load(before)
    document["environments"] = document.get("environments") or {}
    local = document["environments"].get("local") or {}
    # A day that is far away: what fires in the test is said there.
    document["environments"]["local"] = {**local, "serving": {"idle_shutdown": "0 20 29 2 *"}}
    file.write_text(yaml.safe_dump(document))
    assert up.json("up", "local")["changes"]
    yield up
    file.write_bytes(before)
    up.mlstack("up", "local")


def _fire(project: Project) -> None:
    """Make the schedule due at once, and wait until the endpoint is gone."""
    scheduler, sagemaker = project.client("scheduler"), project.client("sagemaker")
    (found,) = scheduler.list_schedules()["Schedules"]
    schedule = scheduler.get_schedule(Name=found["Name"], GroupName=found["GroupName"])
    kept = ("Name", "GroupName", "FlexibleTimeWindow", "Target", "State", "KmsKeyArn", "Description")
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 2))
    scheduler.update_schedule(**{name: schedule[name] for name in kept}, ScheduleExpression=f"at({at})")
    deadline = time.monotonic() + 60
    while sagemaker.list_endpoints()["Endpoints"]:
        assert time.monotonic() < deadline, "the schedule did not fire"
        time.sleep(0.2)


def test_it_goes_out_of_service_and_comes_back(scheduled: Project, first_run: Any) -> None:
    _fire(scheduled)
    status = scheduled.json("status", "local")
    assert (status["endpoint"], status["endpoint_idle_shutdown"]) == (None, "0 20 29 2 *")
    assert status["released"] == first_run["model"]["arn"]
    assert "`mlstack up local` starts it again" in scheduled.mlstack("status", "local").stdout.replace("\n", " ")
    scheduled.mlstack("up", "local")
    status = scheduled.json("status", "local")
    assert status["differences"] == []
    assert scheduled.mlstack("invoke", "local", "--file", "sample.csv").stdout
    assert scheduled.json("up", "local")["changes"] == [], "the schedule too is what mlstack.yaml says"


def test_a_release_starts_it_too(scheduled: Project) -> None:
    _fire(scheduled)
    assert scheduled.json("release", "local")["changed"] is True
    assert scheduled.json("status", "local")["differences"] == []
