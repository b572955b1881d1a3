"""Processes end whole: when they are stopped, when they end, and when who started them is killed."""

import os
import signal
import subprocess
import sys
import time

import pytest
from mlstack_localcloud.server.sagemaker.execution.process import Command, RunningCommand


@pytest.fixture
def run(tmp_path):
    def run(script, *arguments):
        command = ("/bin/sh", "-c", script, "--", *arguments)
        return RunningCommand(Command(command, {"PATH": "/usr/bin:/bin"}, tmp_path, tmp_path / "log"))

    return run


def pids(path, count):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = path.read_text().split() if path.exists() else []
        if len(found) == count:
            return [int(pid) for pid in found]
        time.sleep(0.02)
    raise AssertionError(path)


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_the_exit_code_is_the_commands_own(run, script, code):
    assert run(script).wait(10) == code


def test_what_it_prints_is_kept_in_order_and_its_input_is_empty(run, tmp_path):
    assert run("echo one; echo two >&2; cat; echo three").wait(10) == 0
    assert (tmp_path / "log").read_text() == "one\ntwo\nthree\n"


def test_a_program_that_is_not_there_says_so(tmp_path):
    command = Command(("no-such-program",), {"PATH": "/bin"}, tmp_path, tmp_path / "log")
    assert RunningCommand(command).wait(10) == 127
    assert "no-such-program: No such file" in (tmp_path / "log").read_text()


def test_the_environment_is_only_what_is_given(run, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_SHELL", "leak")
    run("env").wait(10)
    names = {line.partition("=")[0] for line in (tmp_path / "log").read_text().splitlines()}
    assert names <= {"PATH", "PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE", "__CF_USER_TEXT_ENCODING"}


def test_stopping_ends_children_that_ignore_it(run, tmp_path, jobs):
    process = run("trap '' TERM; sh -c \"trap '' TERM; sleep 300\" & echo $! > pids; sleep 300 & echo $! >> pids; wait")
    children = pids(tmp_path / "pids", 2)
    started = time.monotonic()
    process.stop(0.3)
    assert time.monotonic() - started < 5
    assert all(jobs.ended(child) for child in children)


def test_what_a_command_leaves_running_ends_with_it(run, tmp_path, jobs):
    process = run("sleep 300 & echo $! > pids")
    assert process.wait(10) == 0
    assert jobs.ended(pids(tmp_path / "pids", 1)[0])


def test_everything_ends_when_the_one_who_started_it_is_killed(tmp_path, jobs):
    program = (
        "import sys, pathlib, time\n"
        "from mlstack_localcloud.server.sagemaker.execution.process import Command, RunningCommand\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "script = 'sleep 300 & echo $$ $! > pids; wait'\n"
        "RunningCommand(Command(('/bin/sh', '-c', script), {'PATH': '/bin:/usr/bin'}, here, here / 'log'))\n"
        "time.sleep(300)\n"
    )
    daemon = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)])
    running = pids(tmp_path / "pids", 2)
    os.kill(daemon.pid, signal.SIGKILL)
    daemon.wait()
    assert all(jobs.ended(pid) for pid in running)
