"""Clients of the local cloud for its own parts: the provider, SageMaker and the event bus call it as its users do.

They sign like everybody else and are verified like everybody else, but their requests go straight into the gateway's
application, without a socket between (`in_process.py`).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.config import Config

from ..home import ACCOUNT, DEFAULT_REGION
from .authorization.sources import SERVICE_SESSION
from .in_process import InProcess

if TYPE_CHECKING:
    from collections.abc import Callable

    from .credentials import Credentials
    from .security_token_service import SecurityTokenService
    from .sessions import TemporaryKeys

_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 2},
    connect_timeout=5,
    read_timeout=90,
    max_pool_connections=32,
    # botocore would put its own together anew for each call, in 0.1 ms.
    user_agent="mlstack",
    # Our own calls need no rules engine to find out that S3 is where everything is.
    s3={"addressing_style": "path"},
)
_ROLE_SECONDS = 12 * 3600
_Key = tuple[str, str, str]
"""Service, region, and the ARN of a role or else the account."""
_RENEW_SECONDS = 11 * 3600


class Clients:
    """Makes botocore clients of the local cloud and keeps one of each.

    Args:
        endpoint_url: The gateway's address.
        credentials: The local cloud's keys.
        tokens: Issues the keys of roles.
        application: The gateway's WSGI application; None sends requests over a socket.
    """

    def __init__(
        self,
        endpoint_url: str,
        credentials: Credentials,
        tokens: SecurityTokenService,
        application: Callable[..., Any] | None = None,
    ) -> None:
        self._endpoint_url = endpoint_url
        self._credentials = credentials
        self._tokens = tokens
        self._in_process = None if application is None else InProcess(application)
        self._session = botocore.session.Session()
        self._lock = threading.Lock()
        self._clients: dict[_Key, Any] = {}
        self._made: dict[_Key, float] = {}

    def of(self, account: str) -> AccountClients:
        """Return the clients of an account: without a role they sign with its root key.

        Args:
            account: The account.
        """
        return AccountClients(self, account)

    def client(
        self, service: str, region: str = DEFAULT_REGION, role_arn: str | None = None, account: str = ACCOUNT
    ) -> Any:
        """Return a client.

        Args:
            service: The service as botocore names it, such as `s3`.
            region: The region that it works in.
            role_arn: The role whose keys it signs with; None for the root key.
            account: The account whose root key that is.

        Returns:
            The client, shared by all callers; botocore's clients may be used by several threads at once.
        """
        key = (service, region, role_arn or account)
        client = self._clients.get(key)
        if client is not None and not self._expires(key):
            return client
        # botocore's sessions may not make two clients at once.
        with self._lock:
            if key not in self._clients or self._expires(key):
                self._clients[key] = self._make(service, region, role_arn, account)
                self._made[key] = time.monotonic()
            return self._clients[key]

    def role_keys(self, role_arn: str, session_name: str) -> TemporaryKeys:
        """Issue keys of a role for a job that runs outside the daemon, good for twelve hours.

        Args:
            role_arn: The role.
            session_name: What the session is called in the ARN of its calls.
        """
        return self._tokens.role_keys(role_arn, session_name, _ROLE_SECONDS)

    def _expires(self, key: _Key) -> bool:
        return key[2].startswith("arn:") and time.monotonic() - self._made.get(key, 0.0) > _RENEW_SECONDS

    def _make(self, service: str, region: str, role_arn: str | None, account: str) -> Any:
        access_key, secret_key = self._credentials.root_keys(account)
        token = None
        if role_arn is not None:
            keys = self._tokens.role_keys(role_arn, SERVICE_SESSION, _ROLE_SECONDS)
            access_key, secret_key, token = keys.access_key_id, keys.secret_access_key, keys.session_token
        client = self._session.create_client(
            service,
            region_name=region,
            endpoint_url=self._endpoint_url,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=token,
            config=_CONFIG,
        )
        if self._in_process is not None:
            handler: Any = self._in_process
            client.meta.events.register("before-send", handler)
        return client


@dataclass(frozen=True)
class AccountClients:
    """The clients of one account.

    Attributes:
        clients: Makes them.
        account: The account.
    """

    clients: Clients
    account: str

    def client(self, service: str, region: str = DEFAULT_REGION, role_arn: str | None = None) -> Any:
        """Return a client: `Clients.client`."""
        return self.clients.client(service, region, role_arn, self.account)

    def role_keys(self, role_arn: str, session_name: str) -> TemporaryKeys:
        """Issue keys of a role: `Clients.role_keys`."""
        return self.clients.role_keys(role_arn, session_name)
