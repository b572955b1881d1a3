"""The provider's checks on resources that are only planned: pure data and botocore's models, no daemon, no network.

The table that the local cloud is made from says what each property is in AWS's API, so it checks the resources of any
environment. What it does not have is no mistake in a cloud environment: there the official provider makes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.provider.check import check
from mlstack_localcloud.provider.configuration import Configuration
from mlstack_localcloud.provider.difference import replaces
from mlstack_localcloud.provider.model import Kind, ResourceType
from mlstack_localcloud.provider.naming import Proposal
from mlstack_localcloud.provider.pipeline_requests import step_problems
from mlstack_localcloud.provider.registry import RESOURCE_TYPES, resource_type
from mlstack_localcloud.provider.requests import Requests
from mlstack_localcloud.provider.service_models import ServiceModel
from mlstack_localcloud.provider.shapes import Problem
from mlstack_localcloud.provider.values import UNKNOWN, Properties, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["Checked", "Finding", "Planned", "PlannedChecks"]

_PACKAGE = "aws:"
_SEED = b"planned"


@dataclass(frozen=True)
class Planned:
    """A resource that a program declares.

    Attributes:
        urn: Its Pulumi URN.
        token: Its type.
        name: Its logical name.
        properties: Its inputs under Pulumi's names.
    """

    urn: str
    token: str
    name: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """Something that AWS would refuse.

    Attributes:
        urn: The resource.
        problem: The property and what is wrong with it; of a whole resource the property is empty.
    """

    urn: str
    problem: Problem


@dataclass(frozen=True)
class Checked:
    """What checks said of planned resources.

    Attributes:
        findings: What AWS would refuse.
        passed_over: The types that the table doesn't have, whose resources were not checked.
    """

    findings: tuple[Finding, ...]
    passed_over: tuple[str, ...]


class PlannedChecks:
    """Checks planned resources of one environment.

    Args:
        account: The account, 12 digits.
        region: The region.
        local: Whether it is the environment on the local cloud, which has only what the table has.
        unknown: The texts that stand in place of values which are not known, or not shown.
        folder: Where the parts of AWS's models that checks need are kept between processes, or None.
    """

    def __init__(
        self, *, account: str, region: str, local: bool, unknown: Iterable[str], folder: Path | None = None
    ) -> None:
        self._config = Configuration(account, region)
        self._local = local
        self._unknown = frozenset(unknown)
        self._folder = folder
        self._models: dict[str, ServiceModel] = {}
        self._requests: dict[str, Requests] = {}

    def resources(self, planned: Iterable[Planned]) -> Checked:
        """What AWS would refuse of resources.

        Args:
            planned: The resources; those of other packages are passed over silently.

        Raises:
            ImportError: botocore, or its model of a service, is not installed.
        """
        findings: list[Finding] = []
        passed_over: set[str] = set()
        for resource in planned:
            if resource.token in RESOURCE_TYPES:
                findings += [Finding(resource.urn, each) for each in self._problems(resource)]
            elif resource.token.startswith(_PACKAGE):
                passed_over.add(resource.token)
                if self._local:
                    reason = f"the local cloud does not implement the resource type {resource.token}"
                    findings.append(Finding(resource.urn, Problem("", reason)))
        return Checked(tuple(findings), tuple(sorted(passed_over)))

    def pipeline(self, definition: Any) -> Iterator[Problem]:
        """What SageMaker would refuse when the steps of a pipeline run.

        Args:
            definition: The pipeline's definition as plain data.

        Raises:
            ImportError: botocore, or its model of SageMaker, is not installed.
        """
        model = self._model("sagemaker")
        yield from step_problems(definition, lambda operation: model.operation_model(operation).input_shape)

    def is_replaced(self, token: str, properties: Iterable[str]) -> bool:
        """Whether a change of some of its properties makes another resource of one.

        Args:
            token: The resource's type; of one that the table doesn't have nothing is known.
            properties: The properties that change, under Pulumi's names.

        Raises:
            ImportError: botocore, or its model of the service, is not installed.
        """
        if token not in RESOURCE_TYPES:
            return False
        requests = self._requests_of(token)
        known = (requests.type.by_name.get(name) for name in properties)
        return any(replaces(requests, each) for each in known if each is not None)

    def _requests_of(self, token: str) -> Requests:
        if token not in self._requests:
            type_ = resource_type(token)
            self._requests[token] = Requests(type_, self._model(type_.service))
        return self._requests[token]

    def _problems(self, resource: Planned) -> list[Problem]:
        requests = self._requests_of(resource.token)
        inputs = self._inputs(requests.type, resource.properties)
        return check(requests, {}, inputs, Proposal(resource.name, _SEED), self._config)[1]

    def _model(self, service: str) -> ServiceModel:
        if service not in self._models:
            self._models[service] = ServiceModel(service, self._folder)
        return self._models[service]

    def _inputs(self, type_: ResourceType, properties: Mapping[str, Any]) -> Properties:
        inputs = {}
        for name, value in properties.items():
            property_ = type_.by_name.get(name)
            if property_ is None and not self._local and name in type_.not_implemented:
                continue
            inputs[name] = UNKNOWN if property_ and property_.kind is Kind.ASSET else self._value(value)
        return inputs

    def _value(self, value: Any) -> Value:
        if isinstance(value, dict):
            return {key: self._value(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._value(each) for each in value]
        return UNKNOWN if isinstance(value, str) and value in self._unknown else value
