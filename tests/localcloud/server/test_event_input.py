"""What a target gets of an event."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlstack_localcloud.server.event_input import at_path, target_input

RULE = "arn:aws:events:us-east-1:000000000000:rule/a-rule"
EVENT: dict[str, Any] = {
    "time": "2026-01-01T00:00:00Z",
    "source": "my.app",
    "resources": ["arn:a", "arn:b"],
    "detail": {"name": 'a "b"', "n": 3, "nested": {"list": [{"x": 1}]}},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", EVENT),
        ("$.source", "my.app"),
        ("$.detail.nested.list[0].x", 1),
        ("$.resources[1]", "arn:b"),
        ("$['detail']['n']", 3),
        ("$.missing.deeper[0]", None),
        ("$.resources[7]", None),
    ],
)
def test_paths(path: str, value: Any) -> None:
    assert at_path(EVENT, path) == value


def test_the_whole_event_a_part_and_a_constant() -> None:
    assert json.loads(target_input({}, EVENT, RULE)) == EVENT
    assert json.loads(target_input({"InputPath": "$.detail.nested"}, EVENT, RULE)) == {"list": [{"x": 1}]}
    assert target_input({"Input": '{"a": 1}'}, EVENT, RULE) == '{"a": 1}'


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ('{"n": <n>, "name": <name>}', {"n": 3, "name": 'a "b"'}),
        ('{"text": "is <name> of <n>"}', {"text": 'is a "b" of 3'}),
        ('{"rule": <aws.events.rule-name>, "gone": <gone>}', {"rule": "a-rule", "gone": None}),
        ('{"all": <aws.events.event.json>}', {"all": EVENT}),
        ('"Model <name> is ready"', None),
    ],
)
def test_templates(template: str, result: Any) -> None:
    transformer = {
        "InputPathsMap": {"n": "$.detail.n", "name": "$.detail.name", "gone": "$.gone"},
        "InputTemplate": template,
    }
    made = target_input({"InputTransformer": transformer}, EVENT, RULE)

    assert (json.loads(made) == result) if result is not None else made == 'Model a "b" is ready'


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_any_value_survives_a_template(value: Any) -> None:
    transformer = {"InputPathsMap": {"v": "$.detail.v"}, "InputTemplate": '{"v": <v>}'}
    event = {**EVENT, "detail": {"v": value}}

    assert json.loads(target_input({"InputTransformer": transformer}, event, RULE)) == {"v": value}
