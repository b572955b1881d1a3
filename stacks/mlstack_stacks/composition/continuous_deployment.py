"""The part `continuous_deployment`: approved versions are released by the cloud itself."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.job_policy_args import JobKind
from mlstack_components.aws.release_automation import (
    InfrastructureBundle,
    ReleaseAutomation,
    ReleaseAutomationArgs,
)
from mlstack_components.aws.release_policies import ReleaseStateArgs

from mlstack_stacks.infrastructure_bundle import infrastructure_bundle
from mlstack_stacks.source_commit import source_commit
from mlstack_stacks.state_backend import STATE_TAG, StateBackend

if TYPE_CHECKING:
    import pulumi
    from mlstack_components.aws.release_events import ForwardedVersions

    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec import EnvironmentSpec
    from mlstack_stacks.spec.continuous_deployment import ContinuousDeployment


def declare(_: ContinuousDeployment, environment: Environment) -> dict[str, Any]:
    """Declares what releases approved versions, where there are versions and endpoints.

    Args:
        environment: The environment.

    Returns:
        The outputs, by name.
    """
    released = [each for each in environment.models.values() or (environment,) if _is_released(each)]
    if not released:
        return {}
    spec, names = environment.spec, environment.names
    automation = ReleaseAutomation(
        environment.prefix,
        ReleaseAutomationArgs(
            placement=environment.placement,
            project=spec.name,
            environment=spec.environment,
            names=names.beginnings,
            groups={str(each.group_name): each.names.model or "" for each in released},
            forwarded=_forwarded(environment, released),
            bundle=_bundle(spec),
            artifact_bucket=environment.store.artifact_bucket,
            artifact_bucket_arn=environment.store.artifact_bucket_arn,
            artifact_bucket_ready=environment.store.artifacts.ready,
            encryption_key_arn=environment.key.arn,
            passed_role_arns=_passed(released),
            topic_arn=environment.topic_arn,
            state=_state(spec),
            python=f"{sys.version_info.major}.{sys.version_info.minor}",
            permissions_boundary_arn=environment.boundary,
            tags=environment.tags,
        ),
        environment.options,
    )
    return {"release_build_project": automation.project_name}


def _is_released(environment: Environment) -> bool:
    return environment.group_name is not None and environment.endpoint_name is not None


def _forwarded(environment: Environment, released: list[Environment]) -> ForwardedVersions | None:
    elsewhere = [each for each in released if each.registry_elsewhere]
    if not elsewhere:
        return None
    from mlstack_components.aws.release_events import ForwardedVersions

    from mlstack_stacks.composition.registry import group_arn
    from mlstack_stacks.composition.version_events import registry_bus

    groups = {str(each.group_name): group_arn(each.registry_of) for each in elsewhere}
    return ForwardedVersions(groups, registry_bus(environment))


def _passed(released: list[Environment]) -> list[pulumi.Output[str]]:
    serving = [each.roles.arn(JobKind.SERVING) for each in released]
    return serving + [each.roles.arn(JobKind.MONITORING) for each in released if each.monitored]


def _bundle(spec: EnvironmentSpec) -> InfrastructureBundle:
    from mlstack_stacks.composition.data import folder_version

    sources = [view.data.source for view in spec.views().values() if view.data is not None and view.data.s3 is None]
    folders = {source: folder_version(spec.root / source) for source in sources if (spec.root / source).is_dir()}
    archive = infrastructure_bundle(spec, source_commit(spec.root), folders)
    # The engine reads from it until the program ends.
    directory = Path(tempfile.mkdtemp(prefix="mlstack-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    file = directory / "infrastructure.zip"
    file.write_bytes(archive.content)
    return InfrastructureBundle(file=file, digest=archive.digest)


def _state(spec: EnvironmentSpec) -> ReleaseStateArgs | None:
    """Where the state is: its names follow from account and region. That of `local` is on the machine of its builds."""
    if spec.is_local:
        return None
    backend = StateBackend.of(spec.account, spec.region)
    return ReleaseStateArgs(bucket=backend.bucket, key_tag=STATE_TAG, key_tag_value=backend.place)
