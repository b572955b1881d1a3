"""The descriptions of a model's keys: the docstrings below its attributes."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from textwrap import dedent

from mlstack_stacks.spec.base import SpecModel


def descriptions(model: type[SpecModel]) -> dict[str, str]:
    """Return the docstring of each attribute that has one, by the attribute's key in mlstack.yaml.

    Args:
        model: The model, whose own attributes and those it inherits are meant.
    """
    found: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if issubclass(owner, SpecModel):
            found |= _own(owner)
    aliases = {name: field.alias or name for name, field in model.model_fields.items()}
    return {aliases[name]: text for name, text in found.items() if name in aliases}


def _own(owner: type) -> dict[str, str]:
    source = ast.parse(dedent(inspect.getsource(owner)))
    body = next(node.body for node in source.body if isinstance(node, ast.ClassDef))
    return {
        attribute.target.id: inspect.cleandoc(below.value.value)
        for attribute, below in pairwise(body)
        if isinstance(attribute, ast.AnnAssign)
        and isinstance(attribute.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }
