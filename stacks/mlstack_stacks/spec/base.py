"""What all models of mlstack.yaml have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)
"""No keys but a model's own, no conversions, and no change once it is read."""


class SpecModel(BaseModel):
    """A group of keys of mlstack.yaml."""

    model_config = STRICT
