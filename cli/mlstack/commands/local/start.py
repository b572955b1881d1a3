"""`mlstack local start`."""

from __future__ import annotations

EXAMPLES = ("mlstack local start",)


def command() -> None:
    """Start the local cloud, an AWS-compatible server on 127.0.0.1.

    `mlstack up local` does so by itself. Does nothing where it runs already.
    """
    from mlstack_localcloud.control import start

    from mlstack.console import out, progress
    from mlstack.home import mlstack_home

    with progress("Starting the local cloud"):
        status = start(mlstack_home())
    out.print(f"The local cloud runs: {status.endpoint_url} (process {status.pid})", markup=False)
