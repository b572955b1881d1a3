"""The daemon as other processes see it."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from mlstack_localcloud import control
from mlstack_localcloud.errors import StartError
from mlstack_localcloud.home import Home
from mlstack_localcloud.ports import ensure_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    control.stop(tmp_path / "home")


def test_nothing_runs_in_a_new_home(home: Path) -> None:
    assert control.status(home) is None
    assert control.stop(home) is False


def test_a_started_daemon_is_found_answers_and_is_not_started_twice(home: Path) -> None:
    started = control.start(home)

    assert started.home == home
    assert control.status(home) == started
    assert control.start(home) == started
    assert started.endpoint_url == f"http://127.0.0.1:{started.port}"
    assert control.stop(home) is True
    assert control.status(home) is None
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", started.port), timeout=1)


def test_ports_stay_the_same_over_a_restart(home: Path) -> None:
    first = control.start(home)
    control.stop(home)
    second = control.start(home)

    assert (second.port, second.provider_port) == (first.port, first.provider_port)
    assert second.pid != first.pid


def test_a_killed_daemon_is_not_taken_for_a_running_one(home: Path) -> None:
    killed = control.start(home)
    os.kill(killed.pid, signal.SIGKILL)
    _wait_until_gone(home)

    assert Home(home).daemon_file.exists()
    assert control.status(home) is None
    assert control.start(home).pid != killed.pid


def test_two_processes_that_start_it_at_once_get_the_same_daemon(home: Path) -> None:
    code = "import sys; from pathlib import Path; from mlstack_localcloud import control; " + (
        "print(control.start(Path(sys.argv[1]), timeout=120).pid)"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    pids = {process.communicate(timeout=150)[0].strip() for process in both}

    running = control.status(home)
    assert running is not None
    assert pids == {str(running.pid)}


def test_a_taken_port_is_replaced(home: Path) -> None:
    taken = ensure_ports(Home(home).make()).gateway
    with socket.socket() as other:
        other.bind(("127.0.0.1", taken))
        other.listen()
        running = control.start(home)

    assert running.port != taken
    assert str(running.port) in Home(home).aws_config_file.read_text()


def test_a_daemon_that_cannot_start_says_why(home: Path) -> None:
    paths = Home(home).make()
    paths.services_database.write_bytes(b"no database at all" * 100)

    with pytest.raises(StartError) as caught:
        control.start(home)

    assert "not a database" in str(caught.value)


def test_reset_leaves_nothing_of_the_local_cloud_but_the_cache(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLSTACK_CACHE", raising=False)
    control.client_environment(home)
    kept = Home(home).cache / "kept"
    kept.parent.mkdir(parents=True)
    kept.touch()
    control.reset(home)

    assert not Home(home).local.exists()
    assert kept.exists()


def test_clients_are_pointed_at_the_local_cloud_and_nothing_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.example.com")
    variables = control.client_environment(home)
    ports = json.loads(Home(home).ports_file.read_text())

    assert variables["AWS_ENDPOINT_URL"] == f"http://127.0.0.1:{ports['gateway']}"
    assert variables["AWS_EC2_METADATA_DISABLED"] == "true"
    assert variables["AWS_ACCOUNT_ID"] == "000000000000"
    for name in (
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_ENDPOINT_URL_S3",
    ):
        assert variables[name] is None
    assert control.client_environment(home) == variables


def test_files_with_secrets_are_their_owners_only(home: Path) -> None:
    control.start(home)
    paths = Home(home)
    control.stop(home)

    assert stat.S_IMODE(paths.local.stat().st_mode) == 0o700
    for file in (paths.keys_file, paths.aws_credentials_file, paths.daemon_log, paths.services_database):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_it_listens_on_the_loopback_interface_only(home: Path) -> None:
    psutil = pytest.importorskip("psutil")
    running = control.start(home)

    listening = [each.laddr for each in psutil.Process(running.pid).net_connections() if each.status == "LISTEN"]
    assert {address.port for address in listening} >= {running.port, running.provider_port}
    # gRPC listens on the same address in the notation of IPv6.
    assert {address.ip.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


def test_asking_imports_no_library_of_aws() -> None:
    heavy = "{'boto3', 'botocore', 'moto', 'grpc'}"
    code = f"import sys, mlstack_localcloud.control; print(*{heavy}.intersection(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""


def _wait_until_gone(home: Path) -> None:
    """Wait until the kernel has taken the last of a killed process's threads, and with it the lock."""
    deadline = time.monotonic() + 10
    while control.status(home) is not None and time.monotonic() < deadline:
        time.sleep(0.01)
