"""A project with a monitor of data quality: trained, released, called, and told what is different about the calls."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import Project

SERVING = "  instances: {min: 1}\n"
MONITORED = f"{SERVING}  capture_percent: 100\n\nmonitoring: {{data_quality: hourly, model_quality: daily}}\n"


@pytest.fixture(scope="module")
def monitored(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project of its own on a local cloud of its own."""
    home = tmp_path_factory.mktemp("monitored")
    variables = {**project.variables, "MLSTACK_HOME": str(home)}
    directory = tmp_path_factory.mktemp("projects") / "weather"
    made = dataclasses.replace(project, directory=directory.parent, home=home, variables=variables)
    made.mlstack("init", "realtime", "weather", "--yes")
    made = dataclasses.replace(made, directory=directory)
    file = directory / "mlstack.yaml"
    text = file.read_text()
    assert SERVING in text
    file.write_text(text.replace(SERVING, MONITORED, 1))
    yield made
    made.mlstack("local", "stop")


@pytest.fixture(scope="module")
def released(monitored: Project) -> Any:
    monitored.mlstack("up", "local")
    said = monitored.mlstack("monitor", "local", exit_code=1).stderr
    assert "waits for a released model version with a baseline" in said
    assert monitored.client("sagemaker").list_monitoring_schedules()["MonitoringScheduleSummaries"] == []
    run = monitored.json("run", "local")
    monitored.mlstack("models", "approve", str(run["model"]["version"]))
    return monitored.json("release", "local")


def test_a_version_has_its_baseline(monitored: Project, released: Any) -> None:
    package = monitored.client("sagemaker").describe_model_package(ModelPackageName=released["model_package_arn"])
    found = package["DriftCheckBaselines"]["ModelDataQuality"]
    assert found == package["ModelMetrics"]["ModelDataQuality"]
    bucket, _, key = found["Constraints"]["S3Uri"].removeprefix("s3://").partition("/")
    constraints = json.loads(monitored.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    assert {each["name"] for each in constraints["features"]} == {
        "date",
        "precipitation",
        "temp_max",
        "temp_min",
        "wind",
        "weather",
    }


def test_the_release_brings_the_schedule_up(monitored: Project, released: Any) -> None:
    schedules = monitored.client("sagemaker").list_monitoring_schedules()["MonitoringScheduleSummaries"]
    assert {each["MonitoringType"] for each in schedules} == {"DataQuality", "ModelQuality"}
    assert {each["EndpointName"] for each in schedules} == {released["endpoint"]["name"]}
    assert {each["MonitoringScheduleStatus"] for each in schedules} == {"Scheduled"}
    assert monitored.json("up", "local")["changes"] == []
    assert monitored.json("release", "local")["changed"] is False


def days(directory: Path, wind: float) -> list[str]:
    """Days of the dataset, with more wind."""
    lines = (directory / "data" / "weather.csv").read_text().splitlines()[1:300:3]
    rows = [line.split(",")[:5] for line in lines]
    return [",".join([*row[:4], str(float(row[4]) + wind)]) for row in rows]


def call(project: Project, rows: list[str]) -> None:
    file = project.directory / "calls.csv"
    file.write_text("date,precipitation,temp_max,temp_min,wind\n" + "\n".join(rows) + "\n")
    project.mlstack("invoke", "local", "--file", str(file))


def test_a_run_names_the_feature_that_shifted(monitored: Project, released: Any) -> None:
    said = monitored.mlstack("monitor", "local", exit_code=1).stderr
    assert "No call of the last 24 hours was captured." in said
    call(monitored, days(monitored.directory, wind=0))
    normal = monitored.json("monitor", "local", "--monitor", "data_quality")
    assert "wind" not in {each["feature"] for each in normal["violations"]}
    call(monitored, days(monitored.directory, wind=15))
    shifted = monitored.json("monitor", "local", "--monitor", "data_quality")
    assert shifted["status"] == "CompletedWithViolations"
    assert {"feature": "wind", "check": "baseline_drift_check"}.items() <= next(
        each for each in shifted["violations"] if each["feature"] == "wind"
    ).items()
    assert "temp_max" not in {each["feature"] for each in shifted["violations"]}
    page = monitored.mlstack("monitor", "local", "--monitor", "data_quality").stdout
    assert "wind" in page
    assert "Baseline drift distance" in page
    # What ran once is gone again.
    assert len(monitored.client("sagemaker").list_monitoring_schedules()["MonitoringScheduleSummaries"]) == 2


def test_drifted_labels_are_reported(monitored: Project, released: Any) -> None:
    file = monitored.directory / "calls.csv"
    rows = days(monitored.directory, wind=0)
    file.write_text("date,precipitation,temp_max,temp_min,wind\n" + "\n".join(rows) + "\n")
    said = monitored.mlstack("invoke", "local", "--file", str(file), "--id", "those-days").stdout
    unlabelled = monitored.mlstack("monitor", "local", "--monitor", "model_quality", exit_code=1).stderr
    assert "No call of the last 24 hours has a label." in unlabelled
    header, *answers = said.splitlines()
    assert header.startswith("weather,")
    predictions = [line.partition(",")[0] for line in answers if line]
    assert len(predictions) == len(rows)
    labels = monitored.directory / "labels.csv"
    labels.write_text("id,label\n" + "".join(f"those-days,{each}\n" for each in predictions))
    assert monitored.json("label", "local", "--file", str(labels))["calls"] == 1
    right = monitored.json("monitor", "local", "--monitor", "model_quality")
    assert (right["status"], right["violations"]) == ("Completed", [])
    labels.write_text("id,label\n" + "those-days,hail\n" * len(rows))
    monitored.mlstack("label", "local", "--file", str(labels))
    wrong = monitored.json("monitor", "local", "--monitor", "model_quality")
    assert wrong["status"] == "CompletedWithViolations"
    accuracy = next(each for each in wrong["violations"] if each["feature"] == "accuracy")
    assert accuracy["check"] == "LessThanThreshold"
    assert accuracy["description"].startswith("Metric accuracy with 0 ")
    both = monitored.json("monitor", "local")
    assert [each["monitor"] for each in both] == ["data_quality", "model_quality"]


def _baseline(sagemaker: Any) -> Any:
    """What the scheduled jobs compare with."""
    found = sagemaker.list_monitoring_schedules(MonitoringTypeEquals="DataQuality")["MonitoringScheduleSummaries"]
    (schedule,) = found
    name = schedule["MonitoringJobDefinitionName"]
    return sagemaker.describe_data_quality_job_definition(JobDefinitionName=name)["DataQualityBaselineConfig"]


def test_the_next_version_brings_its_own_baseline(monitored: Project, released: Any) -> None:
    sagemaker = monitored.client("sagemaker")

    before = _baseline(sagemaker)
    run = monitored.json("run", "local")
    monitored.mlstack("models", "approve", str(run["model"]["version"]))
    monitored.json("release", "local")
    assert _baseline(sagemaker) != before
    assert len(sagemaker.list_data_quality_job_definitions()["JobDefinitionSummaries"]) == 1
    assert len(sagemaker.list_model_quality_job_definitions()["JobDefinitionSummaries"]) == 1
    monitored.json("models", "rollback")
    assert _baseline(sagemaker) == before
    assert monitored.json("up", "local")["changes"] == []


def test_a_release_that_fails_leaves_the_monitor_with_the_served_versions_baseline(
    monitored: Project, released: Any
) -> None:
    sagemaker = monitored.client("sagemaker")
    before = _baseline(sagemaker)
    script = monitored.directory / "src" / "serve.py"
    serving = script.read_text()
    script.write_text('raise RuntimeError("the serving code is broken")\n')
    run = monitored.json("run", "local")
    monitored.mlstack("models", "approve", str(run["model"]["version"]))
    assert monitored.json("release", "local", exit_code=1)["error"]["code"] == "release-failed"
    assert _baseline(sagemaker) == before
    assert len(sagemaker.list_data_quality_job_definitions()["JobDefinitionSummaries"]) == 1
    script.write_text(serving)
    assert monitored.json("up", "local")["changes"] == []


def test_everything_goes(monitored: Project, released: Any) -> None:
    monitored.mlstack("destroy", "local", "--delete-data", "--yes")
    sagemaker = monitored.client("sagemaker")
    assert sagemaker.list_monitoring_schedules()["MonitoringScheduleSummaries"] == []
    assert sagemaker.list_data_quality_job_definitions()["JobDefinitionSummaries"] == []
    assert sagemaker.list_model_quality_job_definitions()["JobDefinitionSummaries"] == []
