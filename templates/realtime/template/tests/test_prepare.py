"""The training and the test set, and data that is refused."""

import pandas as pd
import pytest

import prepare
from conftest import ROOT, run

GOOD = (
    "date,precipitation,temp_max,temp_min,wind,weather\n2015-01-01,0.0,5.6,-3.2,1.2,sun\n2016-06-01,1.0,15,9,2,rain\n"
)


def test_the_model_is_tested_on_the_year_after_the_ones_it_learned_from(prepared):
    train = pd.read_csv(prepared / "train" / "train.csv", parse_dates=["date"])
    test = pd.read_csv(prepared / "test" / "test.csv", parse_dates=["date"])
    assert train["date"].max() < test["date"].min()
    assert len(test) == 365
    assert len(train) + len(test) == len(pd.read_csv(ROOT / "data" / "weather.csv"))


def test_each_class_is_there_often_enough_to_be_measured(prepared):
    for name in ("train", "test"):
        counts = pd.read_csv(prepared / name / f"{name}.csv")["weather"].value_counts()
        assert set(counts.index) == {"mist", "rain", "sun"}
        assert counts.min() >= 50


def test_files_are_read_together_and_in_the_order_of_their_dates(tmp_path):
    header, first, second = GOOD.splitlines(keepends=True)
    (tmp_path / "a.csv").write_text(header + second)
    (tmp_path / "b.csv").write_text(header + first)
    assert list(prepare.read(tmp_path)["weather"]) == ["sun", "rain"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("wind", "breeze", "Columns are missing: wind"),
        ("weather", "sky", "column weather is missing"),
        ("sun", "hail", "Unknown weather: hail"),
        ("2015-01-01", "2015-13-01", "date of row 1"),
        ("5.6", "-273.2", "temp_max of row 1"),
        ("5.6", "", "temp_max of row 1"),
        ("2016-06-01", "2015-01-01", "2015-01-01 is there more than once"),
    ],
)
def test_data_that_can_not_be_right_is_refused(tmp_path, old, new, message):
    assert old in GOOD
    (tmp_path / "days.csv").write_text(GOOD.replace(old, new))
    with pytest.raises(SystemExit, match=message):
        prepare.read(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "no CSV file"), (GOOD.replace("2016-06-01", "2015-01-02"), "No day is left for the train set")],
    ids=["no file", "too few days"],
)
def test_the_job_fails_with_one_sentence_and_writes_nothing(tmp_path, text, message):
    (tmp_path / "input").mkdir()
    if text:
        (tmp_path / "input" / "days.csv").write_text(text)
    result = run("prepare.py", "--input", tmp_path / "input", "--output", tmp_path / "output")
    assert result.returncode != 0
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "output").exists()
