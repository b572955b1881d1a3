"""Is the live endpoint the intended one? Intent and reality as frozen data, and what tells them apart.

SageMaker reverts an update whose new fleet fails, and Pulumi's provider reports success all the same. So a release ends
only when the endpoint was described: in service, nothing pending, each variant's model the intended package, and no
fewer instances than it had.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack.registry.versions import version_of

if TYPE_CHECKING:
    from collections.abc import Sequence

IN_SERVICE = "InService"
# While one of these lasts the endpoint is on its way, and nothing can be said of it.
CHANGING = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"})


@dataclass(frozen=True)
class Variant:
    """One production variant of the live endpoint.

    Attributes:
        name: The variant's name.
        model_name: The SageMaker model that it runs.
        model_package_arn: The model package of that model, or None where it names none.
        instances: How many instances run, or None while it cannot be told.
        desired_instances: How many should run, or None likewise.
        configured_instances: How many its endpoint configuration starts with, or None where that is gone.
        memory_mb: The memory of a serverless one, else None.
        max_concurrency: How many calls a serverless one works on at once, else None.
    """

    name: str
    model_name: str
    model_package_arn: str | None
    instances: int | None = None
    desired_instances: int | None = None
    configured_instances: int | None = None
    memory_mb: int | None = None
    max_concurrency: int | None = None


@dataclass(frozen=True)
class LiveEndpoint:
    """What DescribeEndpoint, DescribeEndpointConfig and DescribeModel say of the endpoint.

    Attributes:
        name: The endpoint's name.
        status: SageMaker's status.
        configuration_name: The endpoint configuration that it runs.
        variants: Its production variants.
        failure_reason: SageMaker's reason of the last failure, or None.
        pending: Whether a deployment is under way.
        asynchronous: Whether its calls wait in a queue.
    """

    name: str
    status: str
    configuration_name: str
    variants: tuple[Variant, ...]
    failure_reason: str | None = None
    pending: bool = False
    asynchronous: bool = False

    @property
    def kind(self) -> str:
        """What kind of endpoint it is, as mlstack.yaml's `serving.kind` has it."""
        if self.asynchronous:
            return "asynchronous"
        return "serverless" if any(variant.memory_mb for variant in self.variants) else "realtime"

    @property
    def changing(self) -> bool:
        """Whether it is on its way to something else."""
        return self.pending or self.status in CHANGING

    @property
    def model_package_arns(self) -> tuple[str, ...]:
        """The model packages behind it, each once."""
        return tuple(dict.fromkeys(variant.model_package_arn for variant in self.variants if variant.model_package_arn))

    @property
    def instance_count(self) -> int | None:
        """The most instances that a variant has or should have; None where nothing is known."""
        counts = [
            count for variant in self.variants for count in (variant.instances, variant.desired_instances) if count
        ]
        return max(counts, default=None)

    @property
    def started_instances(self) -> int | None:
        """The most instances that a variant started with, has or should have; None where nothing is known."""
        counts = [variant.configured_instances for variant in self.variants if variant.configured_instances]
        return max([*counts, self.instance_count or 0]) or None


def differences(
    live: LiveEndpoint | None, model_package_arn: str, *, least_instances: int = 1, scales: bool = False
) -> tuple[str, ...]:
    """Compare the live endpoint with the intent.

    Args:
        live: The endpoint, or None where there is none.
        model_package_arn: The model package that it should serve.
        least_instances: How many instances it should have at least.
        scales: Whether the cloud may take instances away as soon as it is updated; then it should have started with as
            many.

    Returns:
        One clause for each difference; empty is the proof.
    """
    if live is None:
        return ("there is no endpoint",)
    found = []
    if live.status != IN_SERVICE:
        found.append(f"it is {live.status}")
    if live.pending:
        found.append("a deployment is still under way")
    if not live.variants:
        found.append("it has no production variant")
    found += [_served(variant) for variant in live.variants if variant.model_package_arn != model_package_arn]
    count = live.started_instances if scales else live.instance_count
    if live.variants and count is not None and count < least_instances:
        found.append(f"it has {count} instances instead of {least_instances}")
    return tuple(found)


def _served(variant: Variant) -> str:
    if variant.model_package_arn is None:
        return f"the model {variant.model_name} behind it names no model package"
    return f"it serves model version {version_of(variant.model_package_arn)}"


def model_versions(arns: Sequence[str]) -> str:
    """Name versions in a sentence, such as `version 3`."""
    return " and ".join(f"version {version_of(arn)}" for arn in arns) or "no model"
