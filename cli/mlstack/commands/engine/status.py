"""`mlstack engine status`."""

from __future__ import annotations

from typing import Annotated

import typer

EXAMPLES = ("mlstack engine status", "mlstack engine status --json")


def command(
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show which Pulumi engine is used, and which language host.

    Exits with 1 where there is none that will do.
    """
    from mlstack.console import out, print_json
    from mlstack.engine import find

    engine = find.require()
    official = find.official_language_host(engine)
    host = "the official one" if official else "mlstack's own"
    if json:
        print_json(
            {
                "version": engine.version,
                "executable": str(engine.executable),
                "installed_by_mlstack": engine.is_kept,
                "language_host": "official" if official else "mlstack",
            }
        )
        return
    origin = "installed by mlstack" if engine.is_kept else "found on PATH"
    out.print(f"Pulumi {engine.version}: {engine.executable} ({origin})", markup=False)
    out.print(f"Language host for Python: {host}", markup=False)
