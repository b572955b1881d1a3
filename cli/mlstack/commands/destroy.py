"""`mlstack destroy`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mlstack.infrastructure.destroy import Destroyed

EXAMPLES = ("mlstack destroy local", "mlstack destroy local --delete-data --yes")


def command(
    environment: Annotated[str, typer.Argument(help="The environment, as in mlstack.yaml.")],
    delete_data: Annotated[
        bool, typer.Option("--delete-data", help="Delete the data, images and model versions in it, too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON: deleted, left, kept.")] = False,
) -> None:
    """Delete an environment.

    Refuses, before it deletes anything, while buckets, the image registry or model groups hold data. At the end it asks
    the cloud what is left. Run it again where it was interrupted.
    """
    from mlstack.confirm import confirm
    from mlstack.console import progress
    from mlstack.engine.show import follow, tell_interrupt
    from mlstack.infrastructure.destroy import Destruction
    from mlstack.infrastructure.up import ready
    from mlstack.project_directory import find_stack

    project = find_stack()
    with progress("Looking at what is there") as shown:
        spec = project.load(environment)
        destruction = Destruction.of(spec, ready(project, spec, shown.update))
        if not delete_data:
            destruction.require_empty()
    what = "with everything in it" if delete_data else "which holds no data"
    confirm(f"Delete {environment} ({len(destruction.resources)} resources, {what})?", yes=yes)
    destruction.pulumi.on_interrupt = tell_interrupt
    with progress(f"Deleting {environment}") as shown:
        destroyed = destruction.run(delete_data=delete_data, say=shown.update, on_event=follow(shown))
    _tell(environment, destroyed, json=json)
    if destroyed.remains.left:
        raise typer.Exit(1)


def _tell(environment: str, destroyed: Destroyed, *, json: bool) -> None:
    from mlstack.console import out, print_json

    remains, changes = destroyed.remains, destroyed.changes
    if json:
        deleted = [step.urn for step in changes.steps] if changes else []
        print_json({"environment": environment, "deleted": deleted, "left": remains.left, "kept": remains.kept})
        return
    out.print(f"{environment} is destroyed: {changes.summary if changes else 'there was no stack'}", markup=False)
    out.print("Left: nothing" if not remains.left else "Left, although it should be gone:", markup=False)
    for line in remains.left:
        out.print(f"  {line}", markup=False)
    if remains.kept:
        out.print("Kept by the cloud for a while:", markup=False)
    for line in remains.kept:
        out.print(f"  {line}", markup=False)
