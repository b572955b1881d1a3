"""How builds end that do not end by themselves: their time is up, or the local cloud ends; nothing of them runs on."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass

import psutil
import pytest
from mlstack_localcloud.home import Home
from mlstack_localcloud.server.codebuild import builds
from mlstack_localcloud.server.codebuild.service import CodeBuild
from mlstack_localcloud.server.sagemaker.execution import job_process
from mlstack_localcloud.server.sagemaker.ports import Origin

from .conftest import LINUX, SECONDS, spec

CALLER = Origin("000000000000", "us-east-1", "arn:aws:iam::000000000000:root")
STATE = "CodeBuild Build State Change"


class Clock:
    """A clock that stands still until it is put forward."""

    def __init__(self):
        self.seconds = 0

    def monotonic(self):
        return self.seconds


@dataclass
class Keys:
    access_key_id: str
    secret_access_key: str
    session_token: str = ""


class Surroundings:
    """What the service needs of the local cloud: its logs are real, anything is allowed, and what is told is kept."""

    def __init__(self, wire):
        self._wire = wire
        self._logs = wire.client("logs")
        self.published = []

    def client(self, service, *_):
        return self._logs if service == "logs" else self._wire.client(service)

    def role_keys(self, *_):
        return Keys(self._wire.access_key, self._wire.secret_key)

    def authorize_assumption(self, *_):
        pass

    def publish(self, **event):
        self.published.append(event)

    def statuses(self):
        return [each["detail"]["build-status"] for each in self.published if each["detail_type"] == STATE]


class Service:
    """CodeBuild in the tests' own process, on tables of its own, which may be ended and started again."""

    def __init__(self, wire, root):
        self.around = Surroundings(wire)
        self.root = root
        self._home = Home(root / "mlstack").make()
        self.start()

    def start(self):
        self.codebuild = CodeBuild(
            self._home, self.around, self.around, self.around, lambda _: contextlib.nullcontext(0)
        )
        self.codebuild.resume()

    def call(self, operation, **request):
        answer = self.codebuild.handle(operation, json.dumps(request).encode(), CALLER)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return json.loads(answer.get_data())

    def begun(self, **changes):
        """A build whose command has begun, and the processes that it has."""
        pids = self.root / "pids"
        lines = [f'sleep 600 & echo "$$ $!" > {pids}.new; mv {pids}.new {pids}; wait']
        self.call("CreateProject", name="long", serviceRole="arn:aws:iam::000000000000:role/p", environment=LINUX,
                  source={"type": "NO_SOURCE", "buildspec": spec(build=lines, post_build=["true"])},
                  artifacts={"type": "NO_ARTIFACTS"}, **changes)  # fmt: skip
        build = self.call("StartBuild", projectName="long")["build"]["id"]
        self.until(pids.exists)
        return build, [psutil.Process(int(pid)) for pid in pids.read_text().split()]

    def get(self, build):
        return self.call("BatchGetBuilds", ids=[build])["builds"][0]

    def until(self, reached):
        deadline = time.monotonic() + SECONDS
        while not (found := reached()):
            assert time.monotonic() < deadline, self.around.published
            time.sleep(0.02)
        return found


@pytest.fixture
def service(wire, tmp_path):
    service = Service(wire, tmp_path)
    yield service
    service.codebuild.close()


def lives(process):
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def test_a_build_whose_time_is_up_has_timed_out_and_its_processes_are_gone(service, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(job_process, "time", clock)
    build, processes = service.begun(timeoutInMinutes=5)
    clock.seconds = 5 * 60  # Not yet: what ran until now would have ended at once.
    assert service.get(build)["buildStatus"] == "IN_PROGRESS"
    assert all(lives(each) for each in processes)
    clock.seconds = 5 * 60 + 1
    service.until(lambda: service.get(build)["buildComplete"])
    ended = service.get(build)
    assert ended["buildStatus"] == "TIMED_OUT"
    assert not any(lives(each) for each in processes)
    phases = {each["phaseType"]: each for each in ended["phases"]}
    assert phases["BUILD"]["phaseStatus"] == "TIMED_OUT"
    assert "timed out after 5 minutes" in phases["BUILD"]["contexts"][0]["message"]
    assert "POST_BUILD" not in phases
    service.until(lambda: service.around.statuses() == ["IN_PROGRESS", "TIMED_OUT"])


def test_a_build_that_a_restart_cuts_off_has_failed_and_whoever_listens_is_told(service):
    build, processes = service.begun(concurrentBuildLimit=1)
    service.codebuild.close()
    assert not any(lives(each) for each in processes)
    assert service.around.statuses() == ["IN_PROGRESS"]  # Nothing is said by what is ending.
    service.start()
    ended = service.get(build)
    assert (ended["buildStatus"], ended["buildComplete"]) == ("FAULT", True)
    assert "the local cloud ended" in str(ended["phases"])
    told = service.around.published[-1]
    assert (told["detail_type"], told["detail"]["build-status"]) == (STATE, "FAULT")
    assert (told["account"], told["region"], told["resources"]) == (CALLER.account, CALLER.region, [ended["arn"]])
    # It is told once, and the limit of the project counts it no more.
    service.codebuild.close()
    service.start()
    assert service.around.statuses() == ["IN_PROGRESS", "FAULT"]
    assert service.call("StartBuild", projectName="long")["build"]["buildNumber"] == 2


def test_a_build_that_the_local_cloud_itself_fails_ends_all_the_same(service, monkeypatch):
    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(builds.BuildRun, "run", fails)
    service.call("CreateProject", name="full", serviceRole="arn:aws:iam::000000000000:role/p", environment=LINUX,
                 source={"type": "NO_SOURCE", "buildspec": spec(build=["true"])},
                 artifacts={"type": "NO_ARTIFACTS"})  # fmt: skip
    build = service.call("StartBuild", projectName="full")["build"]["id"]
    service.until(lambda: service.get(build)["buildComplete"])
    assert service.get(build)["buildStatus"] == "FAULT"
    service.until(lambda: service.around.statuses() == ["IN_PROGRESS", "FAULT"])
