"""A local cloud of the benchmark's own, in a home of its own, with the engine and caches of the user's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mlstack.home import cache_home
from mlstack_localcloud import control
from mlstack_localcloud.control import DaemonStatus

from benchmarks.interruption import ended_in_order

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class LocalCloud:
    """A running local cloud.

    Attributes:
        status: Its process and ports.
        variables: What `mlstack local env` prints for it, over this process's own environment.
    """

    status: DaemonStatus
    variables: dict[str, str]


def own_home(home: Path) -> dict[str, str]:
    """The variables with which mlstack uses `home`, where nothing is up, with the engine and caches of the user's."""
    from mlstack.engine import find

    return {
        "MLSTACK_CACHE": str(cache_home()),
        "MLSTACK_HOME": str(home),
        "PATH": f"{find.require().executable.parent}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}",
    }


@contextmanager
def local_cloud(home: Path) -> Iterator[LocalCloud]:
    """Start one below `home`, and end it with everything it holds.

    Yields:
        The running local cloud.
    """
    from mlstack.engine import find
    from mlstack.engine.environment import local_variables

    engine = find.require()
    own = own_home(home)
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    try:
        with ended_in_order():
            try:
                status = control.start(home)
                variables = {**os.environ, **{k: v for k, v in local_variables(engine).items() if v is not None}}
                yield LocalCloud(status, variables)
            finally:
                control.reset(home)
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
