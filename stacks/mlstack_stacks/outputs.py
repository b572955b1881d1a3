"""What a project's stack tells the rest of the world."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pulumi


ONLY_WHERE_THERE = frozenset({"models", "model_package_group_arn", "image_build_project", "image_build_repository_url"})
"""Outputs that a stack has not at all where the part is off; of others it says that there is nothing."""


@dataclass(frozen=True, kw_only=True)
class ProjectOutputs:
    """The outputs of a project's stack, under the names that they are exported by; None where the part is off."""

    artifact_bucket: pulumi.Output[str]
    """The name of the bucket of code, models and reports."""
    data_bucket: pulumi.Output[str]
    """The name of the bucket of the data."""
    code_uri: pulumi.Output[str | None]
    """The S3 URI of the stack's code bundle, the default of the pipeline's parameter `CodeUri`."""
    data_uri: pulumi.Output[str | None]
    """The S3 URI of the stack's dataset, the default of the pipeline's parameter `DataUri`."""
    pipeline_name: pulumi.Output[str] | None = None
    """The name of the training pipeline."""
    pipeline_arn: pulumi.Output[str] | None = None
    """The ARN of the training pipeline."""
    model_package_group_name: pulumi.Output[str] | None = None
    """The name of the group of the model versions."""
    model_package_group_arn: str | None = None
    """The ARN of the group of the model versions, where it is another environment's."""
    endpoint_name: str | None = None
    """The name of the endpoint, whether it exists yet or waits."""
    endpoint_waits_for: str | None = None
    """What a configured endpoint waits for, in words; None once it serves, and where nothing is to be served."""
    batch_pipeline_name: str | None = None
    """The name of the pipeline that scores whole datasets, whether it exists yet or waits."""
    batch_output_uri: pulumi.Output[str] | None = None
    """The S3 URI below which each batch has a folder of predictions."""
    batch_waits_for: str | None = None
    """What a configured batch waits for, in words; None once it can run, and where there is none."""
    encryption_key_arn: pulumi.Output[str]
    """The ARN of the key that encrypts everything of the environment."""
    notification_topic_arn: pulumi.Output[str] | None = None
    """The ARN of the topic of notifications; anything may be subscribed to it."""
    dashboard_name: pulumi.Output[str] | None = None
    """The name of the CloudWatch dashboard."""
    image_repository_url: pulumi.Output[str] | None = None
    """Where the project's own container images are pushed to, without a tag."""
    image_build_project: pulumi.Output[str] | None = None
    """The CodeBuild project that builds the images of `images`."""
    image_build_repository_url: pulumi.Output[str] | None = None
    """Where it pushes them to, without a tag."""
    monitoring_schedule_names: dict[str, pulumi.Output[str]] | None = None
    """The names of the monitoring schedules in the cloud, by the monitor's name in mlstack.yaml."""
    monitors_wait_for: str | None = None
    """What configured monitors wait for, in words; None once they are scheduled, and where there are none."""
    release_parameter_path: str | None = None
    """The SSM path below which the release pointer lies."""
    feature_group_names: dict[str, pulumi.Output[str]] | None = None
    """The names of the feature groups in the cloud, by their names in mlstack.yaml."""
    tracking_server_arn: pulumi.Output[str] | None = None
    """The ARN of the tracking server, which is the tracking URI of MLflow's clients."""
    tracking_experiment: str | None = None
    """The experiment that runs of training belong to."""
    release_build_project: pulumi.Output[str] | None = None
    """The name of the build project that releases approved versions by itself."""
    vpc_id: pulumi.Output[str] | str | None = None
    """The id of the VPC of jobs and models."""
    subnet_ids: pulumi.Output[list[str]] | list[str] | None = None
    """The ids of its subnets, for jobs of one's own."""
    security_group_ids: pulumi.Output[list[str]] | list[str] | None = None
    """The ids of the security groups of jobs and models."""
    models: dict[str, dict[str, Any]] | None = None
    """Of a project with `models`: the outputs of each, by its name; those that are one model's are None above."""
    region: str
    """The region."""
    account: str
    """The account, 12 digits."""

    def as_dict(self) -> dict[str, Any]:
        """The outputs by name; those of `ONLY_WHERE_THERE` only where there are any."""
        outputs = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in outputs.items() if name not in ONLY_WHERE_THERE or value is not None}
