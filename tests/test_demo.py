"""The whole demo, run by an mlstack that was installed from its built wheel, outside the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CHECKOUT = Path(__file__).parent.parent
UV = Path(sys.executable).parent / "uv"
STEPS = ("init", "up", "run", "models", "release", "invoke", "status")


def _run(arguments: Sequence[str | Path], cwd: Path, environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env=None if environment is None else dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{arguments} exited {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an empty environment with the built wheel and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("installed")
    _run([UV, "build", "--quiet", "--wheel", "--out-dir", folder / "dist", CHECKOUT], folder)
    (wheel,) = (folder / "dist").glob("*.whl")
    _run([UV, "venv", "--quiet", "--python", sys.executable, folder / "venv"], folder)
    python = folder / "venv" / "bin" / "python"
    constraints = CHECKOUT / "constraints.txt"
    _run([UV, "pip", "install", "--quiet", "--python", python, "-c", constraints, f"{wheel}[local]"], folder)
    return python.parent


@pytest.fixture
def environment(installed: Path, engine_path: Path, mlstack_home: Path) -> Iterator[dict[str, str]]:
    """A shell that has the installed mlstack and the engine, and no PYTHONPATH to the checkout."""
    search = os.pathsep.join([str(installed), str(engine_path), os.environ["PATH"]])
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"PATH": search, "VIRTUAL_ENV": str(installed.parent)}
    yield environment
    _run(["mlstack", "local", "stop"], mlstack_home.parent, environment)


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_demo_ends_with_predictions_and_destroy_leaves_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    printed = _run(["sh", CHECKOUT / "docs" / "demo.sh"], tmp_path, environment)

    commands = [line.split()[2] for line in printed.splitlines() if line.startswith("$ mlstack ")]
    assert [name for name in commands if name != "engine"] == list(STEPS)
    predictions = printed.split("$ mlstack invoke")[1].splitlines()
    assert predictions[1].startswith("weather,probability_")
    assert predictions[2].split(",")[0] in {"rain", "mist", "sun"}

    project = tmp_path / "weather"
    again = _run(["sh", CHECKOUT / "docs" / "demo.sh"], tmp_path, environment)
    assert "going on with it" in again
    assert "Registered model version 2" in again

    unchanged = _run(["mlstack", "plan", "local"], project, environment)
    assert re.fullmatch(r"\d+ unchanged", unchanged.splitlines()[0])
    destroyed = _run(["mlstack", "destroy", "local", "--delete-data", "--yes"], project, environment)
    assert "Left: nothing" in destroyed
