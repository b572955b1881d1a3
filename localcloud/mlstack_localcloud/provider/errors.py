"""What can go wrong in the provider, as one tree under the local cloud's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.errors import LocalCloudError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_localcloud.provider.values import Value

__all__ = ["CancelledError", "ConfigurationRefusedError", "HalfCreatedError", "ProviderError"]


class ProviderError(LocalCloudError):
    """An operation on a resource failed."""

    code = "provider"


class ConfigurationRefusedError(ProviderError):
    """The stack's provider configuration is not for the local cloud."""

    code = "provider-configuration"


class CancelledError(ProviderError):
    """The engine asked to stop while something was being waited for."""

    code = "provider-cancelled"


class HalfCreatedError(ProviderError):
    """A resource was created, and a step after its creation failed.

    Attributes:
        id: Its Pulumi id.
        outputs: Its properties as far as they are.
        secrets: The outputs that are secret.
    """

    code = "provider-half-created"

    def __init__(self, message: str, id_: str, outputs: Mapping[str, Value]) -> None:
        super().__init__(message)
        self.id = id_
        self.outputs = dict(outputs)
        self.secrets: frozenset[str] = frozenset()
