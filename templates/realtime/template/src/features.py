"""What the model sees of a day, computed in one place for training, evaluation and serving alike."""

import numpy as np
import pandas as pd

TARGET = "weather"

# What a row holds, in the order that a CSV request without a header line must have.
COLUMNS = ["date", "precipitation", "temp_max", "temp_min", "wind"]
MEASUREMENTS = COLUMNS[1:]

# Whatever is outside these isn't a measurement (mm, degrees Celsius, degrees Celsius, m/s).
LIMITS = {"precipitation": (0, 2000), "temp_max": (-90, 60), "temp_min": (-90, 60), "wind": (0, 120)}

DAYS_OF_A_YEAR = 365.25


def check(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows with dates and numbers as such.

    Raises:
        ValueError: A column is missing, or a value is no date or no possible measurement.
    """
    missing = [column for column in COLUMNS if column not in rows.columns]
    if missing:
        raise ValueError(f"Columns are missing: {', '.join(missing)}. A row holds {', '.join(COLUMNS)}.")
    checked = rows.copy()
    checked["date"] = pd.to_datetime(rows["date"], format="ISO8601", errors="coerce")
    for column in MEASUREMENTS:
        lowest, highest = LIMITS[column]
        numbers = pd.to_numeric(rows[column], errors="coerce").astype(float)
        checked[column] = numbers.where(numbers.between(lowest, highest))
    for column in COLUMNS:
        bad = checked.index[checked[column].isna()]
        if len(bad):
            value = rows.loc[bad[0], column]
            raise ValueError(f"{column} of row {rows.index.get_loc(bad[0]) + 1} is {value!r}: not usable.")
    return checked


def features(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns one row of numbers for each checked row.

    The season is an angle, so that 31 December is a neighbour of 1 January.
    """
    season = 2 * np.pi * rows["date"].dt.dayofyear / DAYS_OF_A_YEAR
    return rows[MEASUREMENTS].assign(season_sin=np.sin(season), season_cos=np.cos(season))
