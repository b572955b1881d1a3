"""`serving` of the kind `batch`: what scores whole datasets, as far as there is a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.batch_transform import BatchTransform, BatchTransformArgs, TransformArgs
from mlstack_components.aws.job_roles import JobKind

from mlstack_stacks.composition.release_pointer import released
from mlstack_stacks.spec.access import secrets_of

if TYPE_CHECKING:
    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec.batch import Batch
    from mlstack_stacks.spec.serving import Serving


def declare_batch(serving: Serving, batch: Batch, environment: Environment) -> dict[str, Any]:
    """Declares the pipeline that scores, with what the release pointer says is served.

    Args:
        serving: The specification's part.
        batch: Its group of that name.
        environment: The environment.

    Returns:
        The outputs, by name.
    """
    spec = environment.spec
    release = released(environment.names, environment.parent)
    transform = BatchTransform(
        environment.prefix,
        BatchTransformArgs(
            placement=environment.placement,
            pipeline_name=environment.names.batch_pipeline,
            model_package_arn=release.model_package_arn,
            role_arn=environment.roles.arn(JobKind.SERVING),
            encryption_key_arn=environment.key.arn,
            transform=transform_args(serving, batch),
            data_bucket=environment.store.data_bucket,
            prefix=batch.prefix,
            source_bucket=batch.bucket,
            schedule=batch.schedule,
            on_new_data=batch.on_new_data,
            network_isolation=not secrets_of(spec, "serving"),
            network=environment.network,
            permissions_boundary_arn=environment.boundary,
            tags=environment.tags,
            release_tags=environment.release_tags,
        ),
        environment.options_in_network,
    )
    waits_for = f"a released model version (`mlstack release {spec.address}`)"
    return {
        "batch_pipeline_name": environment.names.batch_pipeline,
        "batch_output_uri": transform.output_uri,
        "batch_waits_for": waits_for if release.model_package_arn is None else None,
        "release_parameter_path": environment.names.release_path,
    }


def transform_args(serving: Serving, batch: Batch) -> TransformArgs:
    """How data is scored, in the component's words.

    Args:
        serving: The specification's part.
        batch: Its group of that name.
    """
    return TransformArgs(
        instance_type=serving.instance_type,
        instance_count=serving.instances.min,
        content_type=batch.content_type,
        split=batch.split,
        max_concurrent=batch.max_concurrent,
        max_payload_megabytes=batch.max_payload_mb,
        join_input=batch.join_input,
    )
