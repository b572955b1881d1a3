"""Fits the model and says by cross-validation how far to trust it.

Takes train.csv of the channel `train` and the hyperparameters as options; leaves in the model's folder: model.joblib,
cross_validation.json, and code/, what the model's server needs. The folders come from the training container
(SM_CHANNEL_TRAIN, SM_MODEL_DIR), or from the options of the same names.
"""

import argparse
import json
import os
import shutil
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedGroupKFold, cross_validate

from features import TARGET, check, features

FOLDS = 5
SCORERS = {"accuracy": "accuracy", "precision": "precision_macro", "recall": "recall_macro", "f1": "f1_macro"}


def build(arguments: argparse.Namespace) -> RandomForestClassifier:
    """Builds the untrained model; it is the same one every time."""
    return RandomForestClassifier(
        n_estimators=arguments.n_estimators,
        max_depth=arguments.max_depth,
        min_samples_leaf=arguments.min_samples_leaf,
        class_weight=None if arguments.class_weight == "none" else arguments.class_weight,
        random_state=0,
    )


def validate(model: RandomForestClassifier, rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Cross-validates, with the days of a month in the same fold: they resemble each other too much to be split."""
    days = rows["date"].dt
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    scores = cross_validate(
        model, features(rows), rows[TARGET], groups=days.year * 12 + days.month, cv=folds, scoring=SCORERS
    )
    return {
        name: {
            "mean": float(scores[f"test_{name}"].mean()),
            "standard_deviation": float(scores[f"test_{name}"].std(ddof=1)),
            "folds": FOLDS,
        }
        for name in SCORERS
    }


def save(model: RandomForestClassifier, scores: dict[str, dict[str, float]], folder: Path) -> None:
    """Writes everything that evaluation and serving need into the model's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, folder / "model.joblib")
    (folder / "cross_validation.json").write_text(json.dumps(scores, indent=2) + "\n")
    code = folder / "code"
    code.mkdir(exist_ok=True)
    here = Path(__file__).parent
    for file in [*here.glob("*.py"), here / "requirements.txt"]:
        shutil.copy(file, code)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n_estimators", type=int, default=100, help="number of trees")
    parser.add_argument("--max_depth", type=int, default=6, help="levels of a tree")
    parser.add_argument("--min_samples_leaf", type=int, default=5, help="days that a leaf holds at least")
    parser.add_argument(
        "--class_weight", choices=["balanced", "none"], default="balanced", help="weight rare classes up"
    )
    parser.add_argument("--train", type=Path, default=os.environ.get("SM_CHANNEL_TRAIN", "/opt/ml/input/data/train"))
    parser.add_argument("--model-dir", type=Path, default=os.environ.get("SM_MODEL_DIR", "/opt/ml/model"))
    arguments = parser.parse_args()

    rows = check(pd.read_csv(arguments.train / "train.csv"))
    scores = validate(build(arguments), rows)
    for name, score in scores.items():
        print(f"cross-validation {name}={score['mean']:.4f} standard_deviation={score['standard_deviation']:.4f}")
    save(build(arguments).fit(features(rows), rows[TARGET]), scores, arguments.model_dir)


if __name__ == "__main__":
    main()
