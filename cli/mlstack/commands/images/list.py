"""`mlstack images list`."""

from __future__ import annotations

from mlstack.commands.arguments import DEFAULT, AsJson, Environment

EXAMPLES = ("mlstack images list dev", "mlstack images list prod --json")


def command(environment: Environment = DEFAULT, *, json: AsJson = False) -> None:
    """List the images of the project's own that were built, newest first."""
    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.console import out, print_json
    from mlstack.images.build import chosen_images, repository_of
    from mlstack.images.show import images_table, listed

    deployment = Deployment.open_each(environment)[0]
    with explained(deployment.spec):
        chosen_images(deployment, [])
        images = listed(deployment, repository_of(deployment))
    if json:
        print_json([each.to_json() for each in images])
    elif images:
        out.print(images_table(images))
    else:
        out.print(f"No image yet. Build one: mlstack images build {environment}", markup=False)
