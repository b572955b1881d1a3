"""Approving and rejecting: which version is meant, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.cloud.errors import explained
from mlstack.registry.packages import decide, describe, list_versions, who_and_why
from mlstack.registry.stages import decide_stage, seen_from, unknown_to
from mlstack.registry.versions import (
    APPROVED,
    find_version,
    in_environment,
    newest_approved,
    newest_pending,
    require_any,
)

if TYPE_CHECKING:
    from mlstack.cloud.deployment import Deployment
    from mlstack.registry.versions import ModelVersion
    from mlstack.release.pointer import Release


@dataclass(frozen=True)
class Registry:
    """Where a decision on an environment's versions is made.

    Attributes:
        deployment: The environment that has the registry, which may be another one, in another account.
        address: What commands are given to find the environment that decisions are for: its name, and of several
            models also which one.
        stage: The environment that the decision is for, where that is another one; else None.
    """

    deployment: Deployment
    address: str
    stage: str | None = None

    @classmethod
    def of(cls, environment: str, model: str | None = None) -> Registry:
        """The registry of an environment; that one itself need not be up where it uses another one's.

        Args:
            environment: The environment's name.
            model: The model's name; needed where the project has several.

        Raises:
            UserError: As for `Deployment.open`.
            MlstackError: The environment of the registry is not up, or its cloud cannot be used.
        """
        from mlstack.cloud.deployment import Deployment, chosen_model
        from mlstack.project_directory import ProjectDirectory

        spec = ProjectDirectory.find().load(environment)
        view = spec.views()[chosen_model(tuple(spec.models or ()), model)]
        source = view.registry_source
        if source is None:
            return cls(Deployment.open(environment, model), view.address)
        return cls(Deployment.open(source.environment, model), view.address, environment)

    def decide(self, number: int | None, approval: str, reason: str | None) -> tuple[ModelVersion, bool]:
        """Approve or reject a version.

        Args:
            number: The version; the newest that waits for a decision where None.
            approval: `Approved` or `Rejected`.
            reason: Why, or None.

        Returns:
            The version as the environment sees it now, with its metrics, and whether that changed anything.

        Raises:
            UserError: There is no such version.
            MlstackError: None waits, or it is not complete and so can't be approved, or not approved at the first gate.
        """
        deployment, stage = self.deployment, self.stage
        sagemaker = deployment.session.client("sagemaker")
        with explained(deployment.spec):
            versions = list_versions(sagemaker, deployment.group_name)
            require_any(versions, deployment.address)
            version = self._chosen(versions, number, "approve" if approval == APPROVED else "reject")
            if approval == APPROVED:
                self._require_approvable(version)
            known = describe(deployment.session, version.arn, metrics=False)
            changed = seen_from(known, stage).approval != approval
            if changed and stage is None:
                decide(sagemaker, version, approval, reason)
            elif changed and stage is not None:
                decide_stage(sagemaker, known, stage, approval, who_and_why(approval, reason))
            return seen_from(describe(deployment.session, version.arn), stage), changed

    def _chosen(self, versions: list[ModelVersion], number: int | None, verb: str) -> ModelVersion:
        if number is not None:
            return find_version(versions, number)
        if self.stage is None:
            return newest_pending(versions, self.address, verb)
        passed = [each for each in versions if each.approval == APPROVED]
        if not passed:
            return newest_approved(versions, self.deployment.address)  # says what is missing at the first gate
        seen = [
            seen_from(describe(self.deployment.session, each.arn, metrics=False), self.stage)
            if unknown_to(each, self.stage)
            else seen_from(each, self.stage)
            for each in passed
        ]
        return find_version(versions, newest_pending(seen, self.address, verb).version)

    def _require_approvable(self, version: ModelVersion) -> None:
        if version.status != "Completed":
            raise MlstackError(f"Model version {version.version} is {version.status}, so it cannot be approved.")
        if self.stage is not None and version.approval != APPROVED:
            first = self.deployment
            approve = in_environment(f"models approve {version.version}", first.address)
            raise MlstackError(
                f"Model version {version.version} is {version.word} in `{first.environment}`, which has the registry.",
                next_step=f"Approve it there first, with `{approve}`.",
            )


def released_arn(deployment: Deployment) -> str | None:
    """The model package that the environment should serve, or None."""
    return read_release(deployment).model_package_arn


def read_release(deployment: Deployment) -> Release:
    """What the environment should serve."""
    from mlstack.release.pointer import Release, ReleasePointer

    path = deployment.outputs.release_parameter_path
    return Release() if path is None else ReleasePointer(deployment.session.client("ssm"), path).read()
