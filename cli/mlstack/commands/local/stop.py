"""`mlstack local stop`."""

from __future__ import annotations

EXAMPLES = ("mlstack local stop",)


def command() -> None:
    """Stop the local cloud.

    Its jobs and endpoints end; models, data and endpoints are there again after the next start.
    """
    from mlstack_localcloud.control import stop

    from mlstack.console import out, progress
    from mlstack.home import mlstack_home

    with progress("Stopping the local cloud"):
        was_running = stop(mlstack_home())
    out.print("The local cloud is stopped." if was_running else "The local cloud was not running.", markup=False)
