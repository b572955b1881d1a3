"""First and unchanged `mlstack up local` beside plain `pulumi up` of the same resources by hand, on one cloud."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from benchmarks.local_cloud import BIN, local_cloud
from benchmarks.measure import Figure, Pairs, command, seconds

BY_HAND = Path(__file__).parent / "by_hand"
RUNS = 3


def measure(folder: Path) -> Iterable[Figure]:
    """Limit: 1.2 x, first and unchanged."""
    project = folder / "weather"
    by_hand = folder / "by-hand"
    shutil.copytree(BY_HAND, by_hand)
    command([BIN / "mlstack", "init", "realtime", project, "--yes"], cwd=folder)()
    with local_cloud(folder / "home") as cloud:
        variables = {**cloud.variables, "SOURCE": str(project)}
        mlstack_up = command([BIN / "mlstack", "up", "local"], cwd=project, env=cloud.variables)
        mlstack_destroy = command(
            [BIN / "mlstack", "destroy", "local", "--delete-data", "--yes"], cwd=project, env=cloud.variables
        )

        def pulumi(*arguments: str) -> None:
            command(["pulumi", *arguments, "--non-interactive"], cwd=by_hand, env=variables)()

        first: list[tuple[float, float]] = []
        unchanged: list[tuple[float, float]] = []
        for counted in range(RUNS + 1):  # the first round warms the machine's caches
            pulumi("stack", "init", "local")
            pulumi("config", "set", "aws:region", "us-east-1")
            times = [(seconds(mlstack_up), seconds(lambda: pulumi("up", "--yes", "-s", "local"))) for _ in range(2)]
            if counted:
                first.append(times[0])
                unchanged.append(times[1])
            mlstack_destroy()
            pulumi("destroy", "--yes", "-s", "local")
            pulumi("stack", "rm", "--yes", "local")
    for name, times in (("first", first), ("unchanged", unchanged)):
        pairs = Pairs(tuple(a for a, _ in times), tuple(b for _, b in times))
        yield Figure(
            f"{name} mlstack up / pulumi up by hand", pairs.ratio, "x", 1.2, pairs.describe("mlstack", "by hand")
        )
