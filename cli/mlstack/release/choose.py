"""Which version a release serves: the newest approved one, a given one, or the one that was served before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.registry.versions import (
    APPROVED,
    REJECTED,
    find_version,
    in_environment,
    newest_approved,
    require_any,
    version_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mlstack.registry.versions import ModelVersion
    from mlstack.release.pointer import ReleasePointer

    Choose = Callable[[Sequence[ModelVersion], ReleasePointer], ModelVersion]


def newest_version(environment: str) -> Choose:
    """A choice of the newest approved version: what a release converges on, whatever woke it.

    Args:
        environment: Its address, for what to do next.

    Returns:
        What chooses it, and refuses where none is registered or approved.
    """
    return lambda versions, _: newest_approved(versions, environment)


def approved_version(number: int, environment: str) -> Choose:
    """A choice of one given version.

    Args:
        number: The version.
        environment: Its address, for what to do next.

    Returns:
        What chooses it, and refuses where it is not approved or not complete.
    """

    def choose(versions: Sequence[ModelVersion], _: ReleasePointer) -> ModelVersion:
        require_any(versions, environment)
        version = find_version(versions, number)
        if version.approval != APPROVED or version.status != "Completed":
            raise MlstackError(
                f"Model version {number} is {version.word if version.approval != APPROVED else version.status}.",
                next_step=f"Approve it with `{in_environment(f'models approve {number}', environment)}`.",
            )
        return version

    return choose


def version_served_before(
    versions: Sequence[ModelVersion], history: Iterable[str], environment: str = "local"
) -> ModelVersion:
    """The version that a rollback goes back to.

    Args:
        versions: All versions.
        history: Where the release pointer pointed, newest first, the present included.
        environment: Its address, for what to do next.

    Returns:
        The last version served that is not the present one, still exists, and was not rejected since.

    Raises:
        MlstackError: There is none.
    """
    known = {version.arn: version for version in versions}
    moves = iter(history)
    present = next(moves, None)
    for arn in moves:
        version = known.get(arn)
        if arn != present and version is not None and version.approval != REJECTED:
            return version
    served = f"only version {version_of(present)} was" if present else "nothing was"
    raise MlstackError(
        f"There is no earlier release to go back to: {served} released so far.",
        next_step=f"`mlstack release {environment} --version NUMBER` serves any approved version.",
    )
