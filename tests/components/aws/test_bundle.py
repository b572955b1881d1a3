from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlstack_components.aws import bundle as bundle_module
from mlstack_components.aws.bundle import _gzip_stored, bundle, file_digest
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def code(tmp_path: Path) -> Path:
    directory = tmp_path / "src"
    (directory / "features").mkdir(parents=True)
    (directory / "train.py").write_text("print('train')\n")
    (directory / "requirements.txt").write_text("numpy\n")
    (directory / "features" / "wind.py").write_text("SPEED = 1\n")
    return directory


def test_the_archive_holds_the_contents_not_the_directory(code: Path, tmp_path: Path):
    target = tmp_path / "unpacked"
    target.mkdir()
    (tmp_path / "sourcedir.tar.gz").write_bytes(bundle(code).content)
    subprocess.run(["tar", "-xzf", tmp_path / "sourcedir.tar.gz", "-C", target], check=True)
    assert sorted(path.relative_to(target).as_posix() for path in target.rglob("*")) == [
        "features",
        "features/wind.py",
        "requirements.txt",
        "train.py",
    ]
    assert (target / "features" / "wind.py").read_text() == "SPEED = 1\n"


def test_the_digest_is_of_the_bytes(code: Path):
    result = bundle(code)
    assert result.digest == hashlib.sha256(result.content).hexdigest()


def test_equal_contents_make_equal_bytes(code: Path, tmp_path: Path):
    """Times, owners, permissions, the order of the directory and its place don't matter."""
    other = tmp_path / "elsewhere" / "code"
    (other / "features").mkdir(parents=True)
    for name in ("requirements.txt", "features/wind.py", "train.py"):
        (other / name).write_bytes((code / name).read_bytes())
        (other / name).chmod(0o600)
        os.utime(other / name, (1, 1))
    assert bundle(other) == bundle(code)


def test_the_bytes_are_the_same_on_every_machine(code: Path):
    """Pinned: another version of Python or zlib must not make another name."""
    assert bundle(code).digest == "f578942a163cc195617ef626d18413f54d822cf0eee68788265c3faff52cf992"


@pytest.mark.parametrize("change", ["content", "name", "executable", "empty file"])
def test_a_change_makes_another_name(code: Path, change: str):
    before = bundle(code).digest
    if change == "content":
        (code / "train.py").write_text("print('Train')\n")
    elif change == "name":
        (code / "train.py").rename(code / "fit.py")
    elif change == "executable":
        (code / "train.py").chmod(0o755)
    else:
        (code / "__init__.py").touch()
    assert bundle(code).digest != before


def test_caches_and_environments_are_left_out(code: Path):
    before = bundle(code)
    for name in ("__pycache__/train.cpython-311.pyc", ".venv/bin/python", ".git/config", "features/.DS_Store"):
        (code / name).parent.mkdir(parents=True, exist_ok=True)
        (code / name).write_text("x")
    assert bundle(code) == before


def test_a_link_is_refused(code: Path, tmp_path: Path):
    (tmp_path / "secret").write_text("key")
    (code / "secret").symlink_to(tmp_path / "secret")
    with pytest.raises(UserError, match=r"src/secret is a symbolic link\."):
        bundle(code)


def test_a_pipe_is_refused(code: Path):
    os.mkfifo(code / "pipe")
    with pytest.raises(UserError, match="neither a file nor a directory"):
        bundle(code)


def test_a_missing_or_empty_directory_is_refused(tmp_path: Path):
    with pytest.raises(UserError, match="does not exist"):
        bundle(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="holds no files"):
        bundle(tmp_path / "empty")


def test_too_much_is_refused(code: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bundle_module, "MAX_BUNDLE_BYTES", 10)
    with pytest.raises(UserError, match="holds more than"):
        bundle(code)


def test_long_and_unicode_names_survive(tmp_path: Path):
    name = f"{'x' * 120}-ünïcode-日本.py"
    (tmp_path / name).write_text("1")
    with tarfile.open(fileobj=io.BytesIO(bundle(tmp_path).content)) as archive:
        assert archive.getnames() == [name]


@given(st.binary(max_size=200_000))
def test_stored_gzip_is_read_by_gzip(data: bytes):
    assert gzip.decompress(_gzip_stored(data)) == data


@pytest.mark.parametrize("size", [0, 1, 65_534, 65_535, 65_536, 131_070, 131_071])
def test_stored_gzip_at_the_edges_of_a_block(size: int):
    assert gzip.decompress(_gzip_stored(b"a" * size)) == b"a" * size


def test_a_files_digest(tmp_path: Path):
    (tmp_path / "data.csv").write_bytes(b"a,b\n")
    assert file_digest(tmp_path / "data.csv") == hashlib.sha256(b"a,b\n").hexdigest()
    with pytest.raises(UserError, match="does not exist"):
        file_digest(tmp_path / "nothing.csv")
