"""Measures the model on the test set."""

import argparse
import json
import tarfile
import tempfile
from pathlib import Path

import joblib
import pandas as pd
from sklearn.metrics import classification_report

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--model", type=Path, required=True)
parser.add_argument("--test", type=Path, required=True)
parser.add_argument("--output", type=Path, required=True)
arguments = parser.parse_args()

with tempfile.TemporaryDirectory() as folder:
    with tarfile.open(arguments.model / "model.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    model = joblib.load(Path(folder, "model.joblib"))
irises = pd.read_csv(arguments.test / "test.csv")
report = classification_report(
    irises["species"], model.predict(irises.drop(columns="species")), output_dict=True, zero_division=0
)
macro = {"precision": "precision", "recall": "recall", "f1": "f1-score"}
metrics = {"accuracy": report["accuracy"], **{name: report["macro avg"][key] for name, key in macro.items()}}
arguments.output.mkdir(parents=True, exist_ok=True)
document = {"metrics": {name: {"value": value} for name, value in metrics.items()}}
(arguments.output / "evaluation.json").write_text(json.dumps(document))
print(document)
