"""What every specification of a stack says of where it is: name, environment, account and region."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import PrivateAttr, ValidationInfo, field_validator, model_validator

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.cost import Cost
from mlstack_stacks.spec.tree import Place  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.values import (
    LOCAL_ACCOUNT,
    LOCAL_ENVIRONMENT,
    LOCAL_REGION,
    Account,
    EnvironmentName,
    ProjectName,
    Region,
    wrong,
)


class StackSpec(SpecModel):
    """One environment of a file, of a project or of a platform, with that environment's overrides applied.

    Attributes:
        name: The project's or platform's name.
        environment: The environment's name, which is the Pulumi stack's.
        local: Whether it lives in the local cloud, as the environment `local` always does.
        account: The account's 12 digits; `000000000000` is the local cloud's own.
        region: The region.
    """

    name: ProjectName
    environment: EnvironmentName
    local: bool = False
    """Whether it lives in the local cloud, in an account of that number."""
    account: Account
    region: Region
    cost: Cost = Cost.model_construct()
    _file: Path = PrivateAttr(default=Path("mlstack.yaml"))
    _places: dict[str, Place] = PrivateAttr(default_factory=dict)

    @property
    def file(self) -> Path:
        """The file that this was read from."""
        return self._file

    @property
    def root(self) -> Path:
        """The file's folder, which paths of the specification are relative to."""
        return self._file.parent

    @property
    def is_local(self) -> bool:
        """True for an environment in the local cloud: `local`, and any other that says so."""
        return self.environment == LOCAL_ENVIRONMENT or self.local

    @property
    def places(self) -> dict[str, Place]:
        """Where each key that is written out stands, by dotted key without the environment."""
        return self._places

    def place(self, key: str) -> Place | None:
        """Where a key's value comes from: the environment's override if there is one, else the file's own.

        Args:
            key: A dotted key without the environment, such as `serving.instances.min`.

        Returns:
            The place in the file, or None where a default applies.
        """
        return self._places.get(key)

    def read_from(self, file: Path, places: dict[str, Place]) -> None:
        """Keep where it was read.

        Args:
            file: The file.
            places: Where each key stands, by dotted key without the environment.
        """
        self._file, self._places = file, places

    @model_validator(mode="before")
    @classmethod
    def _local_defaults(cls, data: Any) -> Any:
        if isinstance(data, dict) and (data.get("environment") == LOCAL_ENVIRONMENT or data.get("local") is True):
            return {"account": LOCAL_ACCOUNT, "region": LOCAL_REGION, **data}
        return data

    @field_validator("local")
    @classmethod
    def _local_is_local(cls, local: bool, info: ValidationInfo) -> bool:
        if not local and info.data.get("environment") == LOCAL_ENVIRONMENT:
            raise wrong(f"the environment `{LOCAL_ENVIRONMENT}` is always in the local cloud.", "Remove this line.")
        return local

    @field_validator("account")
    @classmethod
    def _right_account(cls, account: str, info: ValidationInfo) -> str:
        named_local = info.data.get("environment") == LOCAL_ENVIRONMENT
        if named_local and account != LOCAL_ACCOUNT:
            raise wrong(f"the environment `{LOCAL_ENVIRONMENT}` has the account {LOCAL_ACCOUNT}.", "Remove this line.")
        if not (named_local or info.data.get("local")) and account == LOCAL_ACCOUNT:
            raise wrong(
                f"{LOCAL_ACCOUNT} is the account of the local cloud.", "Write another, or `local: true` beside it."
            )
        return account
