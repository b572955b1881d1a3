"""Splits the irises into a training and a test set."""

import argparse
from pathlib import Path

import pandas as pd
from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--input", type=Path, required=True)
parser.add_argument("--output", type=Path, required=True)
arguments = parser.parse_args()

irises = pd.concat(pd.read_csv(file) for file in sorted(arguments.input.rglob("*.csv")))
train, test = train_test_split(irises, test_size=0.3, stratify=irises["species"], random_state=0)
for name, rows in {"train": train, "test": test}.items():
    (arguments.output / name).mkdir(parents=True, exist_ok=True)
    rows.to_csv(arguments.output / name / f"{name}.csv", index=False)
    print(f"{name}: {len(rows)} irises")
