"""The demo's own steps, after installation, and what the daemon weighs after them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import psutil

from benchmarks.local_cloud import BIN, local_cloud
from benchmarks.measure import Figure, command, seconds
from benchmarks.served_project import STEPS

MEBIBYTE = 1024 * 1024


def measure(folder: Path) -> Iterable[Figure]:
    """Limits: 60 s for all steps together, 350 MB for the daemon (resident, without the model's own process)."""
    project = folder / "weather"
    init = command([BIN / "mlstack", "init", "realtime", project, "--yes"], cwd=folder)
    times = {"init": seconds(init)}
    with local_cloud(folder / "home") as cloud:
        for step in STEPS:
            times[" ".join(step[:2])] = seconds(command([BIN / "mlstack", *step], cwd=project, env=cloud.variables))
        memory = psutil.Process(cloud.status.pid).memory_info().rss / MEBIBYTE
    detail = ", ".join(f"{name} {took:.1f}" for name, took in times.items())
    yield Figure("the demo's steps", sum(times.values()), "s", 60, detail)
    yield Figure("the daemon after the demo", memory, "MB", 350)
