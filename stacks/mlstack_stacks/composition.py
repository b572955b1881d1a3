"""Which components an environment consists of, and how they fit together.

Stages: the key and the buckets come first, for everything else uses them; then the registries; then the roles, which
know what work there is; then pipeline, endpoint, notifications, what tells them (`observation.py`) and features, each
only where the specification has it. The components of parts that are off are not imported, so they cost nothing.

Nothing here reads the cloud except the release pointer, which says what model version the endpoint serves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pulumi
from mlstack_components.aws.artifact_store import ArtifactStore, ArtifactStoreArgs
from mlstack_components.aws.encryption_key import EncryptionKey, EncryptionKeyArgs
from mlstack_components.aws.placement import Placement
from mlstack_components.aws.tags import project_tags, with_commit

from mlstack_stacks.naming import Names
from mlstack_stacks.observation import Observed, observe, publishers
from mlstack_stacks.outputs import ProjectOutputs
from mlstack_stacks.source_commit import source_commit
from mlstack_stacks.spec.access import secrets_of
from mlstack_stacks.spec.values import SOURCE_DIRECTORY

if TYPE_CHECKING:
    from mlstack_components.aws.image_registry import ImageRegistry
    from mlstack_components.aws.job_roles import JobRoles
    from mlstack_components.aws.network import NetworkInput

    from mlstack_stacks.spec import EnvironmentSpec, FeatureGroup, Network, Notifications, Registry, Serving, Steps

UNOWNED = "unowned"
"""The owner's tag where the specification names none."""


def compose(spec: EnvironmentSpec, parent: pulumi.Resource) -> ProjectOutputs:
    """Declares everything that an environment consists of.

    Args:
        spec: The specification of the environment.
        parent: The component that everything belongs to.

    Returns:
        What was declared.

    Raises:
        UserError: AWS has no image of the framework in the region.
    """
    parts = _Parts(spec, parent)
    optional: dict[str, Any] = {}
    if spec.network is not None:
        optional |= parts.place_in(spec.network)
    if spec.registry is not None:
        optional |= parts.registry(spec.registry)
    if spec.steps is not None:
        optional |= parts.pipeline(spec.steps)
    if spec.serving is not None:
        optional |= parts.endpoint(spec.serving)
    if spec.notifications is not None:
        optional |= parts.notifications(spec.notifications)
    if spec.monitoring is not None or spec.budget is not None:
        optional |= parts.observation(optional.get("notification_topic_arn"))
    if spec.features is not None:
        optional |= parts.features(spec.features)
    return ProjectOutputs(
        artifact_bucket=parts.store.artifact_bucket,
        data_bucket=parts.store.data_bucket,
        code_uri=parts.store.code_uri,
        data_uri=parts.store.data_uri,
        encryption_key_arn=parts.key.arn,
        region=spec.region,
        account=spec.account,
        **optional,
    )


@dataclass(frozen=True)
class Released:
    """What the release pointer says.

    Attributes:
        model_package_arn: The model package that the environment serves, or None as long as nothing is released.
        instance_count: How many instances served when it was released; 0 where that is not known.
    """

    model_package_arn: str | None
    instance_count: int


def released(names: Names, parent: pulumi.Resource) -> Released:
    """Read the release pointer.

    Args:
        names: The environment's names.
        parent: The component whose provider is asked.
    """
    import pulumi_aws as aws

    # By path, since reading a single parameter fails where there is none.
    found = aws.ssm.get_parameters_by_path(
        path=names.release_path, with_decryption=False, opts=pulumi.InvokeOptions(parent=parent)
    )
    values = dict(zip(found.names or (), found.values or (), strict=True))
    count = values.get(names.instance_count_parameter, "")
    return Released(values.get(names.release_parameter), int(count) if count.isdecimal() else 0)


@dataclass
class _Parts:
    """Declares one part a method; what several parts share is declared once, when it is first asked for."""

    spec: EnvironmentSpec
    parent: pulumi.Resource
    _images: ImageRegistry | None = field(default=None, init=False)
    _network: NetworkInput | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        spec = self.spec
        self._names = Names(spec.name, spec.environment)
        self._prefix = self._names.resource_prefix
        self._placement = Placement(spec.account, spec.region)
        self._child = self._in_network = pulumi.ResourceOptions(parent=self.parent)
        self._boundary = None if spec.roles is None else spec.roles.permissions_boundary
        self._tags = project_tags(project=spec.name, environment=spec.environment, owner=spec.owner or UNOWNED)
        self._release_tags = with_commit({}, source_commit(spec.root))
        self._group_name = None if spec.registry is None else self._names.model_package_group
        self._pipeline_name = None if spec.steps is None else self._names.pipeline
        self._endpoint_name = None if spec.serving is None else self._names.endpoint

    @cached_property
    def key(self) -> EncryptionKey:
        """The key of everything."""
        description = f"Encrypts everything of {self.spec.name} in {self.spec.environment}"
        arguments = EncryptionKeyArgs(
            placement=self._placement,
            description=description,
            **publishers(self.spec),
            tags=self._tags,
        )
        return EncryptionKey(self._prefix, arguments, self._child)

    @cached_property
    def store(self) -> ArtifactStore:
        """The buckets, the code and the data."""
        root, data = self.spec.root, self.spec.data
        return ArtifactStore(
            self._prefix,
            ArtifactStoreArgs(
                placement=self._placement,
                encryption_key_arn=self.key.arn,
                code_directory=None if self.spec.steps is None else root / SOURCE_DIRECTORY,
                data_file=None if data is None else root / data.source,
                tags=self._tags,
                release_tags=self._release_tags,
            ),
            self._child,
        )

    def place_in(self, network: Network) -> dict[str, Any]:
        """The network of all work that is declared after it."""
        from mlstack_components.aws.network import Network as Place

        if network.zones is None:
            place = Place(network.subnets or (), network.security_groups or ())
            self._network = place
            return {
                "vpc_id": network.vpc,
                "subnet_ids": list(place.subnet_ids),
                "security_group_ids": list(place.security_group_ids),
            }
        from mlstack_components.aws.private_network import PrivateNetwork, PrivateNetworkArgs

        made = PrivateNetwork(
            self._prefix,
            PrivateNetworkArgs(
                placement=self._placement,
                cidr=network.cidr,
                zones=network.zones,
                encryption_key_arn=self.key.arn,
                secrets=bool(self.spec.secrets),
                permissions_boundary_arn=self._boundary,
                tags=self._tags,
            ),
            self._child,
        )
        self._network = made.network
        # What runs in it needs its endpoints and rules too, and they go after what runs in it.
        self._in_network = pulumi.ResourceOptions(parent=self.parent, depends_on=[made])
        return {
            "vpc_id": made.vpc_id,
            "subnet_ids": made.subnet_ids,
            "security_group_ids": made.security_group_id.apply(lambda group: [group]),
        }

    @cached_property
    def roles(self) -> JobRoles:
        """The roles of all work that the specification has."""
        from mlstack_components.aws.images import repository_arn
        from mlstack_components.aws.job_roles import JobKind, JobRoles, JobRolesArgs

        from mlstack_stacks.pipeline_steps import image_of

        kinds = set() if self.spec.serving is None else {JobKind.SERVING}
        repositories: list[pulumi.Input[str]] = [] if self._images is None else [self._images.arn]
        steps, given = self.spec.steps, self.spec.roles
        if steps is not None:
            kinds |= {JobKind.TRAINING, JobKind.PIPELINE}
            kinds |= {JobKind.PROCESSING} if steps.prepare or steps.evaluate else set()
            shipped = repository_arn(image_of(steps, self.spec.region).uri)
            repositories += [] if shipped is None else [shipped]
        return JobRoles(
            self._prefix,
            JobRolesArgs(
                placement=self._placement,
                kinds=frozenset(kinds),
                encryption_key_arn=self.key.arn,
                data_bucket_arn=self.store.data_bucket_arn,
                artifact_bucket_arn=self.store.artifact_bucket_arn,
                image_repository_arns=repositories,
                pipeline_name=self._pipeline_name,
                model_package_group_name=self._group_name,
                endpoint_name=self._endpoint_name,
                tuning=steps is not None and steps.tune is not None,
                capture=self.spec.serving is not None and self.spec.serving.capture_percent > 0,
                network=self._network,
                secrets={kind: secrets_of(self.spec, kind) for kind in kinds},
                role_arns={} if given is None else {JobKind(kind): arn for kind, arn in given.given().items()},
                permissions_boundary_arn=self._boundary,
                tags=self._tags,
            ),
            self._child,
        )

    def registry(self, registry: Registry) -> dict[str, Any]:
        """The model registry and the repository of images."""
        from mlstack_components.aws.model_registry import ModelRegistry, ModelRegistryArgs

        models = ModelRegistry(
            self._prefix,
            ModelRegistryArgs(
                model_package_group_name=self._names.model_package_group,
                description=f"Versions of the model of {self.spec.name} in {self.spec.environment}",
                tags=self._tags,
            ),
            self._child,
        )
        outputs: dict[str, Any] = {"model_package_group_name": models.model_package_group_name}
        if registry.images:
            from mlstack_components.aws.image_registry import ImageRegistry, ImageRegistryArgs

            arguments = ImageRegistryArgs(encryption_key_arn=self.key.arn, tags=self._tags)
            self._images = ImageRegistry(self._prefix, arguments, self._child)
            outputs["image_repository_url"] = self._images.repository_url
        return outputs

    def pipeline(self, steps: Steps) -> dict[str, Any]:
        """The training pipeline."""
        from mlstack_components.aws.job_roles import JobKind
        from mlstack_components.aws.training_pipeline import TrainingPipeline, TrainingPipelineArgs

        from mlstack_stacks.pipeline_steps import pipeline_steps

        roles = self.roles
        pipeline = TrainingPipeline(
            self._prefix,
            TrainingPipelineArgs(
                pipeline_name=self._names.pipeline,
                description=f"Trains, measures and registers the model of {self.spec.name} in {self.spec.environment}",
                steps=pipeline_steps(self.spec, steps, self._group_name),
                artifact_bucket=self.store.artifact_bucket,
                encryption_key_arn=self.key.arn,
                pipeline_role_arn=roles.arn(JobKind.PIPELINE),
                training_role_arn=roles.arn(JobKind.TRAINING),
                processing_role_arn=roles.arns.get(JobKind.PROCESSING),
                code_uri=self.store.code_uri,
                data_uri=self.store.data_uri,
                network=self._network,
                tags={**self._tags, **self._release_tags},
            ),
            self._in_network,
        )
        return {"pipeline_name": pipeline.pipeline_name, "pipeline_arn": pipeline.arn}

    def endpoint(self, serving: Serving) -> dict[str, Any]:
        """The endpoint, as far as there is something to serve."""
        from mlstack_components.aws.endpoint import Endpoint, EndpointArgs
        from mlstack_components.aws.job_roles import JobKind

        from mlstack_stacks.serving import capture_args, rollout_args, scale

        release = released(self._names, self.parent)
        endpoint = Endpoint(
            self._prefix,
            EndpointArgs(
                endpoint_name=self._names.endpoint,
                model_package_arn=release.model_package_arn,
                role_arn=self.roles.arn(JobKind.SERVING),
                encryption_key_arn=self.key.arn,
                instance_type=serving.instance_type,
                # An endpoint that was scaled up since stays so: no update scales a busy one down.
                instance_count=max(serving.instances.min, release.instance_count),
                capture=capture_args(serving, self.store.data_bucket, self.key.arn),
                rollout=rollout_args(serving.rollout),
                network_isolation=not secrets_of(self.spec, "serving"),
                network=self._network,
                tags=self._tags,
                release_tags=self._release_tags,
            ),
            self._in_network,
        )
        if release.model_package_arn is not None:
            scale(self._prefix, serving, endpoint, self._tags)
        waits_for = f"a released model version (`mlstack release {self.spec.environment}`)"
        return {
            "endpoint_name": self._names.endpoint,
            "endpoint_waits_for": waits_for if release.model_package_arn is None else None,
            "release_parameter_path": self._names.release_path,
        }

    def notifications(self, notifications: Notifications) -> dict[str, Any]:
        """The topic and the rules that feed it."""
        from mlstack_components.aws.notifications import Notifications as Topic
        from mlstack_components.aws.notifications import NotificationsArgs

        topic = Topic(
            self._prefix,
            NotificationsArgs(
                placement=self._placement,
                encryption_key_arn=self.key.arn,
                emails=notifications.emails,
                pipeline_name=self._pipeline_name,
                model_package_group_name=self._group_name,
                endpoint_name=self._endpoint_name,
                **publishers(self.spec),
                tags=self._tags,
            ),
            self._child,
        )
        return {"notification_topic_arn": topic.topic_arn}

    def observation(self, topic_arn: pulumi.Output[str] | None) -> dict[str, Any]:
        """Alarms, dashboard and budget."""
        observed = Observed(
            names=self._names,
            placement=self._placement,
            endpoint_name=self._endpoint_name,
            pipeline_name=self._pipeline_name,
            topic_arn=topic_arn,
            tags=self._tags,
        )
        return observe(self.spec, observed, self._child)

    def features(self, groups: dict[str, FeatureGroup]) -> dict[str, Any]:
        """The feature groups."""
        from mlstack_components.aws.feature_store import FeatureStore, FeatureStoreArgs

        from mlstack_stacks.feature_groups import feature_groups

        store = FeatureStore(
            self._prefix,
            FeatureStoreArgs(
                placement=self._placement,
                encryption_key_arn=self.key.arn,
                bucket=self.store.data_bucket,
                bucket_arn=self.store.data_bucket_arn,
                groups=feature_groups(self._names, groups),
                permissions_boundary_arn=self._boundary,
                tags=self._tags,
            ),
            self._child,
        )
        return {"feature_group_names": store.names}
