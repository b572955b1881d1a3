"""`mlstack engine unlock`."""

from __future__ import annotations

from typing import Annotated

import typer

EXAMPLES = ("mlstack engine unlock local",)


def command(
    environment: Annotated[str, typer.Argument(help="The environment whose lock is removed.")],
    force: Annotated[bool, typer.Option("--force", help="Also where the holder may still be alive.")] = False,
) -> None:
    """Remove the lock that a killed update left on an environment.

    Refuses while the process that holds the lock is alive, because two updates at once corrupt the state.
    """
    from mlstack.console import out
    from mlstack.engine.lock import unlock
    from mlstack.engine.pulumi import Pulumi
    from mlstack.project_directory import ProjectDirectory

    project = ProjectDirectory.find()
    removed = unlock(Pulumi.of(project, project.load(environment)), force=force)
    out.print(f"Unlocked {environment}." if removed else f"{environment} was not locked.", markup=False)
