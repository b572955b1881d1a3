"""`mlstack models rollback`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mlstack.commands.arguments import DEFAULT, AsJson, EnvironmentOption, Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack.registry.versions import ModelVersion
    from mlstack.release.pointer import ReleasePointer

EXAMPLES = ("mlstack models rollback", 'mlstack models rollback --environment prod --reason "wrong on snow"')


def command(
    environment: EnvironmentOption = DEFAULT,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; kept with the version that is left.")] = None,
    model: Model = None,
    json: AsJson = False,
) -> None:
    """Serve the model version again that was served before.

    The version that is left becomes rejected, because the next release would serve it again otherwise.
    """
    from mlstack.cloud.deployment import Deployment
    from mlstack.cloud.errors import explained
    from mlstack.registry.decide import released_arn
    from mlstack.release.choose import version_served_before
    from mlstack.release.leave import reject_left
    from mlstack.release.show import release_and_show

    deployment = Deployment.open(environment, model)

    def choose(versions: Sequence[ModelVersion], pointer: ReleasePointer) -> ModelVersion:
        return version_served_before(versions, pointer.history(), deployment.address)

    with explained(deployment.spec):
        left = released_arn(deployment)
    release_and_show(deployment, choose, as_json=json)
    if left is not None:
        reject_left(deployment, left, reason or "rolled back")
