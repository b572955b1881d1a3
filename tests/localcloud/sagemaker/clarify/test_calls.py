"""Captured calls as Clarify reads them: a row a line, and no header line."""

import base64

import pytest
from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError
from mlstack_localcloud.server.sagemaker.clarify import calls


def call(asked, answered="1\n", encoding="CSV"):
    sides = {"endpointInput": asked, "endpointOutput": answered}
    return {"captureData": {side: {"data": data, "encoding": encoding} for side, data in sides.items()}}


def test_each_line_is_a_row_of_the_features_in_their_order():
    assert calls.asked_rows(call("f,30\nm,40\n"), ["sex", "age"]) == [
        {"sex": "f", "age": "30"},
        {"sex": "m", "age": "40"},
    ]
    assert calls.answered(call("f,30\n", "yes,0.7\nno, 0.2\n"), 1) == ["0.7", "0.2"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (call("sex,age\nf,30\n"), "has a header line"),
        (call("f,30,1\n"), "has 3 values, and the headers name 2 features"),
        (
            call(base64.b64encode(b"f,30").decode(), encoding="BASE64"),
            "is BASE64; the local cloud's analyzer reads CSV",
        ),
        ({"captureData": {}}, "endpointInput is not captured"),
    ],
)
def test_what_can_not_be_read_is_told(given, says):
    with pytest.raises(DatasetError, match=says):
        calls.asked_rows(given, ["sex", "age"])


def test_an_answer_without_the_value_is_told():
    with pytest.raises(DatasetError, match="no value at the position 1"):
        calls.answered(call("f,30\n", "yes\n"), 1)
