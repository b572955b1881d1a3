"""The local cloud as other processes see it: start it, stop it, ask for it, and point clients at it.

Light on purpose: no AWS library is imported here, so that a command line can ask in milliseconds.

Whether a daemon runs is told by the lock that it holds for as long as it lives, not by a process id, which another
process may have by now.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .account_home import AccountHome
from .errors import StartError, StopError
from .home import ACCOUNT, DEFAULT_REGION, Home
from .keys import ensure_keys, write_aws_files
from .ports import ensure_ports

_POLL_SECONDS = 0.02
_STOP_SECONDS = 30.0
_LOG_LINES = 15

ALREADY_RUNNING = 3
"""What a daemon exits with when another one holds the lock."""

_UNSET = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CA_BUNDLE",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
)
"""Variables that would win over the local cloud's own files, or lead a client elsewhere."""


@dataclass(frozen=True)
class DaemonStatus:
    """A running local cloud.

    Attributes:
        pid: The daemon's process id.
        port: The port of the AWS-compatible gateway on 127.0.0.1.
        provider_port: The port of the Pulumi provider on 127.0.0.1.
        home: `$MLSTACK_HOME` that it serves.
        started_at: When it came up, ISO 8601 in UTC.
        version: The version of mlstack that it was started from.
    """

    pid: int
    port: int
    provider_port: int
    home: Path
    started_at: str
    version: str

    @property
    def endpoint_url(self) -> str:
        """What `AWS_ENDPOINT_URL` is set to."""
        return f"http://127.0.0.1:{self.port}"


def start(home: Path, timeout: float = 30.0) -> DaemonStatus:
    """Start the local cloud of a home, unless it runs, and wait until it answers.

    Args:
        home: `$MLSTACK_HOME`.
        timeout: How long to wait, in seconds.

    Returns:
        The running daemon.

    Raises:
        StartError: It ended or did not answer in time; the message has the last lines of its log.
    """
    paths = Home(home.absolute()).make()
    running = status(home)
    if running is not None and _answers(running):
        return running
    deadline = time.monotonic() + timeout
    process = _spawn(paths)
    while time.monotonic() < deadline:
        running = status(home)
        if running is not None and _answers(running):
            if running.pid != process.pid:
                # Another one was quicker. Ours must not come up later, when that one may have been stopped.
                process.terminate()
            return running
        exit_code = process.poll()
        if exit_code == ALREADY_RUNNING and not _is_locked(paths):
            # The other one was on its way out.
            process = _spawn(paths)
        elif exit_code is not None and exit_code != ALREADY_RUNNING:
            raise _start_error(paths, f"The local cloud ended with exit code {exit_code} while it started.")
        time.sleep(_POLL_SECONDS)
    raise _start_error(paths, f"The local cloud did not answer within {timeout:g} seconds.")


def status(home: Path) -> DaemonStatus | None:
    """Return the running daemon of a home, or None.

    A daemon that is still coming up, or going down, counts as not running.

    Args:
        home: `$MLSTACK_HOME`.
    """
    paths = Home(home.absolute())
    if not _is_locked(paths):
        return None
    try:
        stored: dict[str, Any] = json.loads(paths.daemon_file.read_text(encoding="utf-8"))
        return DaemonStatus(**{**stored, "home": Path(stored["home"])})
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def stop(home: Path) -> bool:
    """Stop the local cloud of a home and wait until it has ended.

    Args:
        home: `$MLSTACK_HOME`.

    Returns:
        Whether one was running.

    Raises:
        StopError: It still runs after 30 seconds.
    """
    paths = Home(home.absolute())
    if not _is_locked(paths):
        return False
    _signal(paths, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if not _is_locked(paths):
            return True
        time.sleep(_POLL_SECONDS)
    raise StopError(
        f"The local cloud (process {_locked_by(paths)}) did not end within {_STOP_SECONDS:g} seconds.",
        next_step=f"End it with `kill -9 {_locked_by(paths)}`; nothing that it acknowledged is lost.",
    )


def reset(home: Path) -> None:
    """Stop the local cloud of a home and delete everything that it held, its keys and Pulumi's local state included.

    Args:
        home: `$MLSTACK_HOME`.

    Raises:
        StopError: It could not be stopped.
    """
    stop(home)
    shutil.rmtree(Home(home.absolute()).local, ignore_errors=True)


def client_environment(home: Path, account: str = ACCOUNT) -> dict[str, str | None]:
    """Return the variables that point every AWS client at an account of the local cloud, and at nothing else.

    Works before the first start: ports and keys are made on the way and kept.

    Args:
        home: `$MLSTACK_HOME`.
        account: The account, 12 digits; it is opened by this.

    Returns:
        Variable names and values; None means that the variable must not be set.
    """
    paths = Home(home.absolute()).make()
    port = ensure_ports(paths).gateway
    write_aws_files(paths, ensure_keys(paths), port, account)
    files = AccountHome(paths, account)
    settings: dict[str, str | None] = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT": f"http://127.0.0.1:{port}",
        "AWS_CONFIG_FILE": str(files.aws_config_file),
        "AWS_SHARED_CREDENTIALS_FILE": str(files.aws_credentials_file),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": DEFAULT_REGION,
        "AWS_DEFAULT_REGION": DEFAULT_REGION,
        "AWS_ACCOUNT_ID": account,
    }
    # An endpoint of one service would win over the common one.
    endpoints = [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL_")]
    return settings | dict.fromkeys((*_UNSET, *endpoints))


def _spawn(paths: Home) -> subprocess.Popen[bytes]:
    # The daemon must not carry its starter's credentials, proxies or import paths into its own calls.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_", "MOTO_"))
    }
    # glibc would keep a heap for each of the gateway's threads, and give little of it back; large blocks, which are the
    # bodies of objects, it gives back only as long as it may not move the size from which on it maps them one by one.
    environment.setdefault("MALLOC_ARENA_MAX", "2")
    environment.setdefault("MALLOC_MMAP_THRESHOLD_", str(256 * 1024))
    descriptor = os.open(paths.daemon_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "mlstack_localcloud.daemon", "--home", str(paths.root)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=paths.local,
            env=environment,
            start_new_session=True,
        )


def _is_locked(paths: Home) -> bool:
    try:
        descriptor = os.open(paths.daemon_lock, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _locked_by(paths: Home) -> int | None:
    try:
        return int(paths.daemon_lock.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _signal(paths: Home, number: signal.Signals) -> None:
    pid = _locked_by(paths)
    if pid is None:
        return
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _answers(running: DaemonStatus) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=2)
    try:
        connection.request("GET", "/_mlstack/health")
        answer = connection.getresponse()
        return answer.status == http.HTTPStatus.OK and json.loads(answer.read()).get("pid") == running.pid
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _start_error(paths: Home, message: str) -> StartError:
    try:
        lines = paths.daemon_log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
    except FileNotFoundError:
        lines = []
    log = "\n".join(f"  {line}" for line in lines)
    return StartError(f"{message} The end of {paths.daemon_log}:\n{log}" if log else message)
