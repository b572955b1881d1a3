"""The analyzer on small data, by its contract: files in, environment variables, files out."""

import json
import random

import pytest
from mlstack_localcloud.server.sagemaker.analyzer import distance, sketch
from mlstack_localcloud.server.sagemaker.analyzer.columns import Column
from mlstack_localcloud.server.sagemaker.analyzer.constraints import suggest
from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError
from mlstack_localcloud.server.sagemaker.analyzer.run import Job
from mlstack_localcloud.server.sagemaker.analyzer.violations import Comparison

CSV = '{"csv": {"header": true}}'
CAPTURE = '{"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}'


@pytest.fixture
def analyze(tmp_path):
    """Runs a job on files of text; gives its message and what it wrote."""

    def run(files, form=CSV, **variables):
        source = tmp_path / "source"
        for name, text in files.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_text(text)
        given = {"dataset_format": form, "dataset_source": str(source), "output_path": str(tmp_path / "out")}
        message = Job({**given, **variables}, tmp_path / "ml").run()
        return message, {path.name: json.loads(path.read_text()) for path in (tmp_path / "out").iterdir()}

    return run


def numbers(count, shift=0.0, seed=1):
    draw = random.Random(seed)
    return [draw.gauss(shift, 1) for _ in range(count)]


def compared(before, now, **changes):
    """The checks that break, of one feature."""
    known = [Column("x", tuple(before))]
    constraints = suggest(known)
    constraints["features"][0] |= changes
    statistics = {"features": [column.statistics() for column in known]}
    found = Comparison(constraints, statistics, [Column("x", tuple(now))]).violations()
    return [each["constraint_check_type"] for each in found]


def test_a_baseline_has_the_documented_form(analyze):
    rows = "".join(f"{n},{n / 2},{'sun' if n % 2 else 'rain'}\n" for n in range(40))
    message, written = analyze({"train.csv": f"day,rain,weather\n{rows},1.5,sun\n"})
    assert message == "Completed: Job completed successfully with no violations."
    assert written.keys() == {"statistics.json", "constraints.json"}
    day, rain, weather = written["statistics.json"]["features"]
    assert written["statistics.json"]["dataset"] == {"item_count": 41}
    assert (day["inferred_type"], rain["inferred_type"], weather["inferred_type"]) == (
        "Integral",
        "Fractional",
        "String",
    )
    assert day["numerical_statistics"]["common"] == {"num_present": 40, "num_missing": 1}
    assert day["numerical_statistics"]["mean"] == 19.5
    kll = day["numerical_statistics"]["distribution"]["kll"]
    assert [bucket["count"] for bucket in kll["buckets"]] == [4] * 10
    assert weather["string_statistics"]["distribution"]["categorical"]["buckets"] == [
        {"value": "sun", "count": 21},
        {"value": "rain", "count": 20},
    ]
    assert written["constraints.json"]["features"][0] == {
        "name": "day",
        "inferred_type": "Integral",
        "completeness": 40 / 41,
        "num_constraints": {"is_non_negative": True},
    }
    assert written["constraints.json"]["features"][2]["string_constraints"] == {"domains": ["rain", "sun"]}


def test_the_same_distribution_is_no_drift():
    assert compared(numbers(300), numbers(60, seed=2)) == []


def test_another_distribution_is():
    assert compared(numbers(300), numbers(60, shift=3, seed=2)) == ["baseline_drift_check"]


def test_a_few_values_prove_nothing():
    assert compared(numbers(300), numbers(3, shift=3, seed=2)) == []


def test_robust_takes_off_what_chance_may_do():
    before, now = (sketch.Distribution(sketch.levels(values)) for values in ([1.0, 2.0], [3.0, 4.0]))
    assert distance.numerical(before, now, "Simple") == 1.0
    # 1.8 * sqrt((2 + 2) / (2 * 2)) is more than the whole distance.
    assert distance.numerical(before, now, "Robust") == 0.0
    assert distance.categorical({"a": 1, "b": 1}, {"a": 1, "c": 1}, "Simple") == 0.5


def test_a_sketch_of_many_values_stays_small_and_near():
    values = numbers(20_000)
    levels = sketch.levels(values)
    assert sum(map(len, levels)) <= sketch.CAPACITY + len(levels)
    found = sketch.Distribution(levels)
    assert found.size == pytest.approx(20_000, abs=len(levels) * 16)
    exact = sum(value <= 0 for value in values) / len(values)
    assert found.share_up_to(0) == pytest.approx(exact, abs=0.01)


@pytest.mark.parametrize(
    ("now", "check"),
    [
        ([*range(1, 40), "many"], "data_type_check"),
        ([*range(1, 40), None], "completeness_check"),
        ([*range(1, 40), -1], "data_type_check"),
    ],
)
def test_each_value_is_checked(now, check):
    assert check in compared(range(1, 41), now)


def test_whole_numbers_are_numbers_where_fractions_are_expected():
    assert compared([n / 2 for n in range(41)], range(20)) == []


def test_an_unseen_category_is_told():
    before = ["sun", "rain"] * 30
    assert compared(before, ["sun", "rain"] * 10) == []
    assert compared(before, [*["sun", "rain"] * 10, "hail"]) == ["categorical_values_check"]


def test_columns_that_are_missing_or_new_are_told():
    constraints = suggest([Column("a", (1,)), Column("b", (1,))])
    found = Comparison(constraints, None, [Column("b", (1,)), Column("c", (1,))]).violations()
    assert [(each["feature_name"], each["constraint_check_type"]) for each in found] == [
        ("a", "missing_column_check"),
        ("c", "extra_column_check"),
    ]


def test_constraints_may_be_switched_off():
    column = [Column("a", (1,))]
    constraints = {**suggest(column), "monitoring_config": {"evaluate_constraints": "Disabled"}}
    assert Comparison(constraints, None, [Column("b", (1,))]).violations() == []


def captured(inputs, outputs, time="2026-01-01T10:30:00Z", encoding="CSV"):
    side = {"endpointInput": inputs, "endpointOutput": outputs}
    data = {
        name: {"data": text, "encoding": encoding, "mode": "", "observedContentType": ""} for name, text in side.items()
    }
    metadata = {"eventId": "1", "inferenceTime": time}
    return json.dumps({"captureData": data, "eventMetadata": metadata, "eventVersion": "0"}) + "\n"


@pytest.fixture
def baseline(tmp_path):
    """The path of constraints of a target and a feature."""
    path = tmp_path / "constraints.json"
    path.write_text(json.dumps(suggest([Column("weather", (1, 2)), Column("rain", (1.5, 2.5))])))
    return str(path)


def test_captured_calls_of_the_window_are_rows_by_the_baselines_names(analyze, baseline):
    calls = (
        captured("3.5", "7") + captured("4.5", "8", "2026-01-01T11:00:00Z") + captured("x", "9", "2026-01-01T09:59:59Z")
    )
    message, written = analyze(
        {"weather/main/2026/01/01/10/a.jsonl": calls},
        CAPTURE,
        baseline_constraints=baseline,
        start_time="2026-01-01T10:00:00Z",
        end_time="2026-01-01T11:00:00Z",
    )
    assert message == "Completed: Job completed successfully with no violations."
    features = written["statistics.json"]["features"]
    assert [(each["name"], each["numerical_statistics"]["sum"]) for each in features] == [("weather", 7), ("rain", 3.5)]
    assert written["constraint_violations.json"] == {"violations": []}


def test_a_preprocessor_makes_the_rows(analyze, baseline, tmp_path):
    script = tmp_path / "preprocessor.py"
    script.write_text(
        "def preprocess_handler(record):\n"
        "    assert record.event_metadata.event_id == '1' and record.endpoint_input.encoding == 'JSON'\n"
        "    return [{'weather': 1, 'rain': record.endpoint_output.data}, {'weather': 2, 'rain': -1}]\n"
    )
    message, written = analyze(
        {"a.jsonl": captured("{}", "2", encoding="JSON")},
        CAPTURE,
        baseline_constraints=baseline,
        record_preprocessor_script=str(script),
    )
    assert message == "CompletedWithViolations: Job completed successfully with 1 violations."
    (found,) = written["constraint_violations.json"]["violations"]
    assert found["feature_name"] == "rain"


def test_a_preprocessor_that_fails_is_told(analyze, baseline, tmp_path):
    script = tmp_path / "preprocessor.py"
    script.write_text("def preprocess_handler(record):\n    return 1 / 0\n")
    with pytest.raises(DatasetError, match="ZeroDivisionError"):
        analyze({"a.jsonl": captured("1", "2")}, CAPTURE, record_preprocessor_script=str(script))


def test_sides_of_different_encodings_need_a_preprocessor(analyze):
    line = captured("1", "2").replace('"encoding": "CSV"', '"encoding": "JSON"', 1)
    with pytest.raises(DatasetError, match="Encoding mismatch"):
        analyze({"a.jsonl": line}, CAPTURE)


def test_no_call_in_the_window_is_an_error(analyze, baseline):
    with pytest.raises(DatasetError, match="no data"):
        analyze(
            {"a.jsonl": captured("1", "2")}, CAPTURE, baseline_constraints=baseline, start_time="2026-01-01T11:00:00Z"
        )


def test_metrics_lie_where_the_platform_looks_for_them(analyze, baseline, tmp_path):
    analyze(
        {"a.jsonl": captured("3.5", "7")},
        CAPTURE,
        baseline_constraints=baseline,
        sagemaker_endpoint_name="weather",
        sagemaker_monitoring_schedule_name="hourly",
    )
    lines = (tmp_path / "ml" / "output" / "metrics" / "cloudwatch" / "cloudwatch_metrics.jsonl").read_text()
    metrics = {each["MetricName"]: each for each in map(json.loads, lines.splitlines())}
    assert metrics["feature_data_rain"]["StatisticValues"] == {
        "SampleCount": 1,
        "Sum": 3.5,
        "Minimum": 3.5,
        "Maximum": 3.5,
    }
    assert metrics["feature_non_null_weather"]["Value"] == 1.0
    assert metrics["feature_non_null_weather"]["Dimensions"] == [
        {"Name": "Endpoint", "Value": "weather"},
        {"Name": "MonitoringSchedule", "Value": "hourly"},
    ]
