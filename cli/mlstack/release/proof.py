"""Is the live endpoint the intended one? Intent and reality as frozen data, and what tells them apart.

SageMaker reverts an update whose new fleet fails, and Pulumi's provider reports success all the same. So a release ends
only when the endpoint was described: in service, nothing pending, each variant's model the intended package, and no
fewer instances than it had.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from mlstack_components.aws.names import VARIANT_NAME

from mlstack.registry.versions import version_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

IN_SERVICE = "InService"
# While one of these lasts the endpoint is on its way, and nothing can be said of it.
CHANGING = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"})


@dataclass(frozen=True)
class Variant:
    """One variant of the live endpoint.

    Attributes:
        name: The variant's name.
        model_name: The SageMaker model that it runs.
        model_package_arn: The model package of that model, or None where it names none.
        instances: How many instances run, or None while it cannot be told.
        desired_instances: How many should run, or None likewise.
        configured_instances: How many its endpoint configuration starts with, or None where that is gone.
        memory_mb: The memory of a serverless one, else None.
        max_concurrency: How many calls a serverless one works on at once, else None.
        weight: Its weight among the variants, or None while it cannot be told.
        shadow: Whether it gets copies of calls and answers nobody.
    """

    name: str
    model_name: str
    model_package_arn: str | None
    instances: int | None = None
    desired_instances: int | None = None
    configured_instances: int | None = None
    memory_mb: int | None = None
    max_concurrency: int | None = None
    weight: float | None = None
    shadow: bool = False

    @property
    def instance_count(self) -> int | None:
        """How many instances it has or should have; None where nothing is known."""
        return max((count for count in (self.instances, self.desired_instances) if count), default=None)


@dataclass(frozen=True)
class LiveEndpoint:
    """What DescribeEndpoint, DescribeEndpointConfig and DescribeModel say of the endpoint.

    Attributes:
        name: The endpoint's name.
        status: SageMaker's status.
        configuration_name: The endpoint configuration that it runs.
        variants: Its variants, that of the released version first.
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
    def released(self) -> Variant | None:
        """The variant of the released version; None where the endpoint has none."""
        return next((each for each in self.variants if each.name == VARIANT_NAME), next(iter(self.variants), None))

    @property
    def further(self) -> dict[str, Variant]:
        """The other variants, the shadow among them, by their names."""
        return {each.name: each for each in self.variants if each is not self.released}

    @property
    def further_arns(self) -> dict[str, str]:
        """The model packages of the other variants, by their names."""
        return {name: each.model_package_arn for name, each in self.further.items() if each.model_package_arn}

    @property
    def model_package_arns(self) -> tuple[str, ...]:
        """The model packages that answer, each once."""
        answering = [each.model_package_arn for each in self.variants if not each.shadow]
        return tuple(dict.fromkeys(arn for arn in answering if arn))

    @property
    def instance_count(self) -> int | None:
        """How many instances the released version has or should have; None where nothing is known."""
        return None if self.released is None else self.released.instance_count

    @property
    def started_instances(self) -> int | None:
        """The most instances that the released version started with, has or should have; None where it is not known."""
        configured = None if self.released is None else self.released.configured_instances
        return max(configured or 0, self.instance_count or 0) or None


def differences(
    live: LiveEndpoint | None,
    model_package_arn: str,
    *,
    further: Mapping[str, str] = MappingProxyType({}),
    least_instances: int = 1,
    scales: bool = False,
) -> tuple[str, ...]:
    """Compare the live endpoint with the intent.

    Args:
        live: The endpoint, or None where there is none.
        model_package_arn: The model package that it should serve.
        further: The model packages that its further variants should have, by their names.
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
    if live.released is not None and live.released.model_package_arn != model_package_arn:
        found.append(_served(live.released))
    found += _further(live.further, further)
    count = live.started_instances if scales else live.instance_count
    if live.variants and count is not None and count < least_instances:
        found.append(f"it has {count} instances instead of {least_instances}")
    return tuple(found)


def _further(live: Mapping[str, Variant], intended: Mapping[str, str]) -> list[str]:
    found = [f"it has no variant {name}" for name in intended if name not in live]
    for name, variant in live.items():
        if name not in intended:
            found.append(f"it still has the variant {name}")
        elif variant.model_package_arn != intended[name]:
            found.append(f"its variant {name} is another: {_served(variant)}")
    return found


def _served(variant: Variant) -> str:
    if variant.model_package_arn is None:
        return f"the model {variant.model_name} behind it names no model package"
    return f"it serves model version {version_of(variant.model_package_arn)}"


def model_versions(arns: Sequence[str]) -> str:
    """Name versions in a sentence, such as `version 3`."""
    return " and ".join(f"version {version_of(arn)}" for arn in arns) or "no model"
