"""`mlstack local reset`."""

from __future__ import annotations

from typing import Annotated

import typer

EXAMPLES = ("mlstack local reset", "mlstack local reset --yes")


def command(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete the local cloud: every bucket, model and endpoint in it, and Pulumi's state of local environments.

    Projects on disk are not touched; `mlstack up local` builds their environments anew.
    """
    from mlstack_localcloud.control import reset

    from mlstack.confirm import confirm
    from mlstack.console import out, progress
    from mlstack.home import mlstack_home

    home = mlstack_home()
    confirm(f"Delete everything in the local cloud ({home / 'local'})?", yes=yes)
    with progress("Deleting the local cloud"):
        reset(home)
    out.print("The local cloud is deleted.", markup=False)
