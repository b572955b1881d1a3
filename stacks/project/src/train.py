"""Fits a decision tree on the irises of the channel `train`."""

import argparse
import os
import shutil
from pathlib import Path

import joblib
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--max_depth", type=int, default=3)
arguments, _ = parser.parse_known_args()

irises = pd.read_csv(Path(os.environ["SM_CHANNEL_TRAIN"], "train.csv"))
model = DecisionTreeClassifier(max_depth=arguments.max_depth, random_state=0)
model.fit(irises.drop(columns="species"), irises["species"])

folder = Path(os.environ["SM_MODEL_DIR"])
joblib.dump(model, folder / "model.joblib")
(folder / "code").mkdir(exist_ok=True)
for name in ("serve.py", "requirements.txt"):
    shutil.copy(Path(__file__).with_name(name), folder / "code")
