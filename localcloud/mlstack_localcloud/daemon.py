"""The local cloud's process: `python -m mlstack_localcloud.daemon --home HOME`.

One a home: it holds a lock as long as it lives. It comes up in this order, and goes down in the reverse one:

1. lock, ports, keys, stored state
2. the gateway listens
3. SageMaker resumes what ran before
4. the provider listens
5. `daemon.json` says where, and only now does `control.status` see it
"""

from __future__ import annotations

import argparse
import fcntl
import json
import logging
import os
import signal
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from .control import ALREADY_RUNNING
from .home import Home, write_private
from .keys import ensure_keys, write_aws_files
from .ports import Ports, ensure_ports, is_free, replace_ports

_LOCK_SECONDS = 1.0
_SECONDS_BETWEEN_SIGNALS = 0.5
_log = logging.getLogger("mlstack_localcloud")


def main(arguments: list[str] | None = None) -> int:
    """Run the local cloud until it is told to end.

    Args:
        arguments: The command line, without the program's name.

    Returns:
        The exit code: 0 when it was stopped, 3 when another one runs for the same home.
    """
    parser = argparse.ArgumentParser(prog="python -m mlstack_localcloud.daemon")
    parser.add_argument("--home", required=True, type=Path, help="$MLSTACK_HOME")
    home = Home(parser.parse_args(arguments).home.absolute()).make()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    os.umask(0o077)
    # Held in a variable: closing the file would give the lock away.
    lock = _lock(home)
    if lock is None:
        _log.info("another daemon runs for %s", home.root)
        return ALREADY_RUNNING
    home.daemon_file.unlink(missing_ok=True)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with ExitStack() as stack:
        stack.callback(home.daemon_file.unlink, missing_ok=True)
        _serve(home, stack)
        # With a time limit: a signal that comes right before an endless wait begins would never be noticed.
        while not ended.wait(_SECONDS_BETWEEN_SIGNALS):
            pass
        _log.info("ending")
    return 0


def _serve(home: Home, stack: ExitStack) -> None:
    from .server.assembly import LocalCloud

    started = time.perf_counter()
    ports = _ports(home)
    keys = ensure_keys(home)
    write_aws_files(home, keys, ports.gateway)
    cloud = LocalCloud(home, keys, ports)
    stack.callback(cloud.close)
    cloud.start()
    write_private(home.daemon_file, json.dumps(_status(home, ports)))
    _log.info("ready after %.1f s on port %d", time.perf_counter() - started, ports.gateway)


def _status(home: Home, ports: Ports) -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "port": ports.gateway,
        "provider_port": ports.provider,
        "home": str(home.root),
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": metadata.version("mlstack"),
    }


def _ports(home: Home) -> Ports:
    ports = ensure_ports(home)
    if is_free(ports.gateway) and is_free(ports.provider):
        return ports
    _log.warning("a port of %s is taken by another program; others are chosen", ports)
    return replace_ports(home)


def _lock(home: Home) -> int | None:
    """Take the home's lock, or return None when another daemon holds it.

    `control` probes the lock for a moment whenever it is asked for the status, so one refusal means nothing yet.
    """
    descriptor = os.open(home.daemon_lock, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                return None
            time.sleep(0.02)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


if __name__ == "__main__":
    try:
        exit_code = main()
    except Exception:
        _log.exception("ended by an error")
        exit_code = 1
    logging.shutdown()
    # Everything is closed; taking the interpreter and its sixty threads apart would only keep `stop` waiting.
    os._exit(exit_code)
