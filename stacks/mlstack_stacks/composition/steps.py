"""The part `steps`: the training pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.job_roles import JobKind
from mlstack_components.aws.training_pipeline import TrainingPipeline, TrainingPipelineArgs

from mlstack_stacks.pipeline_steps import pipeline_steps

if TYPE_CHECKING:
    import pulumi

    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec import Steps


def image_uris(environment: Environment) -> dict[str, pulumi.Input[str]]:
    """The images of the project's own that the pipeline's parameters hold by default.

    Args:
        environment: The environment.
    """
    if environment.own_images is None:
        return {}
    from mlstack_stacks.own_images import image_parameters

    return {
        parameter: environment.own_images.uri(name) for parameter, name in image_parameters(environment.spec).items()
    }


def declare(steps: Steps, environment: Environment) -> dict[str, Any]:
    """Declares the training pipeline.

    Args:
        steps: The specification's part.
        environment: The environment.

    Returns:
        The outputs, by name.
    """
    spec, store, roles = environment.spec, environment.store, environment.roles
    pipeline = TrainingPipeline(
        environment.prefix,
        TrainingPipelineArgs(
            pipeline_name=environment.names.pipeline,
            description=f"Trains, measures and registers the model of {spec.name} in {spec.environment}",
            steps=pipeline_steps(spec, steps, environment.group_name),
            artifact_bucket=store.artifact_bucket,
            encryption_key_arn=environment.key.arn,
            pipeline_role_arn=roles.arn(JobKind.PIPELINE),
            training_role_arn=roles.arn(JobKind.TRAINING),
            processing_role_arn=roles.arns.get(JobKind.PROCESSING),
            code_uri=store.code_uri,
            data_uri=environment.data_uri,
            image_uris=image_uris(environment),
            network=environment.network,
            tracking=environment.tracking,
            tags={**environment.tags, **environment.release_tags},
        ),
        environment.options_in_network,
    )
    return {"pipeline_name": pipeline.pipeline_name, "pipeline_arn": pipeline.arn}
