"""The part `platform`: what the account's platform stack has made already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
from mlstack_components.aws.network import Network

if TYPE_CHECKING:
    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec import EnvironmentSpec
    from mlstack_stacks.spec.platform import PlatformReference

_PLACE = ("account", "region")
_NETWORK = ("vpc_id", "subnet_ids", "security_group_ids")
_TRACKING = {"arn": "tracking_server_arn", "bucket_arn": "tracking_bucket_arn", "key_arn": "encryption_key_arn"}
_OUTPUTS = (*_PLACE, *_NETWORK, *_TRACKING.values(), "permissions_boundary_arn", "job_log_group_arns")


def declare(platform: PlatformReference, environment: Environment) -> dict[str, Any]:
    """Takes the surroundings of all work that is declared after it from the platform's outputs.

    Args:
        platform: The specification's part.
        environment: The environment.

    Returns:
        The outputs, by name.
    """
    spec = environment.spec
    reference = pulumi.StackReference(
        f"{environment.prefix}-platform", platform.stack, opts=pulumi.ResourceOptions(parent=environment.parent)
    )
    needs_network = spec.network is None and platform.network
    known = pulumi.Output.all(**{name: reference.get_output(name) for name in _OUTPUTS}).apply(
        lambda outputs: _checked(outputs, platform.stack, spec, needs_network=needs_network)
    )
    if environment.boundary is None:
        environment.boundary = known["permissions_boundary_arn"]
    environment.job_log_group_arns = known.apply(lambda outputs: dict(outputs["job_log_group_arns"] or {}))
    environment.platform_tracking = known.apply(
        lambda outputs: {name: str(outputs[output]) for name, output in _TRACKING.items()}
    )
    if not needs_network:
        return {}
    environment.network = known.apply(
        lambda outputs: Network(tuple(outputs["subnet_ids"]), tuple(outputs["security_group_ids"]))
    )
    return {name: known[name] for name in _NETWORK}


def _checked(outputs: dict[str, Any], stack: str, spec: EnvironmentSpec, *, needs_network: bool) -> dict[str, Any]:
    """The outputs of a platform that a project can use.

    Raises:
        pulumi.RunError: It is another account's or region's, or has no network where one is needed. Pulumi shows its
            message without a traceback.
    """
    there = tuple(outputs[name] for name in _PLACE)
    if None in there:
        raise pulumi.RunError(
            f"The platform {stack} is not up. Bring it up first, or correct `platform.stack` in {spec.file.name}."
        )
    if there != (spec.account, spec.region):
        raise pulumi.RunError(
            f"The platform {stack} is in the account {there[0]} in {there[1]}, and `{spec.environment}` is in "
            f"{spec.account} in {spec.region}. Name the stack of that account and region at `platform.stack` in "
            f"{spec.file.name}."
        )
    if needs_network and not outputs["subnet_ids"]:
        raise pulumi.RunError(
            f"The platform {stack} has no network. Write `network: false` below `platform` in {spec.file.name}, or "
            "give it a `network` in platform.yaml."
        )
    if spec.tracking is not None and spec.tracking.server == "platform" and not outputs["tracking_server_arn"]:
        raise pulumi.RunError(
            f"The platform {stack} has no tracking server. Write `server: own` below `tracking` in "
            f"{spec.file.name}, or give the platform `tracking: {{}}`."
        )
    return outputs
