"""What the local cloud keeps of one account: `local` itself for its own, `local/accounts/<account>` for any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .home import ACCOUNT, Home

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class AccountHome:
    """The paths of one account.

    Attributes:
        home: The local cloud's directories.
        account: The account, 12 digits.
    """

    home: Home
    account: str = ACCOUNT

    @property
    def root(self) -> Path:
        """All of the account."""
        return self.home.local if self.account == ACCOUNT else self.home.accounts / self.account

    @property
    def aws_config_file(self) -> Path:
        """What `AWS_CONFIG_FILE` names."""
        return self.root / "aws" / "config"

    @property
    def aws_credentials_file(self) -> Path:
        """What `AWS_SHARED_CREDENTIALS_FILE` names (0600)."""
        return self.root / "aws" / "credentials"

    @property
    def sagemaker_database(self) -> Path:
        """SageMaker's tables (SQLite)."""
        return self.root / "sagemaker.db"

    @property
    def features_database(self) -> Path:
        """The records of SageMaker's feature groups (SQLite)."""
        return self.root / "features.db"

    @property
    def jobs(self) -> Path:
        """Working directories of jobs."""
        return self.root / "jobs"

    @property
    def endpoints(self) -> Path:
        """Working directories of model servers."""
        return self.root / "endpoints"

    @property
    def tracking(self) -> Path:
        """What the tracking servers have recorded."""
        return self.root / "tracking"

    @property
    def environments(self) -> Path:
        """Python environments of jobs and models, which all accounts share."""
        return self.home.environments

    @property
    def is_open(self) -> bool:
        """Whether somebody was given keys of it; the local cloud's own account always is."""
        return self.account == ACCOUNT or self.aws_credentials_file.is_file()

    def make(self) -> AccountHome:
        """Create the directories that nobody but their owner may enter.

        Returns:
            This home.
        """
        for directory in (self.home.accounts, self.root):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self


def known_accounts(home: Home) -> list[str]:
    """Return the accounts that a local cloud keeps something of: its own, and others in the order of their numbers.

    Args:
        home: The local cloud's directories.
    """
    found = sorted(each.name for each in home.accounts.glob("*") if each.is_dir()) if home.accounts.is_dir() else []
    return [ACCOUNT, *found]
