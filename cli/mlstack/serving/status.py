"""What is live in an environment: stack, last run, models, endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlstack_stacks.spec.registry_source import source_name

from mlstack.cloud.errors import explained, is_missing
from mlstack.registry.decide import read_release
from mlstack.registry.packages import versions_of, with_metrics
from mlstack.release.batch import batch_differences, read_batch
from mlstack.release.live import read_endpoint
from mlstack.release.proof import differences
from mlstack.release.variants import further_of, waiting_variants, waits_for
from mlstack.serving.shutdown import schedule_of
from mlstack.training import runs
from mlstack.training.tracking import read_tracking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack.cloud.deployment import Deployment
    from mlstack.registry.versions import ModelVersion
    from mlstack.release.batch import LiveBatch
    from mlstack.release.proof import LiveEndpoint
    from mlstack.training.execution import Execution
    from mlstack.training.tracking import LiveTracking

_MODELS_SHOWN = 5


@dataclass(frozen=True)
class Status:
    """What is live.

    Attributes:
        environment: The environment's name.
        account: Its account.
        is_local: Whether it lives in the local cloud.
        region: Its region.
        resources: How many resources Pulumi's state holds.
        execution: The last run of the pipeline, or None.
        versions: The newest model versions.
        released: The model package that should serve, or None.
        endpoint: The endpoint, or None.
        waits_for: What the endpoint waits for, or None.
        variants: The model packages that its further variants should have, by their names.
        waiting_variants: The variants that nothing was released to.
        shutdown: When the endpoint goes out of service by itself, or None where it never does.
        batch: The pipeline that scores whole datasets, or None.
        last_batch: Its last execution, or None.
        batch_waits_for: What that pipeline waits for, or None.
        tracking: The tracking server, or None.
        model: Which of several models it is of, or None.
        registry_of: The other environment whose registry is used and where versions are trained, or None.
    """

    environment: str
    account: str
    is_local: bool
    region: str
    resources: int
    execution: Execution | None
    versions: list[ModelVersion]
    released: str | None
    endpoint: LiveEndpoint | None
    waits_for: str | None
    variants: Mapping[str, str] = field(default_factory=dict)
    waiting_variants: tuple[str, ...] = ()
    shutdown: str | None = None
    batch: LiveBatch | None = None
    last_batch: Execution | None = None
    batch_waits_for: str | None = None
    tracking: LiveTracking | None = None
    registry_of: str | None = None
    model: str | None = None

    @property
    def address(self) -> str:
        """What commands are given to find it."""
        return self.environment if self.model is None else f"{self.environment} --model {self.model}"

    @property
    def differences(self) -> tuple[str, ...]:
        """How what serves differs from what was released; empty where it does not, or where nothing was."""
        if self.released and self.batch is not None:
            return batch_differences(self.batch, self.released)
        return differences(self.endpoint, self.released, further=self.variants) if self.released else ()

    def to_json(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "environment": self.environment,
            "up": True,
            "stack": {"account": self.account, "region": self.region, "resources": self.resources},
            "execution": self.execution and _execution_json(self.execution),
            "models": [version.to_json() | {"released": version.arn == self.released} for version in self.versions],
            "released": self.released,
            "endpoint": self.endpoint and _endpoint_json(self.endpoint),
            "endpoint_waits_for": self.waits_for,
            "variants_wait_for": {name: waits_for(self.address, name) for name in self.waiting_variants},
            "endpoint_idle_shutdown": self.shutdown,
            "batch": self.batch and _batch_json(self.batch),
            "last_batch": self.last_batch and _execution_json(self.last_batch),
            "batch_waits_for": self.batch_waits_for,
            "tracking": self.tracking and self.tracking.to_json(),
            "differences": list(self.differences),
        }


def read_status(deployment: Deployment) -> Status:
    """Look at an environment.

    Args:
        deployment: The environment.

    Returns:
        What is live.
    """
    from mlstack.engine.pulumi import Pulumi

    outputs, sagemaker = deployment.outputs, deployment.session.client("sagemaker")
    resources = [each for each in Pulumi.of(deployment.project, deployment.spec).resources() if each.custom]
    with explained(deployment.spec):
        registers = outputs.model_package_group_name or outputs.model_package_group_arn
        versions = versions_of(deployment)[:_MODELS_SHOWN] if registers else []
        release = read_release(deployment)
        return Status(
            environment=deployment.environment,
            account=deployment.spec.account,
            is_local=deployment.spec.is_local,
            region=deployment.spec.region,
            resources=sum(not each.type.startswith("pulumi:") for each in resources),
            execution=_last_execution(deployment) if outputs.pipeline_name else None,
            versions=with_metrics(deployment.session, versions),
            released=release.model_package_arn,
            variants=further_of(deployment.spec, release),
            waiting_variants=waiting_variants(deployment.spec, release),
            endpoint=read_endpoint(sagemaker, outputs.endpoint_name) if outputs.endpoint_name else None,
            waits_for=outputs.endpoint_waits_for,
            shutdown=schedule_of(deployment.spec),
            batch=read_batch(sagemaker, outputs.batch_pipeline_name) if outputs.batch_pipeline_name else None,
            last_batch=_last_batch(deployment) if outputs.batch_pipeline_name else None,
            batch_waits_for=outputs.batch_waits_for,
            tracking=read_tracking(deployment),
            model=None if deployment.address == deployment.environment else deployment.spec.model,
            registry_of=None if deployment.stage is None else source_name(deployment.spec),
        )


def _last_execution(deployment: Deployment) -> Execution | None:
    return _newest(deployment, deployment.pipeline_name)


def _last_batch(deployment: Deployment) -> Execution | None:
    # Before the first release there is no pipeline.
    return None if deployment.outputs.batch_waits_for else _newest(deployment, deployment.batch_pipeline_name)


def _newest(deployment: Deployment, pipeline: str) -> Execution | None:
    from botocore.exceptions import ClientError

    sagemaker = deployment.session.client("sagemaker")
    try:
        newest = next(runs.execution_arns(sagemaker, pipeline), None)
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    return None if newest is None else runs.read_execution(sagemaker, newest)


def _execution_json(execution: Execution) -> dict[str, Any]:
    return {
        "arn": execution.arn,
        "id": execution.id,
        "status": execution.status,
        "started_at": execution.started_at.isoformat() if execution.started_at else None,
        "failure_reason": execution.failure_reason,
        "gate_passed": execution.gate_outcome,
        "steps": {step.name: step.status for step in execution.steps},
    }


def _endpoint_json(endpoint: LiveEndpoint) -> dict[str, Any]:
    return {
        "name": endpoint.name,
        "status": endpoint.status,
        "kind": endpoint.kind,
        "configuration": endpoint.configuration_name,
        "failure_reason": endpoint.failure_reason,
        "variants": [
            {
                "name": variant.name,
                "model": variant.model_name,
                "model_package_arn": variant.model_package_arn,
                "instances": variant.instances,
                "weight": variant.weight,
                "shadow": variant.shadow,
            }
            for variant in endpoint.variants
        ],
    }


def _batch_json(batch: LiveBatch) -> dict[str, Any]:
    return {
        "name": batch.name,
        "status": batch.status,
        "model": batch.model_name,
        "model_package_arn": batch.model_package_arn,
    }
