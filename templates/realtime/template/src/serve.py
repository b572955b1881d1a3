"""Answers requests: the four functions that SageMaker's model server calls.

Rows come as CSV (with or without a header line) or JSON (a list of objects, or the same under "instances"); predictions
go out as either, with the probability of each class.
"""

import csv
import io
import json
import os
from pathlib import Path

import joblib
import pandas as pd

from features import COLUMNS, TARGET, check, features

CSV = "text/csv"
JSON = "application/json"


def model_fn(model_dir):
    """Loads the model."""
    return joblib.load(Path(model_dir) / "model.joblib")


def input_fn(request_body, content_type):
    """Reads the rows of a request.

    Raises:
        ValueError: The request can't be read, or a value is not possible.
    """
    text = request_body.decode() if isinstance(request_body, (bytes, bytearray)) else request_body
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == CSV:
        rows = _from_csv(text)
    elif media_type == JSON:
        rows = _from_json(text)
    else:
        raise ValueError(f"{content_type} can't be read; send {CSV} or {JSON}.")
    if rows.empty:
        raise ValueError("There is no row in the request.")
    return check(rows)


def predict_fn(rows, model):
    """Predicts the probability of each class: one row a row, one column a class."""
    return pd.DataFrame(model.predict_proba(features(rows)), columns=model.classes_)


def output_fn(prediction, accept):
    """Writes the predictions as what the client accepts, JSON if it doesn't say.

    Raises:
        ValueError: The client accepts neither.
    """
    weather = prediction.idxmax(axis="columns")
    accepted = [part.partition(";")[0].strip().lower() for part in (accept or JSON).split(",")]
    for media_type in accepted:
        if media_type in {JSON, "application/*", "*/*"}:
            rows = prediction.round(4).to_dict(orient="records")
            answers = [{TARGET: label, "probabilities": row} for label, row in zip(weather, rows, strict=True)]
            return json.dumps({"predictions": answers}), JSON
        if media_type in {CSV, "text/*"}:
            table = prediction.round(4).add_prefix("probability_")
            table.insert(0, TARGET, weather)
            # In a batch each line stands beside its record, so there is no header.
            return table.to_csv(index=False, header="SAGEMAKER_BATCH" not in os.environ), CSV
    raise ValueError(f"{accept} can't be written; accept {CSV} or {JSON}.")


def _from_csv(text):
    lines = [line for line in csv.reader(io.StringIO(text)) if line]
    header = lines.pop(0) if lines and lines[0][0].strip() in {*COLUMNS, TARGET} else COLUMNS
    wrong = [line for line in lines if len(line) != len(header)]
    if wrong:
        raise ValueError(f"A row has {len(wrong[0])} values, not {len(header)} ({', '.join(header)}).")
    return pd.DataFrame(lines, columns=[name.strip() for name in header])


def _from_json(text):
    document = json.loads(text)
    rows = document.get("instances") if isinstance(document, dict) else document
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError('JSON is a list of objects, or {"instances": [...]}.')
    return pd.DataFrame(rows)
