"""`mlstack monitor`."""

from __future__ import annotations

from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, Environment, Model

EXAMPLES = ("mlstack monitor local", "mlstack monitor prod --hours 6 --json")


def command(
    environment: Environment = DEFAULT,
    *,
    hours: Annotated[
        int, typer.Option("--hours", min=1, max=168, help="How far back the calls are looked at, in hours.")
    ] = 24,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Compare the endpoint's calls with the training data, now, and show what differs.

    The same job that the schedule starts, over the calls that were captured so far. Violations are a result and no
    failure: the exit code is 0.
    """
    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import out, print_json, progress
    from mlstack.monitors.run_now import RunNow
    from mlstack.monitors.show import monitor_page

    deployment = Deployment.open(environment, model)
    with explained(deployment.spec), progress("Comparing the calls with the baseline"):
        found = RunNow(deployment, hours).run()
    if json:
        print_json(found.to_json())
    else:
        out.print(monitor_page(found))
