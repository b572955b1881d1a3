"""Resources to price, and a specification that assumes something of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from mlstack_stacks.plan.resources import PlannedResource
from mlstack_stacks.spec import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.spec import EnvironmentSpec


def planned(kind: str, name: str, parent: str | None = None, /, **properties: Any) -> PlannedResource:
    """A resource of a plan, by Pulumi type."""
    return PlannedResource(f"urn::{kind}::{name}", kind, name, parent, custom=True, properties=properties)


def endpoint(
    instance: object = "ml.m5.large", count: object = 1, name: str = "e", **more: Any
) -> list[PlannedResource]:
    """An endpoint and its configuration, as a component declares them before names are known."""
    variant = {"instanceType": instance, "initialInstanceCount": count, **more}
    return [
        planned("aws:sagemaker/endpointConfiguration:EndpointConfiguration", name, name, productionVariants=[variant]),
        planned("aws:sagemaker/endpoint:Endpoint", name, name, endpointConfigName="<known after apply>"),
    ]


@pytest.fixture
def spec(write_project: Callable[..., Path], spec_text: str) -> EnvironmentSpec:
    """The specification of every part, in `prod`."""
    return load(write_project(spec_text), "prod")
