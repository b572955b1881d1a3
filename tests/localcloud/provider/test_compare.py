from __future__ import annotations

import json
from typing import Any

import pytest
from mlstack_localcloud.provider.compare import same
from mlstack_localcloud.provider.model import ANY, Kind, Property
from mlstack_localcloud.provider.values import UNKNOWN

POLICY = Property("policy", kind=Kind.POLICY)
JSON = Property("definition", kind=Kind.JSON)


@pytest.mark.parametrize(
    ("property_", "one", "other", "expected"),
    [
        (Property("a"), 1, 1, True),
        (Property("a"), 1, 2, False),
        (Property("a"), True, 1, False),
        (Property("a"), None, "", True),
        (Property("a", default=30), None, 30, True),
        (Property("a", default=30), None, 31, False),
        (Property("a"), UNKNOWN, UNKNOWN, False),
        (Property("a"), [1, 2], [2, 1], False),
        (Property("a", kind=Kind.SET), [1, 2], [2, 1], True),
        (Property("a", nested_defaults={"weight": 1}), [{"n": 1}], [{"n": 1, "weight": 1}], True),
        (Property("a", nested_defaults={"weight": 1}), [{"n": 1}], [{"n": 1, "weight": 2}], False),
        (Property("a", nested_defaults={"key": ANY}), {"key": "x"}, {}, True),
        (Property("a", nested_defaults={"key": ANY}), {"key": "x"}, {"key": "y"}, False),
        (Property("a", nested_defaults={"scan": False}), None, {"scan": False}, True),
        (Property("a"), {"filter": {"prefix": ""}}, {}, True),
        (Property("k", kind=Kind.REFERENCE), "arn:aws:kms:x:1:key/abc", "abc", True),
        (Property("k", kind=Kind.REFERENCE), "x/abc", "abc", False),
        (POLICY, '{"a": ["x"], "b": [1, 2]}', '{"b": [2, 1], "a": "x"}', True),
        (POLICY, '{"a": ["x", "y"]}', '{"a": ["x"]}', False),
        (JSON, '{"a": 1, "b": 2}', '{"b":2,"a":1}', True),
        (JSON, '{"steps": [1, 2]}', '{"steps": [2, 1]}', False),
        (JSON, {"a": 1}, json.dumps({"a": 1}), True),
    ],
)
def test_values_are_compared_by_what_they_mean(property_: Property, one: Any, other: Any, expected: bool) -> None:
    assert same(property_, one, other) is expected
    assert same(property_, other, one) is expected
