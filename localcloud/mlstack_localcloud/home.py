"""Where the local cloud keeps everything: one directory of one user.

```
$MLSTACK_HOME            default ~/.mlstack
  cache/                 what can be made again ($MLSTACK_CACHE moves it)
    environments/        Python environments of jobs and models, by the hash of their content
  local/                 the local cloud, 0700; files that hold secrets are 0600
    daemon.json          where the running daemon listens; absent when none runs
    daemon.lock          locked by the daemon as long as it lives; holds its process id
    daemon.log           what it prints
    ports.json           the ports it was given at its first start
    keys.json            the local cloud's own access key and the secret behind its temporary keys
    aws/config           what AWS_CONFIG_FILE names for its clients
    aws/credentials      what AWS_SHARED_CREDENTIALS_FILE names for its clients
    accounts/<account>/  what belongs to another account: its aws/, sagemaker.db, features.db, jobs/ and endpoints/
    identity-providers/  keys of OpenID Connect providers whose tokens STS takes (JWKS), a file an issuer
    passphrase           Pulumi's passphrase for the local state
    state/               Pulumi's file backend
    pulumi/              PULUMI_HOME of the local environment
    services/            the common services: state.db (snapshots and journal), blobs/ (contents of objects)
    sagemaker.db         SageMaker's tables
    jobs/<kind>/<name>/  working directories of jobs
    endpoints/<name>/    working directories of model servers
```
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path

ACCOUNT = "000000000000"
"""The account that every local cloud has from its first start on: twelve digits that AWS gives to nobody."""

DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True)
class Home:
    """The paths below one `$MLSTACK_HOME`.

    Attributes:
        root: `$MLSTACK_HOME` itself.
    """

    root: Path

    @property
    def cache(self) -> Path:
        """What can be made again: `$MLSTACK_CACHE`, or `cache` in the home."""
        configured = os.environ.get("MLSTACK_CACHE")
        return Path(configured) if configured else self.root / "cache"

    @property
    def environments(self) -> Path:
        """Python environments of jobs and models, by the hash of their content."""
        return self.cache / "environments"

    @property
    def local(self) -> Path:
        """All of the local cloud."""
        return self.root / "local"

    @property
    def daemon_file(self) -> Path:
        """Where the running daemon listens (JSON)."""
        return self.local / "daemon.json"

    @property
    def daemon_lock(self) -> Path:
        """Locked by the daemon as long as it lives."""
        return self.local / "daemon.lock"

    @property
    def daemon_log(self) -> Path:
        """What the daemon prints."""
        return self.local / "daemon.log"

    @property
    def ports_file(self) -> Path:
        """The ports that were chosen at the first start (JSON)."""
        return self.local / "ports.json"

    @property
    def keys_file(self) -> Path:
        """The local cloud's own keys (JSON, 0600)."""
        return self.local / "keys.json"

    @property
    def aws_config_file(self) -> Path:
        """What `AWS_CONFIG_FILE` names."""
        return self.local / "aws" / "config"

    @property
    def aws_credentials_file(self) -> Path:
        """What `AWS_SHARED_CREDENTIALS_FILE` names (0600)."""
        return self.local / "aws" / "credentials"

    @property
    def accounts(self) -> Path:
        """What belongs to other accounts than the local cloud's own (`account_home.py`)."""
        return self.local / "accounts"

    @property
    def identity_providers(self) -> Path:
        """Key sets (JWKS) of the OpenID Connect providers whose tokens STS takes, a file an issuer, put by the user."""
        return self.local / "identity-providers"

    @property
    def passphrase_file(self) -> Path:
        """Pulumi's passphrase for the local state (0600)."""
        return self.local / "passphrase"

    @property
    def state(self) -> Path:
        """Pulumi's file backend."""
        return self.local / "state"

    @property
    def pulumi(self) -> Path:
        """`PULUMI_HOME` of the local environment."""
        return self.local / "pulumi"

    @property
    def services(self) -> Path:
        """The stored state of the common services."""
        return self.local / "services"

    @property
    def services_database(self) -> Path:
        """Snapshots and journal of the common services (SQLite)."""
        return self.services / "state.db"

    @property
    def blobs(self) -> Path:
        """Contents of S3 objects, by their SHA-256."""
        return self.services / "blobs"

    @property
    def sagemaker_database(self) -> Path:
        """SageMaker's tables (SQLite)."""
        return self.local / "sagemaker.db"

    @property
    def codebuild_database(self) -> Path:
        """CodeBuild's tables (SQLite)."""
        return self.local / "codebuild.db"

    @property
    def features_database(self) -> Path:
        """The records of SageMaker's feature groups (SQLite)."""
        return self.local / "features.db"

    @property
    def jobs(self) -> Path:
        """Working directories of jobs."""
        return self.local / "jobs"

    @property
    def endpoints(self) -> Path:
        """Working directories of model servers."""
        return self.local / "endpoints"

    def make(self) -> Home:
        """Create the directories that nobody but their owner may enter.

        Returns:
            This home.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        for directory in (self.local, self.services, self.blobs, self.aws_config_file.parent):
            directory.mkdir(mode=0o700, exist_ok=True)
        # An earlier umask or a copy may have opened it.
        self.local.chmod(0o700)
        return self


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, in one step, over what was there.

    Args:
        path: The file; its directory exists.
        text: Its whole content.
    """
    _write_beside(path, text).replace(path)


def create_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, unless it is there: of two processes at once, the first one wins.

    Args:
        path: The file; its directory exists.
        text: Its whole content.
    """
    temporary = _write_beside(path, text)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def _write_beside(path: Path, text: str) -> Path:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return temporary
