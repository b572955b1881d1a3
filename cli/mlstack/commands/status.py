"""`mlstack status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack.commands.arguments import DEFAULT, AsJson, Environment

if TYPE_CHECKING:
    from mlstack.cloud.deployment import Deployment
    from mlstack.serving.status import Status

EXAMPLES = ("mlstack status local", "mlstack status prod --json")


def command(environment: Environment = DEFAULT, json: AsJson = False) -> None:
    """Show what is live: the stack, the last run, the models, and the endpoint with the model behind it.

    Of a platform, in a directory with platform.yaml: what it tells its projects.
    """
    from mlstack.project_directory import PlatformDirectory, find_stack

    if isinstance(found := find_stack(), PlatformDirectory):
        from mlstack.infrastructure.platform_status import show_platform

        show_platform(found, environment, as_json=json)
        return
    from mlstack.cloud.deployment import Deployment, NotUpError
    from mlstack.console import out, print_json
    from mlstack.serving.show_status import status_page
    from mlstack.serving.status import read_status

    try:
        deployments = Deployment.open_each(environment)
    except NotUpError as error:
        if json:
            print_json({"environment": environment, "up": False})
        else:
            out.print(f"{error.message} {error.next_step}", markup=False)
        return
    statuses = [(deployment, read_status(deployment)) for deployment in deployments]
    if json:
        of_models = {deployment.spec.model: status.to_json() for deployment, status in statuses}
        print_json(of_models.get(None, {"models": of_models}))
        return
    for deployment, status in statuses:
        if deployment.spec.model is not None:
            out.print(f"Model {deployment.spec.model}", markup=False)
        out.print(status_page(status, _pages(deployment, status)), soft_wrap=status.tracking is not None)


def _pages(deployment: Deployment, status: Status) -> str | None:
    """The address lets in whoever reads it, so it is shown to people and written into no log."""
    from mlstack.console import out
    from mlstack.training.tracking import pages_of

    return pages_of(deployment, status.tracking) if status.tracking is not None and out.is_terminal else None
