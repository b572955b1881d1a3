"""Clients of the worker's local cloud in a region of the test's own, and folders of small real wheels."""

from __future__ import annotations

import base64
import hashlib
import tarfile
import zipfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from mlstack import __version__
from mlstack.cloud.aws import AwsSession

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_localcloud.control import DaemonStatus

# Names follow from account and region, and the tests of a worker share a local cloud.
_REGIONS = (
    "eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 us-west-1 us-west-2 "
    "us-east-2 ap-south-1 ap-south-2 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 "
    "ap-southeast-2 ap-southeast-3 ca-central-1 sa-east-1 me-south-1 me-central-1 af-south-1 il-central-1"
)


def session_in(region: str) -> AwsSession:
    """Clients of the local cloud, as the command makes them."""
    local: Any = SimpleNamespace(environment="local", account="000000000000", region=region, is_local=True)
    return AwsSession.for_environment(local)


@pytest.fixture(scope="session")
def regions() -> Iterator[str]:
    return iter(_REGIONS.split())


@pytest.fixture
def session(in_local_cloud: DaemonStatus, regions: Iterator[str]) -> AwsSession:
    """Clients in a region where nothing was bootstrapped."""
    return session_in(next(regions))


def make_wheel(folder: Path, name: str, version: str, requires: tuple[str, ...] = (), body: str = "") -> Path:
    """A wheel of one module (PEP 427)."""
    module, about = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: aws", *requires]
    files = {
        f"{module}.py": body,
        f"{about}/METADATA": "\n".join(metadata) + "\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},sha256={_digest(text)},{len(text)}\n" for file, text in files.items())
    path = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in {**files, f"{about}/RECORD": f"{record}{about}/RECORD,,\n"}.items():
            archive.writestr(file, text)
    return path


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """What `mlstack[aws]` needs, as far as this folder's mlstack says, and a wheel that it does not."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    needs = ("Requires-Dist: storm-glass>=2; extra == 'aws'",)
    make_wheel(folder, "mlstack", __version__, needs, "FROM_A_WHEEL = True\n")
    make_wheel(folder, "storm-glass", "2.1", body="READS = 'rain'\n")
    make_wheel(folder, "unrelated", "1.0")
    return folder


@pytest.fixture
def engine_archive(tmp_path: Path) -> Path:
    """An archive of the form of Pulumi's downloads."""
    program = tmp_path / "pulumi"
    program.write_text("#!/bin/sh\necho v3.999.0\n")
    program.chmod(0o755)
    path = tmp_path / "pulumi-v3.999.0-linux-x64.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(program, "pulumi/pulumi")
    return path
