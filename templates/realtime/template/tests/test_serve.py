"""Requests and answers, as the model's server sees them."""

import csv
import io
import json

import pytest

import serve
from conftest import ROOT

SAMPLE = (ROOT / "sample.csv").read_text()
ROWS = list(csv.DictReader(io.StringIO(SAMPLE)))


@pytest.fixture(scope="module")
def loaded(model):
    return serve.model_fn(str(model))


def ask(loaded, body, content_type, accept="application/json"):
    prediction = serve.predict_fn(serve.input_fn(body, content_type), loaded)
    return serve.output_fn(prediction, accept)


def test_each_row_gets_a_class_and_its_probabilities(loaded):
    body, content_type = ask(loaded, SAMPLE, "text/csv")
    predictions = json.loads(body)["predictions"]
    assert content_type == "application/json"
    assert len(predictions) == len(ROWS)
    for prediction in predictions:
        probabilities = prediction["probabilities"]
        assert sum(probabilities.values()) == pytest.approx(1, abs=0.001)
        assert prediction["weather"] == max(probabilities, key=probabilities.get)


def test_wet_days_are_rain_and_dry_days_are_not(loaded):
    predictions = json.loads(ask(loaded, SAMPLE, "text/csv")[0])["predictions"]
    for row, prediction in zip(ROWS, predictions, strict=True):
        assert (prediction["weather"] == "rain") == (float(row["precipitation"]) > 0)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (SAMPLE.encode(), "text/csv; charset=utf-8"),
        (SAMPLE.partition("\n")[2], "text/csv"),
        (json.dumps(ROWS), "application/json"),
        (json.dumps({"instances": ROWS}), "application/json"),
    ],
    ids=["bytes", "csv without header", "json list", "json instances"],
)
def test_the_same_rows_get_the_same_answer_however_they_come(loaded, body, content_type):
    assert ask(loaded, body, content_type) == ask(loaded, SAMPLE, "text/csv")


@pytest.mark.parametrize(
    ("accept", "given"),
    [("text/csv", "text/csv"), ("*/*", "application/json"), (None, "application/json")],
)
def test_the_client_says_what_it_accepts(loaded, accept, given):
    assert ask(loaded, SAMPLE, "text/csv", accept)[1] == given


def test_csv_out_holds_what_json_out_holds(loaded):
    table = list(csv.DictReader(io.StringIO(ask(loaded, SAMPLE, "text/csv", "text/csv")[0])))
    predictions = json.loads(ask(loaded, SAMPLE, "text/csv")[0])["predictions"]
    assert [row["weather"] for row in table] == [prediction["weather"] for prediction in predictions]
    assert float(table[0]["probability_rain"]) == predictions[0]["probabilities"]["rain"]


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        ("", "text/csv", "no row"),
        ("2015-01-01,0.0,5.6\n", "text/csv", "3 values, not 5"),
        ("2015-01-01,0.0,warm,-3.2,1.2\n", "text/csv", "temp_max of row 1"),
        ('[{"date": "2015-01-01"}]', "application/json", "Columns are missing"),
        ('"rain?"', "application/json", "list of objects"),
        (SAMPLE, "image/png", "image/png can't be read"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_with_the_reason(body, content_type, message):
    with pytest.raises(ValueError, match=message):
        serve.input_fn(body, content_type)


def test_what_can_not_be_written_is_refused(loaded):
    with pytest.raises(ValueError, match="can't be written"):
        ask(loaded, SAMPLE, "text/csv", "image/png")
