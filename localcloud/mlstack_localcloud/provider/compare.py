"""When two values of a property mean the same.

AWS answers with other words than it was given: a policy with its keys in another order, a list in no order, a structure
with the defaults filled in. None of these is a change.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.provider.documents import without_nulls
from mlstack_localcloud.provider.model import ANY, Kind, Property
from mlstack_localcloud.provider.values import UNKNOWN, Asset, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["is_empty", "same"]


def is_empty(value: Value) -> bool:
    """Whether a value is as good as not given."""
    return value is None or value in ("", [], {})


def same(property_: Property, one: Value, other: Value) -> bool:
    """Whether two values of a property mean the same; an unknown never does."""
    one = property_.default if is_empty(one) else one
    other = property_.default if is_empty(other) else other
    if property_.kind in (Kind.JSON, Kind.POLICY, Kind.STRUCTURE):
        return bool(_document(property_, one) == _document(property_, other))
    if property_.kind is Kind.REFERENCE and isinstance(one, str) and isinstance(other, str):
        return bool(one == other or (_last(one) == _last(other) and "arn:" in {one[:4], other[:4]}))
    if property_.kind is Kind.URL and isinstance(one, str) and isinstance(other, str):
        return bool(one.rpartition("://")[2] == other.rpartition("://")[2])
    if property_.kind is Kind.SET and isinstance(one, list) and isinstance(other, list):
        return sorted(map(_entry, one)) == sorted(map(_entry, other))
    return _same_entry("", {"": one}, {"": other}, property_.nested_defaults)


def _entry(value: Value) -> str:
    """An entry of a set as text, the same for what means the same."""
    return json.dumps(_plain(value), sort_keys=True, default=repr)


def _plain(value: Value) -> Value:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if not is_empty(each)}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _last(reference: str) -> str:
    return reference.replace("/", ":").rpartition(":")[2]


def _same(one: Value, other: Value, defaults: Mapping[str, Value]) -> bool:
    if one is UNKNOWN or other is UNKNOWN:
        return False
    if isinstance(one, Asset) and isinstance(other, Asset):
        return one.hash == other.hash and one.archive == other.archive
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_same_entry(name, one, other, defaults) for name in one.keys() | other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_same(a, b, defaults) for a, b in zip(one, other, strict=True))
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    return bool(one == other)


def _same_entry(name: str, one: Value, other: Value, defaults: Mapping[str, Value]) -> bool:
    default = defaults.get(name)
    left, right = one.get(name), other.get(name)
    if default is ANY and (is_empty(left) or is_empty(right)):
        return True
    left, right = default if is_empty(left) else left, default if is_empty(right) else right
    if is_empty(left) and is_empty(right):
        return True
    # A structure in which everything is a default is as good as none.
    if isinstance(left, dict) and right is None:
        right = {}
    if isinstance(right, dict) and left is None:
        left = {}
    return _same(left, right, defaults)


def _document(property_: Property, value: Value) -> Any:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return value
    if value is UNKNOWN:
        return object()
    if property_.kind is Kind.STRUCTURE:
        return without_nulls(value)
    return _canonical(value) if property_.kind is Kind.POLICY else value


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _canonical(each) for name, each in value.items()}
    if isinstance(value, list):
        each = [_canonical(entry) for entry in value]
        return each[0] if len(each) == 1 else sorted(each, key=lambda entry: json.dumps(entry, sort_keys=True))
    return value
