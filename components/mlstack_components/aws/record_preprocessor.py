"""Captured calls as rows under the baseline's names: what a data quality monitor runs on each captured call.

A monitor runs this file itself, inside AWS's container, so it holds the standard library alone and nothing of this
package. The contract: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-pre-and-post-processing.html.

| side | what is read |
| --- | --- |
| request | CSV, with or without a header line |
| | JSON: an object, a list of objects, of rows or of values, or these below `instances`; JSON lines |
| answer | CSV: the target's column, or the first |
| | JSON: a list of values or of objects with the target, or these below `predictions`; JSON lines |

Values without names are the baseline's columns in their order, without the target.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import os
from typing import Any, Dict  # noqa: UP035 - see Row

TARGET = ""
"""The column of the baseline that the model predicts; predictions are its values. Empty for none."""

Row = Dict[str, Any]  # noqa: UP006 - AWS's container may be older than `dict[...]`

_CONSTRAINTS = "/opt/ml/processing/baseline/constraints/constraints.json"


def preprocess_handler(inference_record: Any) -> list[Row]:
    """Return the rows of a captured call, a dict each.

    Args:
        inference_record: The call, as Model Monitor gives it.
    """
    names = _names()
    features = [name for name in names if name != TARGET]
    rows = [_row(values, features) for values in _requested(_text(inference_record.endpoint_input), names)]
    if TARGET in names:
        predictions = _answered(_text(inference_record.endpoint_output))
        if len(predictions) == len(rows):
            for row, prediction in zip(rows, predictions):  # noqa: B905 - AWS's container may be older than `strict`
                row.setdefault(TARGET, prediction)
    return rows


def _names() -> list[str]:
    path = os.environ.get("baseline_constraints", _CONSTRAINTS)  # noqa: SIM112 - named by AWS
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - a script for elsewhere
        return [feature["name"] for feature in json.load(file)["features"]]


def _text(side: Any) -> str:
    data: str = side.data or ""
    if getattr(side, "encoding", None) == "BASE64":
        return base64.b64decode(data).decode("utf-8", "replace")
    return data


def _row(values: Any, features: list[str]) -> Row:
    if isinstance(values, dict):
        return dict(values)
    unnamed = len(features)
    return {features[n] if n < unnamed else f"_c{n}": value for n, value in enumerate(values)}


def _requested(text: str, names: list[str]) -> list[Any]:
    document = _json(text)
    if document is None:
        lines = _lines(text)
        if lines and any(cell in names for cell in lines[0]):
            return [dict(zip(lines[0], line)) for line in lines[1:]]  # noqa: B905
        return lines
    if isinstance(document, dict):
        document = document.get("instances", [document])
    if not isinstance(document, list):
        document = [document]
    if document and not isinstance(document[0], (dict, list)):
        return [document]
    return document


def _answered(text: str) -> list[Any]:
    document = _json(text)
    if document is None:
        lines = _lines(text)
        if lines and TARGET in lines[0]:
            column = lines[0].index(TARGET)
            return [line[column] for line in lines[1:]]
        return [line[0] for line in lines]
    if isinstance(document, dict):
        document = document.get("predictions", [document])
    if not isinstance(document, list):
        document = [document]
    return [_prediction(each) for each in document]


def _prediction(answer: Any) -> Any:
    if isinstance(answer, dict):
        return answer.get(TARGET)
    return answer[0] if isinstance(answer, list) and answer else answer


def _json(text: str) -> Any:
    """The document, a list for JSON lines; None for what is no JSON with braces, brackets or quotes."""
    stripped = text.strip()
    if not stripped.startswith(("{", "[", '"')):
        return None
    try:
        return json.loads(stripped)
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in stripped.splitlines() if line.strip()]
    except ValueError:
        return None


def _lines(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text)) if line]
