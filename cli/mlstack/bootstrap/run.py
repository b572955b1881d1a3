"""Bootstrapping an account.

Stages: look at what is there; say what would be done; do it, one step after the other; collect the packages and put
them there; write into the project that it uses the backend. Each step looks at AWS itself and not at a record of its
own, so what was interrupted is finished by the next run, and a run with nothing to do changes nothing. It comes before
any state, so it is made of plain requests and is no stack.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlstack.bootstrap.step import Change, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack.bootstrap.collect import PackageSource
    from mlstack.bootstrap.key import StateKey
    from mlstack.cloud.aws import AwsSession
    from mlstack.engine.backend import StateBackend


@dataclass
class Bootstrap:
    """The bootstrap of one account and region, looked at and not yet done.

    Attributes:
        backend: The backend.
        session: Clients of the account.
        steps: What has to be so, in the order of doing.
        key: The key.
        packages: Where the packages are after they were put, such as `packages/<sha256>/`; None before.
        uploaded: How many of their files were put.
    """

    backend: StateBackend
    session: AwsSession
    steps: list[Step]
    key: StateKey
    packages: str | None = None
    uploaded: int = 0

    @classmethod
    def look(cls, session: AwsSession, infra: Path | None = None, environment: str = "") -> Bootstrap:
        """Looks at what is there.

        Args:
            session: Clients of the account and region.
            infra: The directory of Pulumi.yaml of the project that is to use the backend, or None.
            environment: The environment of that project.

        Raises:
            ForeignBucketError: The bucket's name is taken by another account.
            KeyNotUsableError: The key cannot be used.
            OtherBackendError: The project has its state elsewhere.
            ClientError: AWS refused.
        """
        from mlstack_components.aws.placement import Placement

        from mlstack.bootstrap.bucket import StateBucket
        from mlstack.bootstrap.key import StateKey
        from mlstack.bootstrap.record import record_step
        from mlstack.engine.backend import StateBackend

        placement = Placement(session.account, session.region)
        backend = StateBackend.of(session.account, session.region)
        recorded = [] if infra is None else [record_step(infra, environment, backend)]
        key = StateKey(session, backend, placement)
        bucket = StateBucket(session, backend, placement, key)
        return cls(backend, session, [*key.steps(), *bucket.steps(), *recorded], key)

    @property
    def changes(self) -> list[Step]:
        """The steps that change something."""
        return [step for step in self.steps if step.change is not Change.NONE]

    def do(self, say: Callable[[str], None]) -> None:
        """Does what has to be done.

        Args:
            say: Told what is being done, in a few words.

        Raises:
            ClientError: AWS refused; what was done before is kept.
        """
        for step in self.changes:
            say(step.what)
            step.do()

    def put_packages(self, source: PackageSource, say: Callable[[str], None]) -> None:
        """Collects the packages and puts them there.

        Args:
            source: Where from.
            say: Told what is being done, in a few words.

        Raises:
            PackagesError: They could not be collected.
            ClientError: AWS refused.
        """
        from mlstack.bootstrap.collect import collect
        from mlstack.bootstrap.upload import PackageStore, prefix_of

        with tempfile.TemporaryDirectory(prefix="mlstack-packages-") as folder:
            packages = collect(source, Path(folder), say)
            self.uploaded = PackageStore.of(self.session, self.backend.bucket).put(packages, say)
            self.packages = prefix_of(packages)

    def document(self, *, dry_run: bool) -> dict[str, Any]:
        """All of it for scripts.

        Args:
            dry_run: Whether nothing was done.
        """
        return {
            "account": self.session.account,
            "region": self.session.region,
            "dry_run": dry_run,
            "bucket": self.backend.bucket,
            "key_alias": self.backend.key_alias,
            "key_arn": self.key.arn,
            "backend_url": self.backend.url,
            "secrets_provider": self.backend.secrets_provider,
            "steps": [{"what": step.what, "change": step.change.value} for step in self.steps],
            "packages": None if self.packages is None else f"s3://{self.backend.bucket}/{self.packages}",
            "uploaded": self.uploaded,
        }
