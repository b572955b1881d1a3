"""The training pipeline's definition before anything is there: a pure function of the specification.

In check mode, as in the engine's first preview, the definition is not known as a whole, for it names buckets, keys and
roles to come. Here names of the same form stand in their place, so that all else in it can be checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.network import Network as Place
from mlstack_components.aws.pipeline_args import PipelineDefinitionArgs
from mlstack_components.aws.pipeline_definition import pipeline_definition

from mlstack_stacks.naming import Names
from mlstack_stacks.pipeline_steps import pipeline_steps

if TYPE_CHECKING:
    from mlstack_stacks.spec import Data, EnvironmentSpec
    from mlstack_stacks.spec.network import Network


def planned_definition(spec: EnvironmentSpec) -> dict[str, Any] | None:
    """The definition of an environment's pipeline, with placeholders for what only the cloud can tell.

    Args:
        spec: The specification of the environment.

    Returns:
        The definition, or None where there is no pipeline.

    Raises:
        UserError: AWS has no image of the framework in the region, or a script's name is too long.
    """
    if spec.steps is None:
        return None
    names = Names.of(spec)
    role = f"arn:aws:iam::{spec.account}:role/{names.resource_prefix}"
    given = {} if spec.roles is None else spec.roles.given()
    group = None if spec.registry is None else names.model_package_group
    arguments = PipelineDefinitionArgs(
        pipeline_name=names.pipeline,
        artifact_bucket=f"{names.resource_prefix}-artifacts",
        encryption_key_arn=f"arn:aws:kms:{spec.region}:{spec.account}:key/00000000-0000-0000-0000-000000000000",
        processing_role_arn=given.get("processing", f"{role}-processing"),
        training_role_arn=given.get("training", f"{role}-training"),
        steps=pipeline_steps(spec, spec.steps, group),
        code_uri=f"s3://{names.resource_prefix}-artifacts/code/sourcedir.tar.gz",
        data_uri=None if spec.data is None else _data_uri(spec.data, f"{names.resource_prefix}-data"),
        network=_network(spec.network, in_platform=spec.platform is not None and spec.platform.network),
    )
    return pipeline_definition(arguments)


def _data_uri(data: Data, bucket: str) -> str:
    place = data.s3
    if place is None:
        return f"s3://{bucket}/{data.source}"
    return f"s3://{place.bucket or bucket}/{place.prefix}"


def _network(network: Network | None, *, in_platform: bool) -> Place | None:
    if network is None:
        return Place(("subnet-00000000000000000",), ("sg-00000000000000000",)) if in_platform else None
    made = (f"subnet-{number:017x}" for number in range(len(network.zones or ())))
    return Place(network.subnets or tuple(made), network.security_groups or ("sg-00000000000000000",))
