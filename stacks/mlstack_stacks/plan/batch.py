"""The definition of the pipeline that scores whole datasets, before anything is there; see `definition.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_stacks.naming import Names

if TYPE_CHECKING:
    from mlstack_stacks.spec import EnvironmentSpec


def planned_batch_definition(spec: EnvironmentSpec) -> dict[str, Any] | None:
    """The definition of an environment's batches, with placeholders for what only the cloud can tell.

    Args:
        spec: The specification of the environment.

    Returns:
        The definition, or None where nothing is scored in batches.
    """
    serving = spec.serving
    if serving is None or serving.kind != "batch" or serving.batch is None:
        return None
    from mlstack_components.aws.batch_definition import BatchDefinitionArgs, batch_definition

    from mlstack_stacks.composition.batch import transform_args

    names = Names.of(spec)
    data_bucket = f"{names.resource_prefix}-data"
    arguments = BatchDefinitionArgs(
        model_name=f"{names.resource_prefix}-model",
        input_bucket=serving.batch.bucket or data_bucket,
        input_key=serving.batch.prefix,
        output_uri=f"s3://{data_bucket}/predictions/{names.batch_pipeline}",
        encryption_key_arn=f"arn:aws:kms:{spec.region}:{spec.account}:key/00000000-0000-0000-0000-000000000000",
        transform=transform_args(serving, serving.batch),
    )
    return batch_definition(arguments)
