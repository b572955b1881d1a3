"""`mlstack init` beside copier's own command, same template, same answers."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.measure import Figure, command, in_pairs

TEMPLATE = Path(__file__).parent.parent / "templates" / "realtime"


def measure(folder: Path) -> Iterable[Figure]:
    """Limit: 0.6 x."""
    numbers = itertools.count()
    bin_folder = Path(sys.executable).parent

    def mlstack() -> None:
        target = folder / f"mlstack-{next(numbers)}"
        command([bin_folder / "mlstack", "init", "realtime", target, "--yes", "--set", "name=weather"], cwd=folder)()

    def copier() -> None:
        target = folder / f"copier-{next(numbers)}"
        command(
            [bin_folder / "copier", "copy", "--defaults", "--quiet", "--data", "name=weather", TEMPLATE, target],
            cwd=folder,
        )()

    pairs = in_pairs(mlstack, copier, runs=7)
    yield Figure("mlstack init / copier copy", pairs.ratio, "x", 0.6, pairs.describe("mlstack", "copier"))
