"""What is installed where there is no index: collected by the real pip, kept in S3, installed from it alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mlstack import __version__
from mlstack.bootstrap.collect import PackagesError, PackageSource, collect
from mlstack.bootstrap.package_set import file_sha256
from mlstack.bootstrap.run import Bootstrap
from mlstack.bootstrap.upload import PackageStore
from mlstack_components.errors import UserError

from .conftest import make_wheel

if TYPE_CHECKING:
    from mlstack.bootstrap.package_set import PackageSet
    from mlstack.cloud.aws import AwsSession


@pytest.fixture(autouse=True)
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that nobody answers at, as on a machine without a network."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


@pytest.fixture
def source(wheels: Path, engine_archive: Path) -> PackageSource:
    return PackageSource("x86_64", wheels, engine_archive)


def _collect(source: PackageSource, folder: Path) -> PackageSet:
    folder.mkdir()
    return collect(source, folder, lambda _: None)


def test_a_set_is_what_mlstack_needs_and_nothing_else(source: PackageSource, tmp_path: Path) -> None:
    packages = _collect(source, tmp_path / "one")
    manifest = json.loads(packages.manifest)
    files = {each["file"]: each for each in manifest["files"]}
    wheels = [each for each in files.values() if each["kind"] == "wheel"]
    assert [(each["name"], each["version"], each["platform"]) for each in wheels] == [
        ("mlstack", __version__, "py3-none-any"),
        ("storm-glass", "2.1", "py3-none-any"),
    ]
    engine = files["pulumi-v3.999.0-linux-x64.tar.gz"]
    assert (engine["kind"], engine["version"], engine["platform"]) == ("engine", "3.999.0", "linux-x64")
    for name, each in files.items():
        assert each["sha256"] == file_sha256(packages.folder / name)
        assert each["size"] == (packages.folder / name).stat().st_size
    assert _collect(source, tmp_path / "two").sha256 == packages.sha256


def test_another_wheel_is_another_set(source: PackageSource, wheels: Path, tmp_path: Path) -> None:
    before = _collect(source, tmp_path / "before").sha256
    make_wheel(wheels, "storm-glass", "2.2")
    assert _collect(source, tmp_path / "after").sha256 != before


def test_a_wheel_that_is_missing_is_named(source: PackageSource, wheels: Path, tmp_path: Path) -> None:
    next(wheels.glob("storm_glass-*")).unlink()
    with pytest.raises(PackagesError, match="storm-glass") as raised:
        _collect(source, tmp_path / "set")
    assert "--wheels" in str(raised.value.next_step)


def test_without_a_network_one_message_says_what_to_do(engine_archive: Path, tmp_path: Path) -> None:
    with pytest.raises(PackagesError, match="could not be collected: ") as raised:
        _collect(PackageSource("x86_64", None, engine_archive), tmp_path / "set")
    assert "\n" not in raised.value.message
    assert "--wheels DIRECTORY" in str(raised.value.next_step)


def test_an_engine_of_another_platform_is_refused(wheels: Path, engine_archive: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="aarch64"):
        _collect(PackageSource("aarch64", wheels, engine_archive), tmp_path / "set")


def test_an_upload_goes_on_where_it_ended_and_a_second_one_uploads_nothing(
    session: AwsSession, source: PackageSource, tmp_path: Path
) -> None:
    bootstrap = Bootstrap.look(session)
    bootstrap.do(lambda _: None)
    packages = _collect(source, tmp_path / "set")
    store = PackageStore.of(session, bootstrap.backend.bucket)
    assert store.newest() is None
    assert store.put(packages, lambda _: None) == len(packages.files)
    newest = store.newest()
    assert newest is not None
    assert newest["prefix"] == f"packages/{packages.sha256}/"
    assert store.put(packages, lambda _: None) == 0
    # As if it had been interrupted before the last file and the manifest.
    for name in (packages.files[0].file, "manifest.json"):
        store.s3.delete_object(Bucket=store.bucket, Key=f"{newest['prefix']}{name}")
    assert store.put(packages, lambda _: None) == 1


@pytest.mark.slow
def test_what_was_uploaded_installs_without_an_index(
    session: AwsSession, source: PackageSource, tmp_path: Path
) -> None:
    bootstrap = Bootstrap.look(session)
    bootstrap.do(lambda _: None)
    bootstrap.put_packages(source, lambda _: None)
    assert bootstrap.packages is not None
    folder = _downloaded(session, bootstrap.backend.bucket, bootstrap.packages, tmp_path / "there")
    venv.create(tmp_path / "venv", with_pip=True)
    variables = {
        **os.environ,
        "PYTHON": str(tmp_path / "venv" / "bin" / "python"),
        "MLSTACK_HOME": str(tmp_path / "home"),
    }
    ended = subprocess.run(["sh", folder / "install.sh"], env=variables, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    code = "import mlstack, storm_glass; print(mlstack.FROM_A_WHEEL, storm_glass.READS)"
    shown = subprocess.run([variables["PYTHON"], "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert shown.stdout.split() == ["True", "rain"]
    engine = tmp_path / "home" / "engine" / "3.999.0" / "bin" / "pulumi"
    assert subprocess.run([engine], capture_output=True, text=True, check=True).stdout == "v3.999.0\n"


def test_a_file_that_was_changed_on_the_way_is_not_installed(source: PackageSource, tmp_path: Path) -> None:
    packages = _collect(source, tmp_path / "set")
    make_wheel(packages.folder, "storm-glass", "2.1", body="READS = 'your secrets'\n")
    variables = {**os.environ, "PYTHON": sys.executable, "MLSTACK_HOME": str(tmp_path / "home")}
    ended = subprocess.run(
        ["sh", packages.folder / "install.sh"], env=variables, capture_output=True, text=True, check=False
    )
    assert ended.returncode != 0
    assert "storm_glass-2.1-py3-none-any.whl" in ended.stdout + ended.stderr


def _downloaded(session: AwsSession, bucket: str, prefix: str, folder: Path) -> Path:
    folder.mkdir()
    s3 = session.client("s3")
    for entry in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]:
        body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
        (folder / Path(entry["Key"]).name).write_bytes(body)
    return folder
