"""What all models of mlstack.yaml have in common."""

from __future__ import annotations

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)
"""Keys that are known, values of the right type, and nothing that changes later."""
