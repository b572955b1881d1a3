"""What every test stands on: a home of its own, and no way to a real cloud.

`local_cloud` and `engine_path` are the real things. One daemon serves all tests of a worker, so tests name what they
make after themselves.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3
    from mlstack_localcloud.control import DaemonStatus

# A shell starts what runs in the background with Ctrl-C ignored, and every command that a test starts inherits that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Before any fixture changes the home: engines are kept between runs, as a user keeps them.
_USERS_ENGINES = Path(os.environ.get("MLSTACK_HOME") or Path.home() / ".mlstack") / "engine"


@pytest.fixture(autouse=True)
def mlstack_home(tmp_path_factory: pytest.TempPathFactory, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own, in a process that knows of no AWS and no Pulumi."""
    for name in os.environ:
        if name.startswith(("AWS_", "PULUMI_", "MLSTACK_")):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home") / "mlstack"
    monkeypatch.setenv("MLSTACK_HOME", str(home))
    monkeypatch.setenv("MLSTACK_CACHE", str(cache))
    return home


@pytest.fixture(scope="session")
def cache(pytestconfig: pytest.Config) -> Path:
    """What can be made again, such as Python environments of jobs, shared by all tests and runs."""
    return pytestconfig.cache.mkdir("mlstack")


@pytest.fixture(scope="session")
def engine_path() -> Iterator[Path]:
    """The directory of the `pulumi` command, which is first on PATH."""
    from mlstack.engine.find import find

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLSTACK_HOME", str(_USERS_ENGINES.parent))
        engine = find()
        if engine is None:
            pytest.fail("there is no Pulumi engine: run `mlstack engine install`")
        patch.setenv("PATH", str(engine.executable.parent), prepend=os.pathsep)
        patch.delenv("MLSTACK_HOME")
        yield engine.executable.parent


@pytest.fixture(scope="session")
def local_cloud(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[DaemonStatus]:
    """A running local cloud."""
    from mlstack_localcloud import control

    home = tmp_path_factory.mktemp("local-cloud")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLSTACK_CACHE", str(cache))
        status = control.start(home)
    yield status
    control.stop(home)


@pytest.fixture
def in_local_cloud(local_cloud: DaemonStatus, mlstack_home: Path, monkeypatch: pytest.MonkeyPatch) -> DaemonStatus:
    """Makes the running local cloud that of this test's commands."""
    monkeypatch.setenv("MLSTACK_HOME", str(local_cloud.home))
    return local_cloud


@pytest.fixture(scope="session")
def aws(local_cloud: DaemonStatus) -> boto3.Session:
    """A boto3 session on the local cloud."""
    import boto3
    import botocore.session
    from mlstack_localcloud.control import client_environment

    variables = client_environment(local_cloud.home)
    session = botocore.session.Session()
    session.set_config_variable("config_file", variables["AWS_CONFIG_FILE"])
    session.set_config_variable("credentials_file", variables["AWS_SHARED_CREDENTIALS_FILE"])
    return boto3.Session(botocore_session=session, region_name=variables["AWS_REGION"])
