"""Getting an engine: each way in turn, all or nothing, and an error that names every way."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from mlstack.engine import build, find, install
from mlstack.engine.install import EngineUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_NO_NETWORK = "import sys; sys.exit('<urlopen error no network>')"
_DOWNLOADS = """
import os, sys
bin = os.path.join(sys.argv[1], "bin")
os.makedirs(bin)
open(os.path.join(bin, "pulumi"), "w").write("#!/bin/sh\\necho v{version}\\n")
os.chmod(os.path.join(bin, "pulumi"), 0o755)
"""
_GO = """#!/bin/sh
# Stands in for Go: writes what -o names, if the module's files are there.
[ -f go.mod ] && [ -f go.sum ] && [ -f tools.go ] || exit 3
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho v3.259.0\\n' > "$2"
chmod +x "$2"
"""


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing but `sh` and its tools, and no network."""
    path = tmp_path / "path"
    path.mkdir()
    for name in ("sh", "chmod"):
        (path / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setenv("MLSTACK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(install, "_OFFICIAL_INSTALLER", _NO_NETWORK)
    return path


def _go(path: Path, text: str = _GO) -> None:
    (path / "go").write_text(text)
    (path / "go").chmod(0o755)


def _left() -> list[str]:
    return sorted(entry.name for entry in find.engines_home().iterdir() if entry.name != ".lock")


def test_where_no_way_works_each_is_named_with_its_reason(bare_machine: Path, fake_pulumi: Callable[..., Path]) -> None:
    fake_pulumi(bare_machine, "3.100.0")
    with pytest.raises(EngineUnavailableError) as raised:
        install.install(lambda _: None)
    ways = list(raised.value.ways.values())
    assert "3.100.0" in ways[0]
    assert ways[1:] == ["<urlopen error no network>", "there is no `go` on PATH"]
    assert all(reason in raised.value.message for reason in ways)
    assert _left() == []


def test_the_official_installer_comes_first(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _go(bare_machine)
    monkeypatch.setattr(install, "_OFFICIAL_INSTALLER", _DOWNLOADS.replace("{version}", "3.272.0"))
    engine = install.ensure(lambda _: None)
    assert engine.version == "3.272.0"
    assert find.find() == engine
    assert (engine.executable.parent / find.LANGUAGE_HOST).is_file()


def test_go_builds_it_where_it_cannot_be_downloaded(bare_machine: Path) -> None:
    _go(bare_machine)
    said: list[str] = []
    engine = install.install(said.append)
    assert engine.executable == find.engines_home() / "3.259.0" / "bin" / "pulumi"
    assert find.find() == engine
    assert _left() == ["3.259.0"]
    assert any("official installer" in line for line in said)
    assert any("with Go" in line for line in said)


def test_a_second_one_installs_nothing(bare_machine: Path) -> None:
    _go(bare_machine)
    first = install.ensure(lambda _: None)
    (bare_machine / "go").unlink()
    assert install.ensure(lambda _: None) == first


def test_a_build_that_fails_shows_its_last_lines_and_leaves_nothing(bare_machine: Path) -> None:
    _go(bare_machine, "#!/bin/sh\necho 'go: downloading x v1' >&2\necho 'x.go:1: syntax error' >&2\nexit 1\n")
    with pytest.raises(EngineUnavailableError, match=r"x\.go:1: syntax error"):
        install.install(lambda _: None)
    assert _left() == []


def test_a_wrong_version_is_not_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_OFFICIAL_INSTALLER", _DOWNLOADS.replace("{version}", "3.1.0"))
    with pytest.raises(EngineUnavailableError, match=r"it is version 3\.1\.0"):
        install.install(lambda _: None)


def test_what_a_killed_installation_left_is_removed(bare_machine: Path) -> None:
    (find.engines_home() / ".installing-abc" / "bin").mkdir(parents=True)
    _go(bare_machine)
    install.install(lambda _: None)
    assert _left() == ["3.259.0"]


def test_an_interrupt_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(directory: Path, progress: object) -> None:
        (directory / "half").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "build", interrupted)
    with pytest.raises(KeyboardInterrupt):
        install.install(lambda _: None)
    assert _left() == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_real_build_answers_with_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    if shutil.which("go") is None:
        pytest.skip("there is no Go here")
    monkeypatch.setenv("MLSTACK_CACHE", str(tmp_path / "cache"))
    build.build(tmp_path, lambda _: None)
    assert find.version_of(tmp_path / "bin" / "pulumi") == str(find.MINIMUM)
