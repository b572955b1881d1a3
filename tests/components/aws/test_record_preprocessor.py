"""The record preprocessor on the forms that calls and answers have."""

from __future__ import annotations

import base64
import importlib.util
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from mlstack_components.aws.model_monitors import preprocessor_script
from mlstack_components.aws.preprocessor_object import preprocessor_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ["species", "length", "width"]
ROWS = [{"length": "1", "width": "2", "species": "setosa"}, {"length": "3", "width": "4", "species": "virginica"}]


@pytest.fixture
def rows_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The rows of a call, by the script as it is uploaded."""
    constraints = tmp_path / "constraints.json"
    constraints.write_text(json.dumps({"features": [{"name": name} for name in NAMES]}))
    monkeypatch.setenv("baseline_constraints", str(constraints))

    def run(asked: str, answered: str, target: str | None = "species", encoding: str = "CSV") -> Any:
        script = tmp_path / "preprocessor.py"
        script.write_text(preprocessor_script(target))
        spec = importlib.util.spec_from_file_location("preprocessor", script)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        side = {"encoding": encoding}
        record = SimpleNamespace(
            endpoint_input=SimpleNamespace(data=asked, **side), endpoint_output=SimpleNamespace(data=answered, **side)
        )
        return module.preprocess_handler(record)

    return run


ANSWER = '{"predictions": ["setosa", "virginica"]}'


@pytest.mark.parametrize(
    "asked",
    [
        "1,2\n3,4\n",
        "length,width\n1,2\n3,4",
        "width,length\n2,1\n4,3",
        '[{"length": "1", "width": "2"}, {"length": "3", "width": "4"}]',
        '{"instances": [["1", "2"], ["3", "4"]]}',
        '{"length": "1", "width": "2"}\n{"length": "3", "width": "4"}',
    ],
)
def test_every_form_of_a_request(rows_of: Callable[..., Any], asked: str) -> None:
    assert rows_of(asked, ANSWER) == ROWS


@pytest.mark.parametrize(
    "answered",
    [
        ANSWER,
        '["setosa", "virginica"]',
        '[["setosa", 0.9], ["virginica", 0.8]]',
        '{"predictions": [{"species": "setosa"}, {"species": "virginica", "sure": 0.9}]}',
        "setosa\nvirginica\n",
        "setosa,0.9\nvirginica,0.8\n",
        "sure,species\n0.9,setosa\n0.8,virginica\n",
        '{"species": "setosa"}\n{"species": "virginica"}',
    ],
)
def test_every_form_of_an_answer(rows_of: Callable[..., Any], answered: str) -> None:
    assert rows_of("1,2\n3,4", answered) == ROWS


def test_one_row_of_values(rows_of: Callable[..., Any]) -> None:
    assert rows_of("[1, 2]", "[0.5]") == [{"length": 1, "width": 2, "species": 0.5}]
    assert rows_of('{"length": 1, "width": 2}', '"setosa"') == [{"length": 1, "width": 2, "species": "setosa"}]


def test_an_answer_that_is_not_a_value_a_row_is_left_out(rows_of: Callable[..., Any]) -> None:
    assert rows_of("1,2\n3,4", "setosa") == [{"length": "1", "width": "2"}, {"length": "3", "width": "4"}]


def test_without_a_target_the_values_are_all_columns(rows_of: Callable[..., Any]) -> None:
    assert rows_of("a,1,2", "setosa", target=None) == [{"species": "a", "length": "1", "width": "2"}]


def test_values_beyond_the_baseline_are_told(rows_of: Callable[..., Any]) -> None:
    assert rows_of("1,2,3", "setosa")[0]["_c2"] == "3"


def test_content_of_other_types_is_decoded(rows_of: Callable[..., Any]) -> None:
    asked, answered = (base64.b64encode(text).decode() for text in (b"1,2", b"setosa"))
    assert rows_of(asked, answered, encoding="BASE64") == ROWS[:1]


def test_the_script_is_named_by_what_it_does() -> None:
    assert preprocessor_key(preprocessor_script("a")) != preprocessor_key(preprocessor_script("b"))
