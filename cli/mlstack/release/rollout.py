"""A release, from the choice of a version to the proof that it serves.

Stages, each taking what the one before gave:
    1. lock      one release of an environment at a time
    2. settle    wait for a deployment that is under way, and read how many instances serve
    3. point     move the release pointer, which the Pulumi program reads
    4. preview   refuse anything outside the serving component
    5. update    `pulumi up` with the serving component as its target
    6. prove     describe the endpoint and compare it with the intent
    7. sweep     delete retained models and endpoint configurations that nothing refers to

A stage that fails undoes what the ones before it did (`mlstack.release.undo`), so pointer, state and endpoint agree.
An interrupt undoes nothing: the same command goes on from there. The downside: the pointer moves before the endpoint is
updated, so another `pulumi up` at that moment releases, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError

from mlstack.cloud.errors import explained
from mlstack.engine.failure import StackLockedError
from mlstack.registry.packages import list_versions
from mlstack.registry.versions import in_environment, version_of
from mlstack.release.baseline import read_baseline
from mlstack.release.live import read_inventory, sweep, wait_until_settled
from mlstack.release.lock import release_lock
from mlstack.release.pointer import Release, ReleasePointer
from mlstack.release.proof import IN_SERVICE, differences
from mlstack.release.scope import TARGETS, is_serving, require_narrow
from mlstack.release.sweep import plan_sweep
from mlstack.release.undo import undo
from mlstack.serving.shutdown import held_endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_stacks.spec import EnvironmentSpec

    from mlstack.cloud.deployment import Deployment
    from mlstack.engine.pulumi import Pulumi
    from mlstack.registry.versions import ModelVersion
    from mlstack.release.choose import Choose
    from mlstack.release.proof import LiveEndpoint
    from mlstack.release.sweep import Sweep

    Say = Callable[[str], object]


class ReleaseFailedError(MlstackError):
    """The endpoint does not serve what was intended; everything is as it was before."""

    code = "release-failed"


@dataclass(frozen=True)
class Released:
    """A proven release.

    Attributes:
        version: The version that serves.
        endpoint: The endpoint, as it was described for the proof.
        before: The model package that was served before, or None.
        changed: Whether anything had to be done.
        swept: What of former releases was deleted.
    """

    version: ModelVersion
    endpoint: LiveEndpoint
    before: str | None
    changed: bool
    swept: Sweep

    def to_json(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "version": self.version.version,
            "model_package_arn": self.version.arn,
            "model_package_arn_before": self.before,
            "changed": self.changed,
            "endpoint": {
                "name": self.endpoint.name,
                "status": self.endpoint.status,
                "configuration": self.endpoint.configuration_name,
                "instances": self.endpoint.instance_count,
            },
            "swept": {"endpoint_configurations": list(self.swept.configurations), "models": list(self.swept.models)},
        }


@dataclass(frozen=True)
class Rollout:
    """Everything that a release works with.

    Attributes:
        deployment: The environment.
        pulumi: The engine on it.
        pointer: Its release pointer.
        say: Told what is being done.
    """

    deployment: Deployment
    pulumi: Pulumi
    pointer: ReleasePointer
    say: Say

    @classmethod
    def of(cls, deployment: Deployment, say: Say) -> Rollout:
        """Prepare a release of an environment.

        Raises:
            MlstackError: The environment serves nothing.
        """
        from mlstack.engine.pulumi import Pulumi

        deployment.endpoint_name  # noqa: B018 - raises where the environment serves nothing
        path = deployment.outputs.release_parameter_path or _pointer_path(deployment)
        pointer = ReleasePointer(deployment.session.client("ssm"), path)
        return cls(deployment, Pulumi(deployment.project, deployment.environment, deployment.spec.region), pointer, say)

    def run(self, choose: Choose) -> Released:
        """Release a version.

        Args:
            choose: Chooses among all versions, newest first, once the lock is held.

        Returns:
            The proven release.

        Raises:
            ReleaseFailedError: The endpoint does not serve the version; all is as before.
            ReleaseLockedError: Another release is under way.
            OutOfScopeError: More than the serving component would change; all is as before.
            EngineFailure: The engine failed; all is as before.
        """
        spec, sagemaker = self.deployment.spec, self.deployment.session.client("sagemaker")
        lock = f"/mlstack/{spec.name}/{spec.environment}/lock/release"
        with explained(spec), release_lock(self.deployment.session.client("ssm"), lock, self.say):
            began = datetime.now(UTC)
            version = choose(list_versions(sagemaker, self.deployment.group_name), self.pointer)
            live = wait_until_settled(sagemaker, self.deployment.endpoint_name)
            pointed = self.pointer.read()
            shut_down = live is None and held_endpoint(self.pulumi.resources()) is not None
            baseline = read_baseline(sagemaker, version.arn)
            intended = Release(version.arn, _more_instances(live, _instances_of(spec)), baseline)
            served = Release(_served(live), pointed.instance_count, pointed.baseline_uri)
            if live is not None and self._is_done(pointed, intended, live):
                return Released(version, live, version.arn, changed=False, swept=self._sweep(began))
            if shut_down:
                # It went out of service on its schedule, which Pulumi's state does not know.
                self.say("Looking at what is there")
                self.pulumi.refresh(TARGETS)
                served = pointed
            live = self._change(served, intended, rolls_back=not shut_down)
            return Released(version, live, served.model_package_arn, changed=True, swept=self._sweep(began))

    def _is_done(self, pointed: Release, intended: Release, live: LiveEndpoint) -> bool:
        """Whether pointer, endpoint and Pulumi's state agree on the intended version already."""
        arn = str(intended.model_package_arn)
        same = pointed.model_package_arn == arn and pointed.baseline_uri == intended.baseline_uri
        agreed = same and not differences(live, arn)
        return agreed and live.configuration_name in self._serving_ids()

    def _change(self, before: Release, intended: Release, *, rolls_back: bool = True) -> LiveEndpoint:
        former = self.pulumi.export_state()
        self.say("Moving the release pointer")
        self.pointer.move(intended)
        updated = False
        try:
            self.say("Previewing the update")
            require_narrow(
                ((step.urn, step.operation) for step in self.pulumi.preview(TARGETS).steps), self.deployment.environment
            )
            updated = True
            self.say("Updating the endpoint")
            self.pulumi.up(TARGETS)
            return self._prove(intended)
        except MlstackError as error:
            self.say("Putting everything back")
            untouched = not updated or isinstance(error, StackLockedError)
            undo(self.pulumi, self.pointer, before, None if untouched else former, rolls_back=rolls_back)
            if untouched or isinstance(error, ReleaseFailedError):
                raise
            raise self._failure(intended, error) from error

    def _prove(self, intended: Release) -> LiveEndpoint:
        self.say("Proving what the endpoint serves")
        live = wait_until_settled(self.deployment.session.client("sagemaker"), self.deployment.endpoint_name)
        arn = str(intended.model_package_arn)
        spec = self.deployment.spec
        least = intended.instance_count or _instances_of(spec)
        scales = spec.serving is not None and spec.serving.instances.scale
        found = differences(live, arn, least_instances=least, scales=scales)
        if found or live is None:
            reason = f": {live.failure_reason.rstrip('.')}" if live and live.failure_reason else ""
            raise ReleaseFailedError(
                f"The endpoint {self.deployment.endpoint_name} does not serve model version {version_of(arn)}: "
                f"{', '.join(found)}{reason}. The release pointer is back where it was.",
                next_step=self._next_step(arn),
            )
        return live

    def _failure(self, intended: Release, error: MlstackError) -> ReleaseFailedError:
        arn = str(intended.model_package_arn)
        diagnostics = getattr(error, "diagnostics", "") or error.message
        return ReleaseFailedError(
            f"Model version {version_of(arn)} could not be released; the release pointer is back where it was. "
            f"The engine said:\n{diagnostics.rstrip()}",
            next_step=self._next_step(arn),
        )

    def _next_step(self, arn: str) -> str:
        return (
            f"`mlstack logs {self.deployment.environment} --endpoint` shows why. "
            f"Then `{in_environment(f'models reject {version_of(arn)}', self.deployment.environment)}`, "
            "or fix the code and train again."
        )

    def _sweep(self, began: datetime) -> Sweep:
        spec, sagemaker = self.deployment.spec, self.deployment.session.client("sagemaker")
        tags = {"mlstack:project": spec.name, "mlstack:environment": spec.environment}
        planned = plan_sweep(read_inventory(sagemaker, tags, began, self._serving_ids()))
        sweep(sagemaker, planned)
        return planned

    def _serving_ids(self) -> frozenset[str]:
        """Names of the models and endpoint configurations in Pulumi's state."""
        return frozenset(each.id for each in self.pulumi.resources() if is_serving(each.urn) and each.id)


def _pointer_path(deployment: Deployment) -> str:
    return f"/mlstack/{deployment.spec.name}/{deployment.environment}/release"


def _served(live: LiveEndpoint | None) -> str | None:
    """The model package that answers requests: what a failed release goes back to, whatever the pointer says by now."""
    if live is None or live.status != IN_SERVICE:
        return None
    return next(iter(live.model_package_arns), None)


def _more_instances(live: LiveEndpoint | None, specified: int) -> int | None:
    """How many instances to keep where there are more than specified; None lets the specification decide.

    Kept only then: otherwise a smaller number in mlstack.yaml would never come into effect.
    """
    count = live.instance_count if live is not None else None
    return count if count is not None and count > specified else None


def _instances_of(spec: EnvironmentSpec) -> int:
    # An endpoint that may be scaled to none starts with one.
    return max(1, spec.serving.instances.min) if spec.serving is not None else 1
