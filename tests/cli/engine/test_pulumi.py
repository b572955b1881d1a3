"""The real engine, through its faults: the state loads, one error says what to do, a second run converges."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from mlstack.engine import recover
from mlstack.engine.events import Diagnostic, Step
from mlstack.engine.failure import EngineFailure, StackLockedError
from mlstack.engine.lock import unlock
from mlstack.engine.pulumi import Pulumi

from .conftest import PROGRAM, write_program

if TYPE_CHECKING:
    from pathlib import Path

    from mlstack.project_directory import ProjectDirectory

    from .faulty_provider import FaultyProvider

pytestmark = pytest.mark.engine

_UP = """
import sys
from pathlib import Path
from mlstack.engine.pulumi import Pulumi
from mlstack.project_directory import ProjectDirectory
Pulumi(ProjectDirectory(Path(sys.argv[1])), "dev").up()
"""


def _names(provider: FaultyProvider) -> list[str]:
    return sorted(thing["name"] for thing in provider.things.values())


def _all() -> list[str]:
    return [f"thing-{number}" for number in range(6)]


@pytest.fixture
def pulumi(project: ProjectDirectory) -> Pulumi:
    made = Pulumi(project, "dev")
    assert made.select_or_create()
    return made


def _start_up(project: ProjectDirectory) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _UP, str(project.root)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _engine_of(process: subprocess.Popen[str]) -> int:
    """The process id of the engine that a process runs."""
    asked = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    children = dict(reversed(line.split()) for line in asked.stdout.splitlines())
    return int(children[str(process.pid)])


def test_up_unchanged_change_and_destroy(pulumi: Pulumi, provider: FaultyProvider) -> None:
    events: list[Step | Diagnostic] = []
    first = pulumi.up(preview=True, on_event=events.append)
    assert first.summary == "6 created"
    assert [step.name for step in first.steps] == _all()
    done = [event.name for event in events if isinstance(event, Step) and event.phase == "done" and event.is_change]
    assert done == _all()
    assert pulumi.outputs()["last"].startswith("thing-5-")

    assert pulumi.up().is_empty
    assert pulumi.up().summary == "6 unchanged"

    write_program(pulumi.project.root, PROGRAM.replace("size=1", "size=2"))
    planned = pulumi.preview()
    assert planned.summary == "6 to update"
    assert {step.properties for step in planned.steps} == {("size",)}
    assert pulumi.up().summary == "6 updated"

    assert pulumi.destroy().summary == "6 deleted"
    assert not provider.things
    pulumi.remove()
    assert not pulumi.exists()
    assert pulumi.outputs() == {}
    assert pulumi.resources() == []


def test_targets_leave_the_rest_alone(pulumi: Pulumi, provider: FaultyProvider) -> None:
    pulumi.up()
    write_program(pulumi.project.root, PROGRAM.replace("size=1", "size=2"))
    changes = pulumi.up(["**faulty:index:Thing::thing-3"])
    assert [step.name for step in changes.steps] == ["thing-3"]


def test_what_was_deleted_by_hand_is_made_again(pulumi: Pulumi, provider: FaultyProvider) -> None:
    pulumi.up()
    del provider.things[next(identity for identity in provider.things if identity.startswith("thing-2-"))]
    assert [step.name for step in pulumi.up(refresh=True).steps if step.operation == "create"] == ["thing-2"]
    assert _names(provider) == _all()


@pytest.mark.slow
@pytest.mark.parametrize("nth", range(1, 7))
def test_after_the_nth_creation_fails_a_second_run_converges(
    nth: int, pulumi: Pulumi, provider: FaultyProvider
) -> None:
    provider.fails_at = nth
    with pytest.raises(EngineFailure) as raised:
        pulumi.up()
    assert raised.value.message == f"faulty:index:Thing 'thing-{nth - 1}' could not be created."
    assert "`mlstack up dev`" in str(raised.value.next_step)
    assert f"quota of things exceeded: {nth}" in raised.value.diagnostics
    assert sum(each.type == "faulty:index:Thing" for each in pulumi.resources()) == nth - 1
    pulumi.up()
    assert _names(provider) == _all()
    assert pulumi.up().is_empty


def test_an_interrupt_finishes_what_is_in_flight(pulumi: Pulumi, provider: FaultyProvider) -> None:
    provider.seconds = 1
    process = _start_up(pulumi.project)
    assert provider.creating.wait(60)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode != 0, output
    assert _names(provider) == ["thing-0"]
    assert [each.name for each in pulumi.resources() if each.type == "faulty:index:Thing"] == ["thing-0"]
    provider.seconds = 0
    assert pulumi.up().summary == "5 created, 1 unchanged"
    assert _names(provider) == _all()


def test_a_second_update_names_the_first(pulumi: Pulumi, provider: FaultyProvider) -> None:
    provider.seconds = 1.5
    process = _start_up(pulumi.project)
    assert provider.creating.wait(60)
    with pytest.raises(StackLockedError, match=rf"updated by process {_engine_of(process)} \(pulumi up\)"):
        pulumi.up()
    with pytest.raises(StackLockedError, match="may be updating it"):
        unlock(pulumi, force=False)
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert _names(provider) == _all()


def test_a_killed_update_leaves_a_lock_that_is_explained_and_removed(pulumi: Pulumi, provider: FaultyProvider) -> None:
    provider.seconds = 1
    process = _start_up(pulumi.project)
    assert provider.creating.wait(60)
    engine = _engine_of(process)
    os.kill(engine, signal.SIGKILL)
    process.communicate(timeout=60)
    provider.seconds = 0
    with pytest.raises(StackLockedError, match=f"locked by process {engine}, which has ended") as raised:
        pulumi.up()
    assert "`mlstack engine unlock dev`" in str(raised.value.next_step)
    assert unlock(pulumi, force=False)
    assert not unlock(pulumi, force=False)
    pulumi.up()
    assert pulumi.up().is_empty


@pytest.mark.parametrize("happened", [True, False])
def test_what_was_being_created_is_taken_over_or_forgotten(
    happened: bool, pulumi: Pulumi, provider: FaultyProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(recover.IDS, "faulty:index:Thing", "{name}")
    provider.seconds = 2
    process = _start_up(pulumi.project)
    assert provider.creating.wait(60)
    os.kill(_engine_of(process), signal.SIGKILL)
    process.communicate(timeout=60)
    _wait(lambda: bool(provider.things))
    provider.seconds = 0
    if not happened:
        provider.things.clear()
    unlock(pulumi, force=False)
    assert len(pulumi.state().pending) == 1
    recovery = pulumi.recover(recover.Place("000000000000", "us-east-1"))
    assert recovery is not None
    assert [urn.rsplit("::", 1)[-1] for urn, _ in recovery.adopt] == ["thing-0"]
    assert pulumi.up().summary == ("5 created, 1 unchanged" if happened else "6 created")
    assert _names(provider) == _all()
    assert pulumi.recover(recover.Place("000000000000", "us-east-1")) is None


def test_a_program_that_fails_is_shown_with_its_own_line(pulumi: Pulumi, provider: FaultyProvider) -> None:
    write_program(pulumi.project.root, "import pulumi\nraise ValueError('no such thing')\n")
    with pytest.raises(EngineFailure, match="program of this project failed") as raised:
        pulumi.up()
    assert '__main__.py", line 2' in raised.value.diagnostics
    assert "language_host" not in raised.value.diagnostics
    assert raised.value.diagnostics.count("ValueError: no such thing") == 1


def test_the_language_host_ends_with_a_killed_engine(pulumi: Pulumi, provider: FaultyProvider, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    program = f"import os, time\nopen({str(pid_file)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)\n"
    write_program(pulumi.project.root, program)
    process = _start_up(pulumi.project)
    _wait(lambda: pid_file.exists() and pid_file.read_text() != "")
    host = int(pid_file.read_text())
    os.kill(_engine_of(process), signal.SIGKILL)
    process.communicate(timeout=60)
    _wait(lambda: not _is_alive(host))


def test_programs_keep_files_modules_and_messages(pulumi: Pulumi, provider: FaultyProvider) -> None:
    infra = pulumi.project.root / "infra"
    (infra / "helper.py").write_text("VALUE = 42\n")
    write_program(
        pulumi.project.root,
        "import sys, pulumi, helper\npulumi.log.warn('careful')\nprint('hello')\n"
        "pulumi.export('value', helper.VALUE)\npulumi.export('dry', pulumi.runtime.is_dry_run())\n"
        "pulumi.export('secret', pulumi.Output.secret('hidden'))\n",
    )
    changes = pulumi.up()
    said = {(each.severity, each.message) for each in changes.diagnostics}
    assert ("warning", "careful") in said
    assert ("info", "hello") in said
    assert pulumi.outputs() == {"value": 42, "dry": False, "secret": "hidden"}
    (infra / "Pulumi.yaml").write_text("name: things\nruntime: python\nmain: other.py\n")
    (infra / "other.py").write_text("import pulumi, helper\npulumi.export('value', helper.VALUE + 1)\n")
    pulumi.up()
    assert pulumi.outputs() == {"value": 43}


def test_a_virtualenv_is_refused_rather_than_ignored(pulumi: Pulumi, provider: FaultyProvider) -> None:
    infra = pulumi.project.root / "infra"
    (infra / "Pulumi.yaml").write_text("name: things\nruntime: {name: python, options: {virtualenv: venv}}\n")
    with pytest.raises(EngineFailure) as raised:
        pulumi.up()
    assert "virtualenv" in raised.value.diagnostics


def test_an_edited_state_is_taken_back(pulumi: Pulumi, provider: FaultyProvider) -> None:
    pulumi.up()
    exported = pulumi.export_state()
    pulumi.import_state(exported)
    assert pulumi.up().is_empty


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait(condition: object, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        threading.Event().wait(0.1)
