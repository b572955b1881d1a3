"""Measures a trained model on the test set.

Takes the model (a folder, or a folder that holds model.tar.gz) and test.csv; gives evaluation.json, which the gates of
mlstack.yaml read and which stays with the registered model, and predictions.csv, which a monitor of the model's quality
is held against. `metrics` are macro averages: each class counts the same, however rare it is.
"""

import argparse
import json
import tarfile
import tempfile
from pathlib import Path

import joblib
import pandas as pd
from sklearn.metrics import accuracy_score, classification_report

from features import TARGET, check, features

NAMES = {"precision": "precision", "recall": "recall", "f1": "f1-score"}


def unpack(folder: Path, into: Path) -> Path:
    """Returns the folder with the model's files, unpacked first if they come as an archive."""
    archive = folder / "model.tar.gz"
    if not archive.exists():
        return folder
    with tarfile.open(archive) as files:
        files.extractall(into, filter="data")
    return into


def evaluate(model_folder: Path, rows: pd.DataFrame) -> dict:
    """Returns the report on a model."""
    model = joblib.load(model_folder / "model.joblib")
    actual, predicted = rows[TARGET], model.predict(features(rows))
    report = classification_report(actual, predicted, output_dict=True, zero_division=0)
    macro = report["macro avg"]
    return {
        "metrics": {
            "accuracy": {"value": accuracy_score(actual, predicted)},
            **{name: {"value": macro[key]} for name, key in NAMES.items()},
        },
        "classes": {
            str(label): {
                **{name: {"value": report[label][key]} for name, key in NAMES.items()},
                "support": int(report[label]["support"]),
            }
            for label in sorted(set(actual) | set(predicted))
        },
        "cross_validation": json.loads((model_folder / "cross_validation.json").read_text()),
    }


def predictions(model_folder: Path, rows: pd.DataFrame) -> pd.DataFrame:
    """Returns what the model predicts, beside what is right."""
    model = joblib.load(model_folder / "model.joblib")
    return pd.DataFrame({"prediction": model.predict(features(rows)), "label": rows[TARGET]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    rows = check(pd.read_csv(arguments.test / "test.csv"))
    with tempfile.TemporaryDirectory() as scratch:
        model = unpack(arguments.model, Path(scratch))
        report, predicted = evaluate(model, rows), predictions(model, rows)
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "evaluation.json").write_text(json.dumps(report, indent=2) + "\n")
    predicted.to_csv(arguments.output / "predictions.csv", index=False)
    for name, metric in report["metrics"].items():
        print(f"{name}={metric['value']:.4f}")


if __name__ == "__main__":
    main()
