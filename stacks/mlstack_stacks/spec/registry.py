"""The part `registry` of mlstack.yaml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.model_card import Card  # noqa: TC001 - pydantic reads the annotation
from mlstack_stacks.spec.values import Account, EnvironmentName, once_each


class Registry(SpecModel):
    """Where models (and the project's own container images) are kept, with their versions."""

    approval: Literal["manual"] = "manual"
    """Who approves a new version: a person."""
    images: bool = True
    """Whether the project gets a repository for container images of its own."""
    environment: EnvironmentName | None = None
    """The environment that has the registry; another one's name means that this one serves versions of that one's and
    trains none."""
    share_with: Annotated[tuple[Account, ...], Field(max_length=20), AfterValidator(once_each)] = ()
    """Other accounts, by id, that may serve the versions; they may look at them and change none."""
    card: Card | None = None
    """The model card of each version; none by default."""
