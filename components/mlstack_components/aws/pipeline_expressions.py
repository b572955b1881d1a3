"""The expressions of SageMaker's pipeline JSON: values that are known only when a pipeline runs."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""An object of the pipeline's JSON."""


def get(path: str) -> Json:
    """Return the reference to a value that is known only when the pipeline runs."""
    return {"Get": path}


def join(separator: str, *values: Any) -> Json:
    """Return the text that is joined from values when the pipeline runs."""
    return {"Std:Join": {"On": separator, "Values": list(values)}}
