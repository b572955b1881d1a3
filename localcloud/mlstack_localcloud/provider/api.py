"""Calls to the local cloud's AWS API in the name of one resource type."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from mlstack_localcloud.provider.errors import ProviderError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_localcloud.provider.model import Call
    from mlstack_localcloud.provider.requests import Request, Requests
    from mlstack_localcloud.provider.values import Properties, Value

__all__ = ["PARTITION", "AccountClientSource", "Api", "ApiError", "ClientSource", "surroundings"]

PARTITION = "aws"


class ClientSource(Protocol):
    """Where botocore clients come from."""

    def client(self, service: str, region: str, role_arn: str | None = None) -> Any:
        """A client of a service, for the local cloud."""


class AccountClientSource(Protocol):
    """Where the clients of each account come from."""

    def of(self, account: str) -> ClientSource:
        """The clients of an account."""


class ApiError(ProviderError):
    """AWS's API refused a call.

    Attributes:
        error_code: AWS's code, such as `NoSuchBucket`.
    """

    code = "provider-api"

    def __init__(self, operation: str, error_code: str, message: str) -> None:
        super().__init__(f"{operation}: {error_code}: {message}")
        self.error_code = error_code
        self._message = message

    def says(self, codes: tuple[str, ...]) -> bool:
        """Whether it is one of these errors: a code, or a code and words of the message (`Code: words`)."""
        for each in codes:
            code, _, words = each.partition(": ")
            if code == self.error_code and words.lower() in self._message.lower():
                return True
        return False


class Api:
    """The API as one resource type uses it, in one region.

    Args:
        requests: The type's requests.
        clients: Where clients come from.
        region: The region.
        role_arn: The role to act as, or None.
    """

    def __init__(self, requests: Requests, clients: ClientSource, region: str, role_arn: str | None = None) -> None:
        self.requests = requests
        self._client = clients.client(requests.type.service, region, role_arn)

    def call(self, call: Call, values: Mapping[str, Value], names: tuple[str, ...] | None = None) -> Properties | None:
        """Make a call; its result by dotted member, or None where it says that there is nothing.

        Raises:
            ApiError: AWS refused it.
        """
        request = self.requests.build(call, values, names)
        return self.send(call, request, values)

    def send(self, call: Call, request: Request, values: Mapping[str, Value]) -> Properties | None:
        """Like `call`, for a request that is put together already."""
        if request.problems:
            problem = request.problems[0]
            raise ProviderError(f"{call.operation}: {problem.path} {problem.reason}.")
        return self.requests.result(call, self.raw(call.operation, request.parameters, call.paged), values) or None

    def raw(self, operation: str, parameters: Mapping[str, Any], paged: bool = False) -> dict[str, Any]:
        """Make a call with parameters as botocore takes them.

        Raises:
            ApiError: AWS refused it.
        """
        try:
            response: dict[str, Any]
            if paged and self._client.can_paginate(_method(operation)):
                response = self._client.get_paginator(_method(operation)).paginate(**parameters).build_full_result()
            else:
                response = getattr(self._client, _method(operation))(**parameters)
        except ClientError as error:
            details = error.response.get("Error", {})
            raise ApiError(operation, details.get("Code", "Unknown"), details.get("Message", str(error))) from error
        except BotoCoreError as error:
            raise ApiError(operation, type(error).__name__, str(error)) from error
        # PutTargets and its like succeed as a whole and fail by the entry.
        if response.get("FailedEntryCount"):
            entry = response["FailedEntries"][0]
            raise ApiError(operation, entry.get("ErrorCode", "Failed"), entry.get("ErrorMessage", ""))
        # EC2 says the same in other words.
        if response.get("Unsuccessful"):
            reason = response["Unsuccessful"][0].get("Error", {})
            raise ApiError(operation, reason.get("Code", "Failed"), reason.get("Message", ""))
        return response


@lru_cache(maxsize=1024)
def _method(operation: str) -> str:
    return str(xform_name(operation))


def surroundings(account: str, region: str) -> Properties:
    """What templates may name beside properties."""
    return {"account": account, "partition": PARTITION, "dnsSuffix": "amazonaws.com", "region": region}
