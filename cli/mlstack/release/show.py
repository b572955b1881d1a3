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


def release_and_show(deployment: Deployment, choose: Choose, *, as_json: bool) -> Released:
    """Release a version and say what is live.

    Args:
        deployment: The environment.
        choose: Chooses the version.
        as_json: Whether a script reads.

    Returns:
        The proven release.

    Raises:
        MlstackError: The release failed; everything is as it was before.
    """
    with progress(f"Releasing to {deployment.environment}") as shown:
        released = Rollout.of(deployment, shown.update).run(choose)
    if as_json:
        print_json(released.to_json())
        return released
    endpoint = released.endpoint
    count = endpoint.instance_count
    instances = "" if count is None else f" on {count} instance{'' if count == 1 else 's'}"
    batch = isinstance(endpoint, LiveBatch)
    does = "scores with" if batch else "serves"
    done = f"now {does}" if released.changed else f"{does} already"
    out.print(f"{endpoint.name} {done} model version {released.version.version}{instances}.", markup=False)
    out.print(f"Proven: {endpoint.status}, {endpoint.configuration_name}, {released.version.arn}", markup=False)
    if released.changed:
        following = f"score {deployment.environment}" if batch else f"invoke {deployment.environment} --file sample.csv"
        out.print(f"Next: mlstack {following}", markup=False)
    return released
