"""The part `storage`: how the buckets keep what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec import Storage


def keeping(storage: Storage, environment: Environment) -> dict[str, Any]:
    """The arguments of the artifact store that say how long and where objects are kept.

    Args:
        storage: The specification's part.
        environment: The environment.
    """
    arguments: dict[str, Any] = {
        "noncurrent_days": storage.expire_noncurrent_days,
        "archive_after_days": storage.archive_after_days,
    }
    if storage.replicate_to is not None:
        arguments |= {"replica_region": storage.replicate_to, "permissions_boundary_arn": environment.boundary}
    return arguments
