"""The commit of the code is that of its folder, and of nothing else."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from mlstack_stacks.source_commit import source_commit

if TYPE_CHECKING:
    from pathlib import Path


def _git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=root, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text("one\n")
    (tmp_path / "README.md").write_text("one\n")
    _git(tmp_path, "init", "-q")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "-qm", "one")
    return tmp_path


def test_it_is_the_commit_that_last_changed_the_code(repository: Path) -> None:
    first = _git(repository, "rev-parse", "HEAD")
    assert source_commit(repository) == first
    (repository / "README.md").write_text("two\n")
    _git(repository, "commit", "-qam", "two")
    assert source_commit(repository) == first
    (repository / "src" / "train.py").write_text("two\n")
    _git(repository, "commit", "-qam", "three")
    assert source_commit(repository) == _git(repository, "rev-parse", "HEAD") != first


@pytest.mark.parametrize("name", ["train.py", "new.py"])
def test_code_with_changes_of_its_own_has_none(repository: Path, name: str) -> None:
    (repository / "src" / name).write_text("changed\n")
    assert source_commit(repository) is None


def test_changes_elsewhere_do_not_matter(repository: Path) -> None:
    (repository / "README.md").write_text("changed\n")
    assert source_commit(repository) is not None


def test_there_is_none_outside_version_control(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "src").mkdir()
    assert source_commit(tmp_path) is None
    monkeypatch.setenv("PATH", "")
    assert source_commit(tmp_path) is None
