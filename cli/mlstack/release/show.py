"""A release as the user sees it: what is being done, and the proof at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack.console import out, print_json, progress
from mlstack.release.batch import LiveBatch
from mlstack.release.rollout import Rollout

if TYPE_CHECKING:
    from mlstack.cloud.deployment import Deployment
    from mlstack.release.choose import Choose
    from mlstack.release.rollout import Released


def release_and_show(
    deployment: Deployment, choose: Choose, *, as_json: bool, variant: str | None = None, wait_minutes: int = 0
) -> Released:
    """Release a version and say what is live.

    Args:
        deployment: The environment.
        choose: Chooses the version.
        as_json: Whether a script reads.
        variant: The further variant that it is for; None for the endpoint itself.
        wait_minutes: For how long another release is waited for.

    Returns:
        The proven release.

    Raises:
        MlstackError: The release failed; everything is as it was before.
    """
    with progress(f"Releasing to {deployment.environment}") as shown:
        released = Rollout.of(deployment, shown.update, wait_minutes * 60).run(choose, variant=variant)
    if as_json:
        print_json(released.to_json())
    elif variant is None:
        _show(deployment, released)
    else:
        done = "now has" if released.changed else "has already"
        out.print(
            f"{released.endpoint.name} {done} model version {released.version.version} as {variant}.", markup=False
        )
        _show_proof(released)
    return released


def remove_and_show(deployment: Deployment, variant: str, *, as_json: bool) -> None:
    """Take a further version away and say what is left.

    Args:
        deployment: The environment.
        variant: The further variant.
        as_json: Whether a script reads.

    Raises:
        MlstackError: It failed; everything is as it was before.
    """
    with progress(f"Removing {variant} from {deployment.environment}") as shown:
        released = Rollout.of(deployment, shown.update).remove(variant)
    if as_json:
        print_json(released.to_json())
        return
    done = "no longer has" if released.changed else "has no"
    out.print(f"{released.endpoint.name} {done} {variant}.", markup=False)
    _show_proof(released)


def _show(deployment: Deployment, released: Released) -> None:
    endpoint = released.endpoint
    count = endpoint.instance_count
    instances = "" if count is None else f" on {count} instance{'' if count == 1 else 's'}"
    batch = isinstance(endpoint, LiveBatch)
    does = "scores with" if batch else "serves"
    done = f"now {does}" if released.changed else f"{does} already"
    out.print(f"{endpoint.name} {done} model version {released.version.version}{instances}.", markup=False)
    _show_proof(released)
    if released.changed:
        following = f"score {deployment.address}" if batch else f"invoke {deployment.address} --file sample.csv"
        out.print(f"Next: mlstack {following}", markup=False)


def _show_proof(released: Released) -> None:
    endpoint = released.endpoint
    out.print(f"Proven: {endpoint.status}, {endpoint.configuration_name}, {released.version.arn}", markup=False)
