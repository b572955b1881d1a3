"""What SageMaker needs of the rest of the local cloud.

Structural types, so that the service can be run beside the daemon's gateway or any other endpoint that speaks AWS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mlstack_localcloud.server.authorization.access import Access

# A request, an answer or a stored resource: JSON as it is on the wire, timestamps in seconds since 1970.
Document = dict[str, Any]


class Identity(Protocol):
    """Who calls: the account and region of a request and the ARN of the identity."""

    @property
    def account(self) -> str:
        """The account's twelve digits."""

    @property
    def region(self) -> str:
        """The region that the request was signed for."""

    @property
    def arn(self) -> str:
        """The ARN of the user or role session."""


@dataclass(frozen=True)
class Origin:
    """An `Identity` that is remembered: what runs on behalf of a request after it was answered.

    Attributes:
        account: The account's twelve digits.
        region: The region of the request.
        arn: The ARN of the identity that made it.
    """

    account: str
    region: str
    arn: str

    @classmethod
    def of(cls, caller: Identity) -> Origin:
        """Return the lasting part of a caller."""
        return cls(caller.account, caller.region, caller.arn)


Handler = Callable[[Document, Identity], Document]


class Directories(Protocol):
    """Where the service keeps things on disk."""

    @property
    def sagemaker_database(self) -> Path:
        """The SQLite file."""

    @property
    def features_database(self) -> Path:
        """The SQLite file of the records of feature groups."""

    @property
    def jobs(self) -> Path:
        """The directory of the jobs' working directories."""

    @property
    def endpoints(self) -> Path:
        """The directory of the endpoints' working directories."""

    @property
    def tracking(self) -> Path:
        """The directory of the tracking servers' directories."""

    @property
    def environments(self) -> Path:
        """The directory of the Python environments that are kept by content."""


class Keys(Protocol):
    """Temporary keys of a role."""

    @property
    def access_key_id(self) -> str:
        """The id of the access key."""

    @property
    def secret_access_key(self) -> str:
        """What requests are signed with."""

    @property
    def session_token(self) -> str:
        """What every request carries."""


class ClientFactory(Protocol):
    """Clients of the local cloud's own services, and keys for processes that make their own."""

    def role_keys(self, role_arn: str, session_name: str) -> Keys:
        """Issue temporary keys of a role."""

    def client(self, service: str, region: str = ..., role_arn: str | None = None) -> Any:
        """Return a botocore client of a service, shared between threads."""


class Authorization(Protocol):
    """Tells who may do what; refuses with `Denied`."""

    def authorize_operation(self, operation: str, parameters: Document, caller_arn: str, region: str) -> None:
        """Judge an operation of SageMaker."""

    def check(self, caller_arn: str, accesses: Iterable[Access], keys: dict[str, tuple[str, ...]]) -> None:
        """Judge accesses of a caller."""

    def authorize_assumption(self, service: str, role_arn: str, source_arn: str, region: str) -> None:
        """Judge whether a service may assume a role on behalf of a resource."""

    def authorize_key(
        self, caller_arn: str, action: str, key: str, region: str, keys: dict[str, tuple[str, ...]]
    ) -> None:
        """Judge the use of a key that is made in a caller's name."""


class ForeignPackages(Protocol):
    """Finds versions of models in other accounts."""

    def __call__(self, arn: str, caller: Identity, *, to_make_a_model: bool) -> Document:
        """Return a version by its ARN; judged where a model is to be made of it."""


class EventPublisher(Protocol):
    """The event bus."""

    def publish(
        self, *, source: str, detail_type: str, detail: Document, resources: list[str], account: str, region: str
    ) -> None:
        """Deliver an event to the rules that match it."""
