"""What a release changes and proves: the endpoint, or the pipeline that scores whole datasets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mlstack.release.batch import LiveBatch, batch_differences, models_at_work, read_batch
from mlstack.release.live import wait_until_settled
from mlstack.release.pointer import Release
from mlstack.release.proof import IN_SERVICE, LiveEndpoint, differences
from mlstack.release.variants import further_of, kept_variant_counts

if TYPE_CHECKING:
    from mlstack_stacks.spec import EnvironmentSpec
    from mypy_boto3_sagemaker import SageMakerClient

    from mlstack.cloud.deployment import Deployment

Live = LiveEndpoint | LiveBatch


class Target(Protocol):
    """What serves the released model."""

    @property
    def name(self) -> str:
        """Its name in the cloud."""

    @property
    def word(self) -> str:
        """What it is, in a sentence."""

    @property
    def serves(self) -> str:
        """What it does with a model, in a sentence."""

    def settled(self, sagemaker: SageMakerClient) -> Live | None:
        """What is there, once it is on its way to nowhere; None where there is nothing."""

    def release_of(self, arn: str, live: Live | None, baseline_uri: str | None) -> Release:
        """What the pointer should say for a model package, further variants aside."""

    def answering(self, live: Live | None) -> str | None:
        """The model package that serves now, which a failed release goes back to."""

    def differences(self, live: Live | None, intended: Release) -> tuple[str, ...]:
        """How what is there differs from a release."""

    def models_in_use(self, sagemaker: SageMakerClient) -> frozenset[str]:
        """Models beside the present one that are still needed."""


@dataclass(frozen=True)
class EndpointTarget:
    """A real-time endpoint.

    Attributes:
        name: The endpoint's name.
        spec: The specification of the environment.
    """

    name: str
    spec: EnvironmentSpec
    word = "endpoint"
    serves = "serves"

    def settled(self, sagemaker: SageMakerClient) -> LiveEndpoint | None:
        """The endpoint, once no deployment is under way."""
        return wait_until_settled(sagemaker, self.name)

    def release_of(self, arn: str, live: Live | None, baseline_uri: str | None) -> Release:
        """A release never takes instances away from a busy endpoint.

        More than specified are kept, and only those: otherwise a smaller number in mlstack.yaml would never come into
        effect.
        """
        count = live.instance_count if live is not None else None
        kept = count if count is not None and count > self._specified else None
        return Release(arn, kept, baseline_uri, variant_counts=kept_variant_counts(self.spec, live))

    def answering(self, live: Live | None) -> str | None:
        """What answers requests, whatever the pointer says by now."""
        if live is None or live.status != IN_SERVICE:
            return None
        assert not isinstance(live, LiveBatch)  # noqa: S101 - a typing matter: `settled` gives endpoints only
        return None if live.released is None else live.released.model_package_arn

    def differences(self, live: Live | None, intended: Release) -> tuple[str, ...]:
        """Status, models and the number of instances."""
        assert not isinstance(live, LiveBatch)  # noqa: S101 - a typing matter: `settled` gives endpoints only
        serving = self.spec.serving
        return differences(
            live,
            str(intended.model_package_arn),
            further=further_of(self.spec, intended),
            least_instances=intended.instance_count or self._specified,
            scales=serving is not None and serving.instances.scale,
        )

    def models_in_use(self, sagemaker: SageMakerClient) -> frozenset[str]:
        """None: what an endpoint needs is what its configuration names."""
        del sagemaker
        return frozenset()

    @property
    def _specified(self) -> int:
        # An endpoint that may be scaled to none starts with one.
        return max(1, self.spec.serving.instances.min) if self.spec.serving is not None else 1


@dataclass(frozen=True)
class BatchTarget:
    """The pipeline that scores whole datasets.

    Attributes:
        name: The pipeline's name.
    """

    name: str
    word = "pipeline"
    serves = "scores with"

    def settled(self, sagemaker: SageMakerClient) -> LiveBatch | None:
        """The pipeline; a change of it is made at once."""
        return read_batch(sagemaker, self.name)

    def release_of(self, arn: str, live: Live | None, baseline_uri: str | None) -> Release:
        """A batch has as many instances as mlstack.yaml says."""
        del live
        return Release(arn, baseline_uri=baseline_uri)

    def answering(self, live: Live | None) -> str | None:
        """What the next batch would be scored with."""
        return None if live is None else next(iter(live.model_package_arns), None)

    def differences(self, live: Live | None, intended: Release) -> tuple[str, ...]:
        """Status and model."""
        assert not isinstance(live, LiveEndpoint)  # noqa: S101 - a typing matter: `settled` gives pipelines only
        return batch_differences(live, str(intended.model_package_arn))

    def models_in_use(self, sagemaker: SageMakerClient) -> frozenset[str]:
        """Those of the batches that run."""
        return models_at_work(sagemaker, self.name)


def target_of(deployment: Deployment) -> Target:
    """What a release of an environment changes.

    Args:
        deployment: The environment.

    Raises:
        MlstackError: The environment serves nothing.
    """
    pipeline = deployment.outputs.batch_pipeline_name
    return EndpointTarget(deployment.endpoint_name, deployment.spec) if pipeline is None else BatchTarget(pipeline)
