"""`mlstack local status`."""

from __future__ import annotations

from typing import Annotated

import typer

EXAMPLES = ("mlstack local status", "mlstack local status --json")


def command(
    json: Annotated[bool, typer.Option("--json", help="Print JSON: running, pid, ports, home.")] = False,
) -> None:
    """Show whether the local cloud runs, and where.

    Exits with 0 whether it runs or not; scripts read `running`.
    """
    from mlstack_localcloud.control import status

    from mlstack.console import out, print_json
    from mlstack.home import mlstack_home

    home = mlstack_home()
    running = status(home)
    if json:
        print_json(
            {
                "running": running is not None,
                "pid": running.pid if running else None,
                "port": running.port if running else None,
                "provider_port": running.provider_port if running else None,
                "endpoint_url": running.endpoint_url if running else None,
                "home": str(home),
                "started_at": running.started_at if running else None,
                "version": running.version if running else None,
            }
        )
    elif running is None:
        out.print(f"The local cloud is not running ({home}). Start it with `mlstack local start`.", markup=False)
    else:
        out.print(f"The local cloud runs: {running.endpoint_url}, process {running.pid}", markup=False)
        out.print(f"  since     {running.started_at}", markup=False)
        out.print(f"  home      {running.home}", markup=False)
        out.print(f"  provider  127.0.0.1:{running.provider_port}", markup=False)
