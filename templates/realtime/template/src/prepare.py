"""Turns raw daily observations into a training and a test set.

Takes every CSV file in --input; gives train/train.csv and test/test.csv in --output. It fails on data that it doesn't
understand rather than guess.

The test set is the latest year. A random split would put a day's neighbours, which have much the same weather, on both
sides, and would hide the drift: the question is how a model of the past does on the year that follows it.
"""

import argparse
from pathlib import Path

import pandas as pd

from features import COLUMNS, TARGET, check

# Drizzle (54 days) and snow (26 days, none in the last year) are too rare to be learned or measured on their own.
# Drizzle and fog are both days of wet air on which the gauge measured nothing; snow is precipitation like rain.
CLASSES = {"drizzle": "mist", "fog": "mist", "rain": "rain", "snow": "rain", "sun": "sun"}


def read(folder: Path) -> pd.DataFrame:
    """Reads and checks all observations, in the order of their dates."""
    files = sorted(folder.rglob("*.csv"))
    if not files:
        raise SystemExit(f"There is no CSV file in {folder}.")
    raw = pd.concat([pd.read_csv(file) for file in files], ignore_index=True)
    if TARGET not in raw.columns:
        raise SystemExit(f"The column {TARGET} is missing.")
    try:
        rows = check(raw)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    unknown = sorted(set(rows[TARGET].astype(str)) - set(CLASSES))
    if unknown:
        raise SystemExit(f"Unknown {TARGET}: {', '.join(unknown)}. Known: {', '.join(CLASSES)}.")
    if rows["date"].duplicated().any():
        day = rows.loc[rows["date"].duplicated(), "date"].iloc[0]
        raise SystemExit(f"{day:%Y-%m-%d} is there more than once.")
    rows[TARGET] = rows[TARGET].map(CLASSES)
    return rows[[*COLUMNS, TARGET]].sort_values("date", ignore_index=True)


def split(rows: pd.DataFrame, test_days: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Splits off the last days as the test set."""
    in_test = rows["date"] > rows["date"].max() - pd.DateOffset(days=test_days)
    return rows[~in_test], rows[in_test]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--test-days", type=int, default=365)
    arguments = parser.parse_args()
    train, test = split(read(arguments.input), arguments.test_days)
    if train.empty:
        raise SystemExit(f"No day is left for the train set: all are within {arguments.test_days} days.")
    for name, rows in {"train": train, "test": test}.items():
        folder = arguments.output / name
        folder.mkdir(parents=True, exist_ok=True)
        rows.to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d")
        counts = ", ".join(f"{count} {label}" for label, count in sorted(rows[TARGET].value_counts().items()))
        print(f"{name}: {len(rows)} days, {rows['date'].min():%Y-%m-%d} to {rows['date'].max():%Y-%m-%d}: {counts}")


if __name__ == "__main__":
    main()
