"""Documents in text that the API takes as structures (`Kind.STRUCTURE`), in the API's own names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlstack_localcloud.provider.values import UNKNOWN

if TYPE_CHECKING:
    from mlstack_localcloud.provider.values import Value

__all__ = ["structure_of", "without_nulls"]


def structure_of(document: Value) -> Value:
    """The structure that a document in JSON stands for; `UNKNOWN` for an unknown one."""
    return UNKNOWN if document is UNKNOWN else without_nulls(json.loads(document))


def without_nulls(value: Value) -> Value:
    """A value without the members of objects that are null, which the API takes for absent."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    return value
