"""A release, from the choice of a version to the proof that it serves.

Stages, each taking what the one before gave:
    1. lock      one release of an environment at a time
    2. settle    wait for a deployment that is under way, and read how many instances serve
    3. point     move the release pointer, which the Pulumi program reads
    4. preview   refuse anything outside the serving component
    5. update    `pulumi up` with the serving component as its target
    6. prove     describe the endpoint, or the pipeline of batches, and compare it with the intent
    7. sweep     delete retained models and endpoint configurations that nothing refers to

A stage that fails undoes what the ones before it did (`mlstack.release.undo`), so pointer, state and endpoint agree.
An interrupt undoes nothing: the same command goes on from there. The downside: the pointer moves before the endpoint is
updated, so another `pulumi up` at that moment releases, too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError
from mlstack_stacks.naming import Names

from mlstack.cloud.errors import explained
from mlstack.engine.failure import StackLockedError
from mlstack.registry.packages import versions_of
from mlstack.registry.versions import in_environment, version_of
from mlstack.release.baseline import read_baseline, read_quality_baseline
from mlstack.release.failure import ReleaseFailedError, both_told
from mlstack.release.live import read_inventory, sweep
from mlstack.release.lock import release_lock
from mlstack.release.pointer import Release, ReleasePointer
from mlstack.release.scope import TARGETS, is_serving, require_narrow
from mlstack.release.sweep import plan_sweep
from mlstack.release.target import target_of
from mlstack.release.undo import undo
from mlstack.release.variants import nothing_released, with_variant, without_variant
from mlstack.serving.shutdown import held_endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlstack.cloud.deployment import Deployment
    from mlstack.engine.pulumi import Pulumi
    from mlstack.registry.versions import ModelVersion
    from mlstack.release.choose import Choose
    from mlstack.release.sweep import Sweep
    from mlstack.release.target import Live, Target

    Intent = tuple[ModelVersion, Release]
    Say = Callable[[str], object]


@dataclass(frozen=True)
class Released:
    """A proven release.

    Attributes:
        version: The version that serves.
        endpoint: What serves it, as it was described for the proof.
        before: The model package that was served before, or None.
        changed: Whether anything had to be done.
        swept: What of former releases was deleted.
    """

    version: ModelVersion
    endpoint: Live
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
            "variants": self.endpoint.further_arns,
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
        wait_seconds: For how long another release is waited for.
    """

    deployment: Deployment
    pulumi: Pulumi
    pointer: ReleasePointer
    say: Say
    wait_seconds: float = 0.0

    @classmethod
    def of(cls, deployment: Deployment, say: Say, wait_seconds: float = 0.0) -> Rollout:
        """Prepare a release of an environment.

        Raises:
            MlstackError: The environment serves nothing.
        """
        from mlstack.engine.pulumi import Pulumi

        target_of(deployment)  # raises where the environment serves nothing
        path = deployment.outputs.release_parameter_path or _pointer_path(deployment)
        pointer = ReleasePointer(deployment.session.client("ssm"), path)
        pulumi = Pulumi.of(deployment.project, deployment.spec)
        return cls(deployment, pulumi, pointer, say, wait_seconds)

    @property
    def target(self) -> Target:
        """What it changes and proves."""
        return target_of(self.deployment)

    def run(self, choose: Choose, *, variant: str | None = None) -> Released:
        """Release a version.

        Args:
            choose: Chooses among all versions, newest first, once the lock is held.
            variant: The further variant that it is for; None for the endpoint itself.

        Returns:
            The proven release.

        Raises:
            ReleaseFailedError: The endpoint does not serve the version; all is as before.
            ReleaseLockedError: Another release is under way.
            OutOfScopeError: More than the serving component would change; all is as before.
            EngineFailure: The engine failed; all is as before.
        """

        def intend(versions: Sequence[ModelVersion], live: Live | None, pointed: Release) -> Intent:
            version = choose(versions, self.pointer)
            if variant is None:
                return version, replace(self._converged(version.arn, live), variants=pointed.variants)
            return version, with_variant(self._kept(live, pointed), variant, version.arn, self.deployment.address)

        return self._release(intend)

    def remove(self, variant: str) -> Released:
        """Take a further version away; what is raised is what `run` raises.

        Args:
            variant: The further variant.

        Returns:
            The proven release of the version that is left.
        """

        def intend(versions: Sequence[ModelVersion], live: Live | None, pointed: Release) -> Intent:
            left = next((each for each in versions if each.arn == pointed.model_package_arn), None)
            if left is None:
                raise nothing_released(variant, self.deployment.address)
            return left, without_variant(self._kept(live, pointed), variant)

        return self._release(intend)

    def _release(self, intend: Callable[[Sequence[ModelVersion], Live | None, Release], Intent]) -> Released:
        spec, sagemaker = self.deployment.spec, self.deployment.session.client("sagemaker")
        lock = f"/mlstack/{spec.name}/{spec.environment}/lock/release"
        ssm = self.deployment.session.client("ssm")
        with explained(spec), release_lock(ssm, lock, self.say, self.wait_seconds):
            began = datetime.now(UTC)
            versions = versions_of(self.deployment)
            live, pointed = self.target.settled(sagemaker), self.pointer.read()
            shut_down = live is None and held_endpoint(self.pulumi.resources()) is not None
            version, intended = intend(versions, live, pointed)
            answering = self.target.answering(live)
            further = {} if live is None else live.further_arns
            served = replace(pointed, model_package_arn=answering, variants=further)
            if live is not None and self._is_done(pointed, intended, live):
                return Released(version, live, answering, changed=False, swept=self._sweep(began))
            if shut_down:
                # It went out of service on its schedule, which Pulumi's state does not know.
                self.say("Looking at what is there")
                self.pulumi.refresh(TARGETS)
                served = pointed
            live = self._change(served, intended, rolls_back=not shut_down)
            return Released(version, live, served.model_package_arn, changed=True, swept=self._sweep(began))

    def _converged(self, arn: str, live: Live | None) -> Release:
        sagemaker = self.deployment.session.client("sagemaker")
        release = self.target.release_of(arn, live, read_baseline(sagemaker, arn))
        return replace(release, quality_baseline_uri=read_quality_baseline(sagemaker, arn))

    def _kept(self, live: Live | None, pointed: Release) -> Release:
        """What is released, with as many instances as a busy endpoint has."""
        if pointed.model_package_arn is None:
            return pointed
        kept = self.target.release_of(pointed.model_package_arn, live, pointed.baseline_uri)
        return replace(kept, variants=pointed.variants, quality_baseline_uri=pointed.quality_baseline_uri)

    def _is_done(self, pointed: Release, intended: Release, live: Live) -> bool:
        """Whether pointer, endpoint and Pulumi's state agree on the intended version already."""
        members = attrgetter("model_package_arn", "baseline_uri", "quality_baseline_uri", "variants")
        least = replace(intended, instance_count=1)
        agreed = members(pointed) == members(intended) and not self.target.differences(live, least)
        return agreed and live.configuration_name in self._serving_ids()

    def _change(self, before: Release, intended: Release, *, rolls_back: bool = True) -> Live:
        former = self.pulumi.export_state()
        self.say("Moving the release pointer")
        self.pointer.move(intended)
        updated = False
        try:
            self.say("Previewing the update")
            require_narrow(
                ((step.urn, step.operation) for step in self.pulumi.preview(TARGETS).steps),
                self.deployment.environment,
                self.deployment.owns,
            )
            updated = True
            self.say(f"Updating the {self.target.word}")
            self.pulumi.up(TARGETS)
            return self._prove(intended)
        except MlstackError as error:
            self.say("Putting everything back")
            untouched = not updated or isinstance(error, StackLockedError)
            with both_told(error, self.deployment.address):
                undo(self.pulumi, self.pointer, before, None if untouched else former, rolls_back=rolls_back)
            if untouched or isinstance(error, ReleaseFailedError):
                raise
            raise self._failure(intended, error) from error

    def _prove(self, intended: Release) -> Live:
        target = self.target
        self.say(f"Proving what the {target.word} {target.serves}")
        live = target.settled(self.deployment.session.client("sagemaker"))
        arn = str(intended.model_package_arn)
        found = target.differences(live, intended)
        if found or live is None:
            reason = f": {live.failure_reason.rstrip('.')}" if live and live.failure_reason else ""
            raise ReleaseFailedError(
                f"The {target.word} {target.name} does not serve model version {version_of(arn)}: "
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
        where = f"`mlstack logs {self.deployment.address} --endpoint` shows why. Then "
        return (
            f"{where if self.target.word == 'endpoint' else ''}"
            f" `{in_environment(f'models reject {version_of(arn)}', self.deployment.address)}`, "
            "or fix the code and train again."
        )

    def _sweep(self, began: datetime) -> Sweep:
        spec, sagemaker = self.deployment.spec, self.deployment.session.client("sagemaker")
        tags = {"mlstack:project": spec.name, "mlstack:environment": spec.environment}
        tags |= {} if spec.model is None else {"mlstack:model": spec.model}
        kept = self._serving_ids() | self.target.models_in_use(sagemaker)
        planned = plan_sweep(read_inventory(sagemaker, tags, began, kept))
        sweep(sagemaker, planned)
        return planned

    def _serving_ids(self) -> frozenset[str]:
        """Names of the models and endpoint configurations in Pulumi's state."""
        return frozenset(each.id for each in self.pulumi.resources() if is_serving(each.urn) and each.id)


def _pointer_path(deployment: Deployment) -> str:
    return Names.of(deployment.spec).release_path
