"""`mlstack images build`."""

from __future__ import annotations

from typing import Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, Environment

EXAMPLES = ("mlstack images build dev", "mlstack images build prod model --json")


def command(
    environment: Environment = DEFAULT,
    names: Annotated[list[str] | None, typer.Argument(metavar="[IMAGE]...", help="The images; all by default.")] = None,
    *,
    json: AsJson = False,
) -> None:
    """Build images of the project's own in the cloud, and push them to its repository.

    What the repository has of the same Dockerfile and context is not built again. `mlstack run` does the same for the
    images that its pipeline takes.

    Ctrl-C stops watching; the build goes on.
    """
    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import err, out, print_json
    from mlstack.images.build import chosen_images, ensure

    # Whatever the model: all of them share the images.
    deployment = Deployment.open_each(environment)[0]
    with explained(deployment.spec):
        built = [
            ensure(deployment, name, lambda text: err.print(text, markup=False, highlight=False))
            for name in chosen_images(deployment, names or [])
        ]
    if json:
        print_json([each.to_json() for each in built])
        return
    for each in built:
        out.print(f"{'Built' if each.built else 'Already there:'} {each.uri}", markup=False, soft_wrap=True)
