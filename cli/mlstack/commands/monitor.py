"""`mlstack monitor`."""

from __future__ import annotations

from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, Environment, Model

EXAMPLES = ("mlstack monitor local", "mlstack monitor prod --monitor model_quality --hours 6 --json")


def command(
    environment: Environment = DEFAULT,
    *,
    monitor: Annotated[
        str | None,
        typer.Option("--monitor", help="data_quality or model_quality; all of the environment's by default."),
    ] = None,
    hours: Annotated[
        int, typer.Option("--hours", min=1, max=168, help="How far back the calls are looked at, in hours.")
    ] = 24,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Compare the endpoint's calls with the training data, and predictions with labels, now, and show what differs.

    The same jobs that the schedules start, over the calls that were captured so far. Violations are a result and no
    failure: the exit code is 0. With several monitors, `--json` prints a list.
    """
    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import out, print_json, progress
    from mlstack.monitors.run_now import RunNow, chosen
    from mlstack.monitors.show import monitor_page

    deployment = Deployment.open(environment, model)
    found = []
    for name in chosen(deployment, monitor):
        with explained(deployment.spec), progress("Comparing the calls with the baseline"):
            found.append(RunNow(deployment, hours, name).run())
        if not json:
            out.print(monitor_page(found[-1]))
    if json:
        print_json(found[0].to_json() if len(found) == 1 else [each.to_json() for each in found])
