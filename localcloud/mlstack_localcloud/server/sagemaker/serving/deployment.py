"""What an endpoint's configuration comes to: for each variant the container, and how many processes of it.

A deployment is kept with its endpoint, so that the endpoint goes on, also over restarts, when configuration and models
are deleted, as it does in SageMaker.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document

_SECONDS_TO_START = 480
# One process stands for one instance, but this machine has no more to give than its processors.
MOST_PROCESSES = max(2, os.cpu_count() or 2)


@dataclass(frozen=True)
class Variant:
    """One production variant.

    Attributes:
        name: Its name.
        weight: Its share of the calls, relative to the others'.
        instances: How many instances it has by its configuration.
        container: The container of its model, as `Models.served_container` returns it.
        seconds_to_start: How long its container may take until it answers the ping.
        instance_type: Its instance type; empty for serverless ones.
        serverless: Its ServerlessConfig, or None.
    """

    name: str
    weight: float
    instances: int
    container: Document
    seconds_to_start: float
    instance_type: str = ""
    serverless: Document | None = None

    @property
    def processes(self) -> int:
        """How many processes serve it; none where an asynchronous endpoint was scaled to zero."""
        return 1 if self.serverless else min(self.instances, MOST_PROCESSES)

    @property
    def isolated(self) -> bool:
        """Whether its containers have neither network nor credentials."""
        return bool(self.container["_isolated"])

    def environment(self) -> dict[str, str]:
        """Return the environment variables of its container."""
        variables: dict[str, str] = self.container.get("Environment", {})
        return variables


@dataclass(frozen=True)
class Deployment:
    """All variants of an endpoint, from one configuration.

    Attributes:
        identifier: Names the directory of the deployment.
        config: The name of the endpoint configuration.
        variants: The variants.
        capture: The configuration's DataCaptureConfig, or None.
        asynchronous: The configuration's AsyncInferenceConfig, or None.
        shadows: The shadow variants: none, or one beside one variant.
    """

    identifier: str
    config: str
    variants: tuple[Variant, ...]
    capture: Document | None = None
    asynchronous: Document | None = None
    shadows: tuple[Variant, ...] = ()

    @property
    def shadow_share(self) -> float:
        """Which share of the calls the shadow variant gets a copy of, 0 to 1: the ratio of both weights."""
        production = sum(variant.weight for variant in self.variants)
        return min(1.0, sum(variant.weight for variant in self.shadows) / production) if production else 0.0

    @property
    def kind(self) -> str:
        """What kind of endpoint it makes."""
        if self.asynchronous is not None:
            return "asynchronous"
        return "serverless" if any(variant.serverless for variant in self.variants) else "real-time"

    @property
    def most_calls(self) -> int | None:
        """How many calls a serverless endpoint works on at once; None where nothing limits them."""
        limits = [variant.serverless["MaxConcurrency"] for variant in self.variants if variant.serverless]
        return sum(limits) if limits else None

    @property
    def instances(self) -> int:
        """How many instances the smallest variant has by its configuration."""
        return min(variant.instances for variant in self.variants)

    def document(self) -> Document:
        """Return the deployment as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, document: Document) -> Deployment:
        """Return the deployment in a document."""
        variants = tuple(Variant(**variant) for variant in document["variants"])
        shadows = tuple(Variant(**variant) for variant in document.get("shadows", ()))
        capture, asynchronous = document.get("capture"), document.get("asynchronous")
        return cls(document["identifier"], document["config"], variants, capture, asynchronous, shadows)


def variant_of(given: Document, container: Document, kept: dict[str, Any]) -> Variant:
    """Return a variant of an endpoint configuration.

    Args:
        given: The ProductionVariant.
        container: The container of its model.
        kept: The weight and instance count that an update retains: `weight`, `instances`.
    """
    all_values: Document = {
        "InitialVariantWeight": 1.0,
        "InitialInstanceCount": 1,
        "ContainerStartupHealthCheckTimeoutInSeconds": _SECONDS_TO_START,
        **given,
    }
    values: Document = {
        "weight": all_values["InitialVariantWeight"],
        "instances": all_values["InitialInstanceCount"],
        **kept,
    }
    return Variant(
        name=given["VariantName"],
        weight=float(values["weight"]),
        instances=int(values["instances"]),
        container=container,
        seconds_to_start=float(all_values["ContainerStartupHealthCheckTimeoutInSeconds"]),
        instance_type=given.get("InstanceType", ""),
        serverless=given.get("ServerlessConfig"),
    )
