"""The part `registry` of mlstack.yaml."""

from __future__ import annotations

from typing import Literal

from mlstack_stacks.spec.base import SpecModel


class Registry(SpecModel):
    """Where models (and the project's own container images) are kept, with their versions."""

    approval: Literal["manual"] = "manual"
    """Who approves a new version: a person."""
    images: bool = True
    """Whether the project gets a repository for container images of its own."""
