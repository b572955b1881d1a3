"""Which engine is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack.engine import find
from mlstack.engine.find import Engine, EngineMissingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLSTACK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    return tmp_path / "cache"


def test_the_users_own_is_used_where_its_version_will_do(tmp_path: Path, fake_pulumi: Callable[..., Path]) -> None:
    executable = fake_pulumi(tmp_path / "path", "3.300.1")
    fake_pulumi(find.engines_home() / "3.259.0" / "bin", "3.259.0")
    assert find.find() == Engine(executable, "3.300.1")
    assert not find.require().is_kept


@pytest.mark.parametrize("version", ["3.258.9", "2.99.0", "4.0.0", "nonsense"])
def test_a_version_that_will_not_do_is_passed_over(
    version: str, tmp_path: Path, fake_pulumi: Callable[..., Path]
) -> None:
    fake_pulumi(tmp_path / "path", version)
    assert find.find() is None
    kept = fake_pulumi(find.engines_home() / "3.259.0" / "bin", "3.259.0")
    found = find.find()
    assert found == Engine(kept, "3.259.0")
    assert found.is_kept


def test_of_the_kept_ones_the_newest_is_used(fake_pulumi: Callable[..., Path]) -> None:
    for version in ("3.259.0", "3.1000.0", "3.270.0"):
        fake_pulumi(find.engines_home() / version / "bin", version)
    found = find.find()
    assert found is not None
    assert found.version == "3.1000.0"


def test_one_that_does_not_answer_is_passed_over(tmp_path: Path, fake_pulumi: Callable[..., Path]) -> None:
    fake_pulumi(tmp_path / "path", "3.300.0").write_text("#!/bin/sh\nexit 1\n")
    assert find.find() is None


def test_none_is_an_error_with_the_next_step() -> None:
    with pytest.raises(EngineMissingError) as raised:
        find.require()
    assert raised.value.next_step == "Run `mlstack engine install`."


def test_an_executable_is_asked_once_until_it_changes(tmp_path: Path, fake_pulumi: Callable[..., Path]) -> None:
    executable = fake_pulumi(tmp_path / "path", "3.300.0")
    asked = tmp_path / "asked"
    executable.write_text(f"#!/bin/sh\necho >> {asked}\necho v3.300.0\n")
    assert [find.version_of(executable) for _ in range(3)] == ["3.300.0"] * 3
    assert asked.read_text().count("\n") == 1
    executable.write_text(f"#!/bin/sh\necho >> {asked}\necho v3.301.00\n")
    assert find.version_of(executable) == "3.301.00"


def test_a_broken_cache_is_no_reason_to_fail(tmp_path: Path, own_cache: Path, fake_pulumi: Callable[..., Path]) -> None:
    own_cache.mkdir()
    (own_cache / "engine-versions.json").write_text("[not json")
    assert find.version_of(fake_pulumi(tmp_path / "path", "3.300.0")) == "3.300.0"


def test_our_language_host_is_put_beside_a_kept_engine_only_where_none_is(fake_pulumi: Callable[..., Path]) -> None:
    executable = fake_pulumi(find.engines_home() / "3.259.0" / "bin", "3.259.0")
    engine = find.require()
    host = executable.parent / find.LANGUAGE_HOST
    assert host.stat().st_mode & 0o111
    assert find.official_language_host(engine) is None
    assert engine.search_path == [executable.parent]


def test_an_official_language_host_wins(tmp_path: Path, fake_pulumi: Callable[..., Path]) -> None:
    executable = fake_pulumi(tmp_path / "path", "3.300.0")
    official = executable.parent / find.LANGUAGE_HOST
    official.write_text("#!/bin/sh\n")
    official.chmod(0o755)
    engine = find.require()
    assert find.official_language_host(engine) == official
    assert not find.engines_home().exists()
    assert engine.search_path == [executable.parent]


def test_an_engine_of_the_users_gets_our_language_host_from_a_directory_of_ours(
    tmp_path: Path, fake_pulumi: Callable[..., Path]
) -> None:
    executable = fake_pulumi(tmp_path / "path", "3.300.0")
    engine = find.require()
    ours = find.engines_home() / "3.300.0" / "bin"
    assert engine.search_path == [executable.parent, ours]
    assert (ours / find.LANGUAGE_HOST).is_file()
    assert not (executable.parent / find.LANGUAGE_HOST).exists()
    # What is found next time is still the user's engine.
    assert find.find() == engine
