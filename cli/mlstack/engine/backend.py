"""The state backend of an account that was bootstrapped: its names, and where a project says that it uses it.

```
infra/Pulumi.<environment>.yaml
    secretsprovider: awskms://alias/mlstack/state/222222222222-eu-west-1?region=eu-west-1
```

Pulumi keeps the key of a stack's secrets in this file anyway, and bucket and key belong together, so the line tells
both; it is committed with the project, and no command has to ask AWS where the state is. `mlstack bootstrap` writes it.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

import yaml
from mlstack_components.errors import UserError

from mlstack.engine.environment import LOCAL

if TYPE_CHECKING:
    from pathlib import Path

MAX_BUCKET = 63
"""What S3 allows for a bucket's name (docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html)."""

_BUCKET = "mlstack-state-"
_ALIAS = "alias/mlstack/state/"
_HASH_DIGITS = 12
_PLACE = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z")
_LONGEST_PLACE = MAX_BUCKET - len(_BUCKET)


@dataclass(frozen=True)
class StateBackend:
    """Where the stacks of an account and region have their state; several projects share it.

    Attributes:
        place: Account and region in one word, such as `222222222222-eu-west-1`.
        region: The region.
    """

    place: str
    region: str

    @classmethod
    def of(cls, account: str, region: str) -> StateBackend:
        """The backend of an account and region.

        Args:
            account: The account's 12 digits.
            region: The region.

        Returns:
            The same for the same two, and another for any other; a hash takes the place of what is too long.
        """
        plain = f"{account}-{region}"
        if len(plain) > _LONGEST_PLACE:
            digest = hashlib.sha256(plain.encode()).hexdigest()[:_HASH_DIGITS]
            # No account number and region end like this, as a region ends in its number.
            plain = f"{plain[: _LONGEST_PLACE - _HASH_DIGITS - 2].rstrip('-')}-x{digest}"
        return cls(plain, region)

    @classmethod
    def parse(cls, secrets_provider: str) -> StateBackend | None:
        """The backend of a secrets provider; None for one that `mlstack bootstrap` did not make.

        Args:
            secrets_provider: What a stack's file says, such as `awskms://alias/...?region=...`.
        """
        url = urlsplit(secrets_provider)
        alias, region = f"{url.netloc}{url.path}", parse_qs(url.query).get("region", [])
        place = alias.removeprefix(_ALIAS)
        if url.scheme != "awskms" or place == alias or len(region) != 1 or not _PLACE.match(place):
            return None
        return cls(place, region[0])

    @property
    def bucket(self) -> str:
        """The bucket; at most 63 characters."""
        return f"{_BUCKET}{self.place}"

    @property
    def key_alias(self) -> str:
        """The alias of the key that encrypts the bucket and the secrets in the state."""
        return f"{_ALIAS}{self.place}"

    @property
    def url(self) -> str:
        """What PULUMI_BACKEND_URL is set to."""
        return f"s3://{self.bucket}?region={quote(self.region)}"

    @property
    def secrets_provider(self) -> str:
        """What `pulumi stack init --secrets-provider` takes."""
        return f"awskms://{self.key_alias}?region={quote(self.region)}"


def recorded_backend(infra: Path, environment: str) -> StateBackend | None:
    """The backend that a project uses for an environment, as its files say.

    Args:
        infra: The directory of Pulumi.yaml.
        environment: The environment's name.

    Returns:
        The backend; None where the environment was not bootstrapped, as the local one never is.
    """
    if environment == LOCAL:
        return None
    provider = read_yaml(infra / f"Pulumi.{environment}.yaml").get("secretsprovider")
    return StateBackend.parse(provider) if isinstance(provider, str) else None


def backend_variables(infra: Path, environment: str) -> dict[str, str]:
    """What makes the engine use the backend of a bootstrapped environment.

    A backend that the user names, by PULUMI_BACKEND_URL or in Pulumi.yaml, wins.

    Args:
        infra: The directory of Pulumi.yaml.
        environment: The environment's name.

    Returns:
        PULUMI_BACKEND_URL; nothing where the environment was not bootstrapped, or the user names a backend.
    """
    backend = recorded_backend(infra, environment)
    named = read_yaml(infra / "Pulumi.yaml").get("backend")
    if backend is None or os.environ.get("PULUMI_BACKEND_URL") or (isinstance(named, dict) and named.get("url")):
        return {}
    return {"PULUMI_BACKEND_URL": backend.url}


def secrets_options(infra: Path, environment: str) -> list[str]:
    """What `pulumi stack init` is told of the key of an environment's secrets.

    Args:
        infra: The directory of Pulumi.yaml.
        environment: The environment's name.
    """
    backend = recorded_backend(infra, environment)
    return [] if backend is None else ["--secrets-provider", backend.secrets_provider]


def refuse_recorded_backend(infra: Path, environment: str) -> None:
    """Refuses to take an environment that was bootstrapped in a cloud for one in the local cloud.

    Args:
        infra: The directory of Pulumi.yaml.
        environment: The environment's name.

    Raises:
        UserError: Its file says that its state is in a cloud.
    """
    if recorded_backend(infra, environment) is not None:
        raise UserError(
            f"mlstack.yaml says that `{environment}` is local, and {infra.name}/Pulumi.{environment}.yaml that it was "
            "bootstrapped in a cloud.",
            next_step="Give the trial another name, or remove `secretsprovider` from that file.",
        )


def read_yaml(file: Path) -> dict[str, Any]:
    """A file of Pulumi's; empty where it is not there or holds no map.

    Args:
        file: The file.
    """
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        # A file that is no YAML is refused by the engine, in its own words.
        return {}
    return document if isinstance(document, dict) else {}
