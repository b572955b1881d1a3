"""Clients of AWS for one environment: of the local cloud or of AWS, in the account that mlstack.yaml names.

A local environment's clients take endpoint, keys and region from the local cloud's own files, whatever the shell says,
but for the keys of a role that a job or build of the local cloud was given. The clients of any other environment are
refused while an endpoint of this machine is configured or while the credentials belong to another account, so that
neither cloud is ever mistaken for the other.
"""

from __future__ import annotations

import ipaddress
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mlstack_components.errors import MlstackError, UserError

from mlstack import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.session import Session
    from mlstack_stacks.spec.stack import StackSpec

_CONNECT_SECONDS = 5
# InvokeEndpoint answers within 60 seconds or not at all.
_READ_SECONDS = 70
_ATTEMPTS = 5


@dataclass
class AwsSession:
    """Clients of one account and region; each is made once.

    Attributes:
        account: The account's 12 digits.
        region: The region.
        endpoint_url: The local cloud's address, or None for AWS.
    """

    account: str
    region: str
    endpoint_url: str | None
    _session: Session
    _clients: dict[str, Any] = field(default_factory=dict)
    # Botocore's sessions are not made for several threads that make clients at once.
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def for_environment(cls, spec: StackSpec) -> AwsSession:
        """Open the cloud of an environment.

        Args:
            spec: The environment.

        Returns:
            A session whose clients reach this environment's account and region only.

        Raises:
            UserError: A local endpoint is configured for an environment in the cloud.
            MlstackError: There are no credentials, or they belong to another account.
        """
        return _local(spec) if spec.is_local else _cloud(spec)

    def client(self, service: str, region: str | None = None) -> Any:
        """A client, as boto3 makes them.

        Args:
            service: The service as botocore names it, such as `sagemaker`.
            region: Another region than the environment's, for what lies there.
        """
        key = service if region in {None, self.region} else f"{service} {region}"
        with self._lock:
            if key not in self._clients:
                self._clients[key] = _client(self._session, service, region or self.region, self.endpoint_url)
            return self._clients[key]


def is_loopback(url: str) -> bool:
    """Whether a URL points to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _client(session: Session, service: str, region: str, endpoint_url: str | None) -> Any:
    from botocore.config import Config

    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        user_agent_extra=f"mlstack/{__version__}",
        # A proxy of the company's would be asked for 127.0.0.1.
        proxies={} if endpoint_url else None,
    )
    # The stubs have an overload for each service's name, and here the name is a variable.
    make: Any = session.create_client
    return make(service, region_name=region, endpoint_url=endpoint_url, config=config)


def _local(spec: StackSpec) -> AwsSession:
    from mlstack_localcloud import control

    from mlstack.engine.environment import ROLE_KEYS, role_variables
    from mlstack.home import mlstack_home

    environment = control.client_environment(mlstack_home(), spec.account)
    endpoint_url = environment["AWS_ENDPOINT_URL"]
    given = role_variables(str(endpoint_url))
    role_keys = tuple(given[name] for name in ROLE_KEYS) if given else None
    return AwsSession(spec.account, spec.region, endpoint_url, _isolated_session(environment, spec.region, role_keys))


def _isolated_session(
    environment: Mapping[str, str | None], region: str, role_keys: tuple[str, ...] | None = None
) -> Session:
    """A session that reads the local cloud's files and nothing of the shell's.

    One of botocore's: boto3's makes the same clients, and takes three times as long to import.
    """
    from botocore.session import Session

    # (name in the config file, name in the environment, default, conversion): no name, no look into the environment.
    session = Session(
        session_vars={
            "profile": (None, None, None, None),
            "region": ("region", None, region, None),
            "config_file": (None, None, environment["AWS_CONFIG_FILE"], None),
            "credentials_file": (None, None, environment["AWS_SHARED_CREDENTIALS_FILE"], None),
        }
    )
    keys = session.full_config["profiles"]["default"]
    session.set_credentials(*(role_keys or (keys["aws_access_key_id"], keys["aws_secret_access_key"])))
    return session


def _cloud(spec: StackSpec) -> AwsSession:
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        session = Session()
        sts = _client(session, "sts", spec.region, None)
        _refuse_local_endpoint(sts.meta.endpoint_url, spec)
        for service in ("sagemaker", "s3", "ssm"):
            _refuse_local_endpoint(_client(session, service, spec.region, None).meta.endpoint_url, spec)
        account = sts.get_caller_identity()["Account"]
    except BotoCoreError as error:
        raise MlstackError(
            f"There are no usable AWS credentials for `{spec.environment}`: {str(error).rstrip('.')}.",
            next_step=f"Log in to account {spec.account}, for example with `aws sso login`.",
        ) from error
    if account != spec.account:
        raise MlstackError(
            f"The credentials belong to account {account}, and `{spec.environment}` lives in {spec.account}.",
            next_step=f"Log in to account {spec.account}, or choose its profile with AWS_PROFILE.",
        )
    return AwsSession(spec.account, spec.region, None, session)


def _refuse_local_endpoint(url: str, spec: StackSpec) -> None:
    if is_loopback(url):
        raise UserError(
            f"AWS clients point at {url}, and `{spec.environment}` lives in AWS account {spec.account}.",
            next_step="Open a shell without the variables of `mlstack local env`.",
        )
