"""Answers with the species of each iris: rows come as CSV without a header, species go out as JSON."""

import io
import json
from pathlib import Path

import joblib
import pandas as pd


def model_fn(model_dir):
    """Loads the model."""
    return joblib.load(Path(model_dir, "model.joblib"))


def input_fn(request_body, content_type):
    """Reads the rows of a request."""
    text = request_body.decode() if isinstance(request_body, bytes) else request_body
    return pd.read_csv(io.StringIO(text), header=None)


def predict_fn(rows, model):
    """Predicts the species of each row."""
    return model.predict(rows.set_axis(model.feature_names_in_, axis="columns"))


def output_fn(prediction, accept):
    """Writes the predictions."""
    return json.dumps({"predictions": list(prediction)}), "application/json"
