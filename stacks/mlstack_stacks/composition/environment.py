"""What the parts of an environment share: names, tags, the key, the buckets and the roles."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import pulumi
from mlstack_components.aws.artifact_store import ArtifactStore, ArtifactStoreArgs
from mlstack_components.aws.encryption_key import EncryptionKey, EncryptionKeyArgs
from mlstack_components.aws.placement import Placement
from mlstack_components.aws.tags import project_tags, with_commit

from mlstack_stacks.composition.data import data_file, data_uri, prefixes_of_others
from mlstack_stacks.composition.deployers import deployers
from mlstack_stacks.composition.storage import keeping
from mlstack_stacks.naming import Names
from mlstack_stacks.source_commit import source_commit
from mlstack_stacks.spec.access import secrets_of
from mlstack_stacks.spec.model_quality import model_quality_of
from mlstack_stacks.spec.monitors import data_quality_of
from mlstack_stacks.spec.values import SOURCE_DIRECTORY

if TYPE_CHECKING:
    from mlstack_components.aws.image_registry import ImageRegistry
    from mlstack_components.aws.job_roles import JobRoles
    from mlstack_components.aws.network import NetworkInput
    from mlstack_components.aws.shared_versions import SharedVersions
    from mlstack_components.aws.tracking_access import TrackingInput
    from mlstack_components.aws.transform_access import TransformAccess

    from mlstack_stacks.composition.images import OwnImages
    from mlstack_stacks.composition.model_environment import ModelEnvironment
    from mlstack_stacks.spec import EnvironmentSpec

UNOWNED = "unowned"
"""The owner's tag where the specification names none."""


class Environment:
    """What the parts of an environment share; what must be made for it is made when it is first asked for.

    Args:
        spec: The specification of the environment.
        parent: The component that everything belongs to.

    Attributes:
        spec: The specification.
        parent: The component that everything belongs to.
        names: The environment's names.
        prefix: What the names of its components begin with.
        placement: Its account and region.
        tags: The tags of all its resources.
        release_tags: The tags of what a release changes.
        boundary: The policy that no role may exceed, or None; that of the platform is set by the part `platform`.
        registry_of: The specification of the environment whose registry is used; its own by default.
        group_name: The model package group, or None where there is no registry.
        pipeline_name: The training pipeline, or None where there are no steps.
        endpoint_name: The endpoint, or None where nothing is served.
        batch_pipeline_name: The pipeline that scores whole datasets, or None where none are scored.
        models: What the parts of each model share, by name, where the project has several.
        data_quality: The monitor of data quality, or None where the data is not monitored.
        model_quality: The monitor of model quality, likewise.
        options: The options of its components.
        options_in_network: The options of the components that are placed in the network.
        network: Where jobs and models are placed; set by the part `network`, or `platform`.
        job_log_group_arns: The log groups of jobs, by kind, that the platform made; set by the part `platform`.
        images: The repository of the project's own images; set by the part `registry`.
        own_images: The images that the project builds itself; set by the part `images`.
        registry_bus: The event bus that hears of versions of another account's registry; set by what listens on it.
        topic_arn: The topic of notifications; set by the part `notifications`.
        platform_tracking: The platform's tracking server, its bucket and their key; set by the part `platform`.
        tracking: Where training records its runs; set by the part `tracking`.
    """

    def __init__(self, spec: EnvironmentSpec, parent: pulumi.Resource) -> None:
        self.spec = spec
        self.parent = parent
        self.names = Names.of(spec)
        self.prefix = self.names.resource_prefix
        self.placement = Placement(spec.account, spec.region)
        self.tags = project_tags(project=spec.name, environment=spec.environment, owner=spec.owner or UNOWNED)
        self.release_tags = with_commit({}, source_commit(spec.root))
        self.boundary: pulumi.Input[str] | None = None if spec.roles is None else spec.roles.permissions_boundary
        self.registry_of = spec.registry_source or spec
        self.group_name = None if spec.registry is None else Names.of(self.registry_of).model_package_group
        self.pipeline_name = None if spec.steps is None else self.names.pipeline
        batch = spec.serving is not None and spec.serving.kind == "batch"
        self.endpoint_name = None if spec.serving is None or batch else self.names.endpoint
        self.batch_pipeline_name = self.names.batch_pipeline if batch else None
        self.data_quality = data_quality_of(spec)
        self.model_quality = model_quality_of(spec)
        self.options = self.options_in_network = pulumi.ResourceOptions(parent=parent)
        self.models: dict[str, ModelEnvironment] = {}
        self.network: NetworkInput | None = None
        self.job_log_group_arns: pulumi.Input[dict[str, str]] | None = None
        self.images: ImageRegistry | None = None
        self.own_images: OwnImages | None = None
        self.registry_bus: pulumi.Output[str] | None = None
        self.topic_arn: pulumi.Output[str] | None = None
        self.platform_tracking: pulumi.Output[dict[str, str]] | None = None
        self.tracking: TrackingInput | None = None

    @property
    def views(self) -> tuple[EnvironmentSpec, ...]:
        """The specification of each model; the environment's own where it has one without a name."""
        return tuple(each.spec for each in self.models.values()) or (self.spec,)

    @property
    def registry_elsewhere(self) -> bool:
        """Whether the registry is in another account, whose events it must be told of."""
        return self.registry_of.account != self.spec.account

    @property
    def monitored(self) -> bool:
        """Whether anything of the released model is monitored."""
        return self.data_quality is not None or self.model_quality is not None

    @property
    def publishers(self) -> dict[str, bool]:
        """What publishes to the topic of notifications, as arguments of the components that make topic and key."""
        told = self.spec.notifications is not None
        watched = [each.monitoring for each in self.views if each.monitoring is not None]
        return {
            "alarms_publish": told and any(each.alarms is not None for each in watched),
            "budgets_publish": told and self.spec.budget is not None,
            "anomalies_publish": told and self.spec.budget is not None and self.spec.budget.anomaly_usd is not None,
        }

    @property
    def told_topic_arn(self) -> pulumi.Output[str] | None:
        """The topic that an asynchronous endpoint tells of its calls; known once notifications are declared."""
        serving = self.spec.serving
        if serving is None or serving.kind != "asynchronous":
            return None
        silent = serving.asynchronous is not None and serving.asynchronous.notify == "nothing"
        return None if silent else self.topic_arn

    @property
    def model_reader_accounts(self) -> tuple[str, ...]:
        """Other accounts that may make models from this environment's versions."""
        owned = [each for each in self.views if each.registry is not None and each.registry_source is None]
        shared = [account for each in owned if each.registry is not None for account in each.registry.share_with]
        return tuple(account for account in dict.fromkeys(shared) if account != self.spec.account)

    @cached_property
    def key(self) -> EncryptionKey:
        """The key of everything."""
        description = f"Encrypts everything of {self.spec.name} in {self.spec.environment}"
        arguments = EncryptionKeyArgs(
            placement=self.placement,
            description=description,
            **self.publishers,
            model_reader_accounts=self.model_reader_accounts,
            tags=self.tags,
        )
        return EncryptionKey(self.prefix, arguments, self.options)

    @cached_property
    def store(self) -> ArtifactStore:
        """The buckets, the code and the data."""
        root, storage = self.spec.root, self.spec.storage
        return ArtifactStore(
            self.prefix,
            ArtifactStoreArgs(
                placement=self.placement,
                encryption_key_arn=self.key.arn,
                code_directory=root / SOURCE_DIRECTORY if any(each.steps for each in self.views) else None,
                data_file=data_file(self.spec),
                data_files={name: file for name, each in self.models.items() if (file := data_file(each.spec))},
                **({} if storage is None else keeping(storage, self)),
                model_reader_accounts=self.model_reader_accounts,
                reports_readable=any(each.registry_users for each in self.views),
                infrastructure_writers=deployers(self),
                tags=self.tags,
                release_tags=self.release_tags,
            ),
            self.options,
        )

    @cached_property
    def data_uri(self) -> pulumi.Output[str | None]:
        """Where the pipeline finds the data; None without data."""
        return data_uri(self.spec, self.store)

    @cached_property
    def roles(self) -> JobRoles:
        """The roles of all work that the specification has; to be asked for after network and registry are declared."""
        from mlstack_components.aws.images import repository_arn
        from mlstack_components.aws.job_roles import JobKind, JobRoles, JobRolesArgs

        from mlstack_stacks.pipeline_steps import images, measured

        steps, serving, given = self.spec.steps, self.spec.serving, self.spec.roles
        kinds = set() if serving is None else {JobKind.SERVING}
        repositories = self._repositories()
        used: list[str] = []
        measures = self.monitored or measured(self.spec)
        if steps is not None:
            kinds |= {JobKind.TRAINING, JobKind.PIPELINE}
            kinds |= {JobKind.PROCESSING} if steps.prepare or steps.evaluate or measures else set()
            used = list(images(self.spec, steps).addresses)
        if measures:
            from mlstack_components.aws.monitor_image import analyzer_image

            kinds |= {JobKind.MONITORING} if self.monitored else set()
            used.append(analyzer_image(self.spec.region))
        repositories += dict.fromkeys(arn for image in used if (arn := repository_arn(image)) is not None)
        return JobRoles(
            self.prefix,
            JobRolesArgs(
                placement=self.placement,
                kinds=frozenset(kinds),
                encryption_key_arn=self.key.arn,
                data_bucket_arn=self.store.data_bucket_arn,
                artifact_bucket_arn=self.store.artifact_bucket_arn,
                image_repository_arns=repositories,
                pipeline_name=self.pipeline_name,
                model_package_group_name=self.group_name,
                endpoint_name=self.endpoint_name,
                tuning=steps is not None and steps.tune is not None,
                checkpoints=steps is not None and steps.train.spot is not None,
                capture=serving is not None and serving.capture_percent > 0,
                ground_truth=self.model_quality is not None,
                asynchronous=serving is not None and serving.kind == "asynchronous",
                told_topic_arn=self.told_topic_arn,
                network=self.network,
                reads=prefixes_of_others(self.spec),
                shared_versions=self._shared_versions(),
                tracking=self.tracking,
                transform=self._transform(),
                log_group_arns=self.job_log_group_arns,
                secrets={kind: secrets_of(self.spec, kind) for kind in kinds},
                role_arns={} if given is None else {JobKind(kind): arn for kind, arn in given.given().items()},
                permissions_boundary_arn=self.boundary,
                tags=self.tags,
            ),
            self.options,
        )

    def _shared_versions(self) -> SharedVersions | None:
        """Where the versions lie of another environment's registry; None where they lie here."""
        source = self.spec.registry_source
        if source is None:
            return None
        from mlstack_components.aws.shared_versions import SharedVersions

        return SharedVersions(
            placement=Placement(source.account, source.region),
            bucket_name=f"{Names(source.name, source.environment).resource_prefix}-artifacts",
            pipeline_name=Names.of(source).pipeline,
        )

    def _repositories(self) -> list[pulumi.Input[str]]:
        """The repositories of the project's own images that its jobs may run in."""
        own = () if self.own_images is None else (self.own_images.repository,)
        known = dict.fromkeys(each for each in (self.images, *own) if each is not None)
        return [each.arn for each in known]

    def _transform(self) -> TransformAccess | None:
        """What the model's role reads and writes where whole datasets are scored."""
        serving = self.spec.serving
        if serving is None or serving.kind != "batch" or serving.batch is None:
            return None
        from mlstack_components.aws.transform_access import TransformAccess

        return TransformAccess(prefix=serving.batch.prefix, bucket=serving.batch.bucket)
