"""`python -m benchmarks [NAME ...]`: measure, print a table, write `build/benchmarks.json`."""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import tempfile
import traceback
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Figure

# In the order of docs/benchmarks.md. Each module has `measure(folder: Path) -> Iterable[Figure]`.
BENCHMARKS = (
    "command_help",
    "scaffold",
    "plan",
    "production",
    "up",
    "growth",
    "growth_of_everything",
    "training_job",
    "invoke",
    "demo",
)
RESULTS = Path("build/benchmarks.json")


def main(names: list[str]) -> int:
    """Measure the named benchmarks, or all."""
    if unknown := sorted(set(names) - set(BENCHMARKS)):
        print(f"unknown benchmark {', '.join(unknown)}: choose from {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    console = Console()
    figures: list[Figure] = []
    failed: list[str] = []
    for name in names or BENCHMARKS:
        console.print(f"measuring {name} ...", highlight=False)
        try:
            with tempfile.TemporaryDirectory(prefix="mlstack-bench-") as folder:
                for figure in importlib.import_module(f"benchmarks.{name}").measure(Path(folder)):
                    figures.append(figure)
                    _write(figures)  # The whole takes long: what was measured is kept when it is interrupted.
        except Exception:
            failed.append(name)
            traceback.print_exc()
    console.print(_table(figures))
    console.print(f"written to {RESULTS}")
    if failed:
        print(f"could not be measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _write(figures: list[Figure]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"machine": _machine(), "figures": [asdict(figure) for figure in figures]}, indent=2))


def _machine() -> dict[str, object]:
    return {"system": platform.platform(), "python": platform.python_version(), "processors": os.cpu_count()}


def _table(figures: list[Figure]) -> Table:
    table = Table("figure", "measured", "to reach", "", "behind it")
    for figure in figures:
        verdict = {True: "yes", False: "NO", None: ""}[figure.holds]
        sign = "≥" if figure.at_least else "≤"
        limit = "" if figure.limit is None else f"{sign} {figure.limit:g} {figure.unit}"
        table.add_row(figure.name, f"{figure.value:.2f} {figure.unit}", limit, verdict, figure.detail)
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
