"""What mlstack.yaml may hold, as pydantic models.

The terms are the field's own and belong to no cloud: `serving` is an endpoint on AWS, an online endpoint on Azure ML
and an endpoint on Vertex AI. A part that is left out (or `null`) is not provisioned. Attribute docstrings are the
descriptions that the JSON schema shows in an editor.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from mlstack_stacks.spec.access import Roles, Secrets  # noqa: TC001 - pydantic reads the annotations
from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.budget import Budget  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.cost import Cost
from mlstack_stacks.spec.data import Data  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.feature_group import FeatureGroup, GroupName  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.monitoring import Monitoring  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.network import Network  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.notifications import Notifications  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.registry import Registry  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.serving import Serving  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.steps import Steps  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.storage import Storage  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.tree import Place  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.values import (
    LOCAL_ACCOUNT,
    LOCAL_ENVIRONMENT,
    LOCAL_REGION,
    Account,
    EnvironmentName,
    Owner,
    ProjectName,
    Region,
    wrong,
)


class Parts(SpecModel):
    """The parts of a project, which an environment may override key by key."""

    owner: Owner | None = None
    """The team or person that answers for the project; a tag on every resource."""
    cloud: Literal["aws"] = "aws"
    """The cloud."""
    data: Data | None = None
    storage: Storage | None = None
    steps: Steps | None = None
    registry: Registry | None = None
    serving: Serving | None = None
    notifications: Notifications | None = None
    features: Annotated[dict[GroupName, FeatureGroup], Field(min_length=1, max_length=100)] | None = None
    """The feature groups, by name."""
    cost: Cost = Cost.model_construct()
    monitoring: Monitoring | None = None
    budget: Budget | None = None
    network: Network | None = None
    roles: Roles | None = None
    secrets: Secrets | None = None
    """Secrets of the cloud's store, by name, each with the kinds of jobs that may read it."""


class EnvironmentSpec(Parts):
    """A project in one environment: the specification with that environment's overrides applied.

    Attributes:
        name: The project's name.
        environment: The environment's name, which is the Pulumi stack's.
        account: The account's 12 digits; `000000000000` is the local cloud's.
        region: The region.
    """

    name: ProjectName
    environment: EnvironmentName
    account: Account
    region: Region
    _file: Path = PrivateAttr(default=Path("mlstack.yaml"))
    _places: dict[str, Place] = PrivateAttr(default_factory=dict)

    @property
    def file(self) -> Path:
        """The file that this was read from."""
        return self._file

    @property
    def root(self) -> Path:
        """The project's folder, which paths of the specification are relative to."""
        return self._file.parent

    @property
    def is_local(self) -> bool:
        """True for the environment on the local cloud."""
        return self.environment == LOCAL_ENVIRONMENT

    def place(self, key: str) -> Place | None:
        """Where a key's value comes from: the environment's override if there is one, else the project's.

        Args:
            key: A dotted key without the environment, such as `serving.instances.min`.

        Returns:
            The place in the file, or None where a default applies.
        """
        return self._places.get(key)

    @model_validator(mode="before")
    @classmethod
    def _local_defaults(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("environment") == LOCAL_ENVIRONMENT:
            return {"account": LOCAL_ACCOUNT, "region": LOCAL_REGION, **data}
        return data

    @field_validator("account")
    @classmethod
    def _right_account(cls, account: str, info: ValidationInfo) -> str:
        local = info.data.get("environment") == LOCAL_ENVIRONMENT
        if local and account != LOCAL_ACCOUNT:
            raise wrong(f"the environment `{LOCAL_ENVIRONMENT}` has the account {LOCAL_ACCOUNT}.", "Remove this line.")
        if not local and account == LOCAL_ACCOUNT:
            raise wrong(f"{LOCAL_ACCOUNT} is the account of the environment `{LOCAL_ENVIRONMENT}`.")
        return account


class ProjectSpec(SpecModel):
    """A whole mlstack.yaml.

    Attributes:
        name: The project's name.
        environments: Each environment with its overrides applied, `local` always among them.
    """

    name: ProjectName
    environments: dict[str, EnvironmentSpec]
