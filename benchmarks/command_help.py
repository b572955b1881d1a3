"""`mlstack --help` beside a three-line typer program in the same interpreter."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.measure import Figure, command, in_pairs

PROGRAM = "import typer\ndef main(name: str = 'x') -> None: print(name)\ntyper.run(main)\n"


def measure(folder: Path) -> Iterable[Figure]:
    """Limit: 1.25 x."""
    program = folder / "three_lines.py"
    program.write_text(PROGRAM)
    pairs = in_pairs(
        command([sys.executable, "-m", "mlstack", "--help"]),
        command([sys.executable, program, "--help"]),
        runs=15,
    )
    yield Figure("mlstack --help / typer", pairs.ratio, "x", 1.25, pairs.describe("mlstack", "typer"))
