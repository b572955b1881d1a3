"""What mlstack.yaml may hold, as pydantic models.

The terms are the field's own and belong to no cloud: `serving` is an endpoint on AWS, an online endpoint on Azure ML
and an endpoint on Vertex AI. A part that is left out (or `null`) is not provisioned. Attribute docstrings are the
descriptions that the JSON schema shows in an editor.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from mlstack_stacks.spec.access import Roles, Secrets  # noqa: TC001 - pydantic reads the annotations
from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.budget import Budget  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.continuous_deployment import ContinuousDeployment  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.cost import Cost
from mlstack_stacks.spec.data import Data  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.feature_group import FeatureGroup, GroupName  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.images import Images  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.monitoring import Monitoring  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.network import Network  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.notifications import Notifications  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.platform import PlatformReference  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.project_models import Models, view_of
from mlstack_stacks.spec.registry import Registry  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.registry_source import source_name
from mlstack_stacks.spec.serving import Serving  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.stack import StackSpec
from mlstack_stacks.spec.steps import Steps  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.storage import Storage  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.tracking import Tracking  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.values import Owner, ProjectName  # noqa: TC001 - pydantic reads the annotations


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
    images: Images | None = None
    """Container images that the project builds itself, by name; steps and serving name them."""
    serving: Serving | None = None
    notifications: Notifications | None = None
    features: Annotated[dict[GroupName, FeatureGroup], Field(min_length=1, max_length=100)] | None = None
    """The feature groups, by name."""
    cost: Cost = Cost.model_construct()
    monitoring: Monitoring | None = None
    budget: Budget | None = None
    network: Network | None = None
    roles: Roles | None = None
    platform: PlatformReference | None = None
    tracking: Tracking | None = None
    continuous_deployment: ContinuousDeployment | None = None
    secrets: Secrets | None = None
    """Secrets of the cloud's store, by name, each with the kinds of jobs that may read it."""
    models: Models | None = None
    """Several models that share all else, by name, each with its own data, steps, registry, serving and monitoring."""


class EnvironmentSpec(Parts, StackSpec):
    """A project in one environment: the specification with that environment's overrides applied."""

    _model: str | None = PrivateAttr(default=None)
    _one_of: int = PrivateAttr(default=1)
    _beside: dict[str, EnvironmentSpec] = PrivateAttr(default_factory=dict)

    @property
    def model(self) -> str | None:
        """The model that this is the view of; None of a project whose one model has no name."""
        return self._model

    @property
    def address(self) -> str:
        """What commands are given to find it: its name, and of several models also which one."""
        return self.environment if self._one_of == 1 else f"{self.environment} --model {self._model}"

    def is_view_of(self, model: str, of: int) -> None:
        """Keep which model this is the view of, and of how many."""
        self._model, self._one_of = model, of

    def stands_beside(self, environments: dict[str, EnvironmentSpec]) -> None:
        """Keep the environments of the same file, by name."""
        self._beside = environments

    @property
    def registry_source(self) -> EnvironmentSpec | None:
        """The environment whose registry is used, as if it had this model only; None where that is this one."""
        source = self._beside.get(source_name(self) or "")
        return None if source is None else source.views()[self._model]

    @property
    def registry_users(self) -> tuple[EnvironmentSpec, ...]:
        """The other environments that use this one's registry, likewise."""
        views = [each.views().get(self._model) for each in self._beside.values()]
        return tuple(each for each in views if each is not None and source_name(each) == self.environment)

    @property
    def training(self) -> Steps | None:
        """The steps that versions come from: of the environment whose registry is used."""
        return (self.registry_source or self).steps

    def views(self) -> dict[str | None, EnvironmentSpec]:
        """The environment as if it had each of its models only, by name; itself where it has no `models`."""
        if self.models is None:
            return {self.model: self}
        return {name: view_of(self, name, parts) for name, parts in self.models.items()}


class ProjectSpec(SpecModel):
    """A whole mlstack.yaml.

    Attributes:
        name: The project's name.
        environments: Each environment with its overrides applied, `local` always among them.
    """

    name: ProjectName
    environments: dict[str, EnvironmentSpec]
