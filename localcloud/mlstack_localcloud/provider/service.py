"""The provider's operations on plain values, whatever carries them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.home import ACCOUNT
from mlstack_localcloud.provider.api import AccountClientSource, Api, surroundings
from mlstack_localcloud.provider.check import check
from mlstack_localcloud.provider.difference import Difference, difference
from mlstack_localcloud.provider.functions import evaluate
from mlstack_localcloud.provider.lifecycle import Lifecycle
from mlstack_localcloud.provider.registry import data_source, resource_type
from mlstack_localcloud.provider.requests import Requests
from mlstack_localcloud.provider.state import expected_outputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlstack_localcloud.provider.configuration import Configuration
    from mlstack_localcloud.provider.naming import Proposal
    from mlstack_localcloud.provider.shapes import Problem
    from mlstack_localcloud.provider.values import Properties, Value

__all__ = ["ProviderService"]


class ProviderService:
    """What the provider does, for one configuration at a time.

    Args:
        clients: Where clients of the local cloud come from.
        is_open: Tells whether the local cloud has an account.
    """

    def __init__(self, clients: AccountClientSource, is_open: Callable[[str], bool]) -> None:
        self.is_open = is_open
        self._clients = clients
        self._requests: dict[str, Requests] = {}
        self._lock = threading.Lock()

    def requests(self, token: str) -> Requests:
        """The requests of a type; its service's model is loaded once."""
        with self._lock:
            if token not in self._requests:
                type_ = resource_type(token)
                # A client has the model loaded already; its region says nothing about the model.
                model = self._clients.of(ACCOUNT).client(type_.service, "us-east-1").meta.service_model
                self._requests[token] = Requests(type_, model)
            return self._requests[token]

    def check(
        self, token: str, old: Properties, new: Properties, proposal: Proposal, config: Configuration
    ) -> tuple[Properties, list[Problem]]:
        """The inputs to deploy, and what is wrong with them."""
        return check(self.requests(token), old, new, proposal, config)

    def difference(
        self, token: str, old: Properties, new: Properties, outputs: Properties, config: Configuration
    ) -> Difference:
        """What would change."""
        return difference(self.requests(token), old, new, outputs, config)

    def expected(
        self, token: str, inputs: Properties, before: Mapping[str, Value] | None, config: Configuration
    ) -> Properties:
        """The outputs that a preview can tell."""
        context = surroundings(config.account, self._region(inputs, before or {}, config))
        return expected_outputs(resource_type(token), inputs, before, context)

    def lifecycle(
        self,
        token: str,
        inputs: Mapping[str, Value],
        outputs: Mapping[str, Value],
        config: Configuration,
        cancelled: Callable[[], bool],
    ) -> Lifecycle:
        """The life of a resource, in its region."""
        region = self._region(inputs, outputs, config)
        api = Api(self.requests(token), self._clients.of(config.account), region, config.role_arn)
        return Lifecycle(api, config, region, cancelled)

    def invoke(self, token: str, arguments: Properties, config: Configuration) -> tuple[Properties, list[Problem]]:
        """The answer of a function, or what is wrong with its arguments."""
        region = arguments.get("region") or config.region

        def client(service: str) -> Any:
            return self._clients.of(config.account).client(service, region, config.role_arn)

        return evaluate(data_source(token), arguments, surroundings(config.account, region), client)

    @staticmethod
    def _region(inputs: Mapping[str, Value], outputs: Mapping[str, Value], config: Configuration) -> str:
        region = outputs.get("region") or inputs.get("region")
        return region if isinstance(region, str) else config.region
