"""Whole datasets are scored with the released model: by hand, for new data and on a schedule, as users run it.

A project of its own beside that of the other tests.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import Project

SERVING = """\
serving:
  kind: batch
  entry_point: src/serve.py
  batch: {source: incoming/, schedule: "0 6 * * MON-FRI", on_new_data: true, join_input: true}
"""
PIPELINE = "harvest-local-batch"


@pytest.fixture(scope="module")
def harvest(project: Project) -> Iterator[Project]:
    Project(project.directory.parent, project.home, project.variables).mlstack("init", "realtime", "harvest", "--yes")
    harvest = Project(project.directory.parent / "harvest", project.home, project.variables)
    file = harvest.directory / "mlstack.yaml"
    text = file.read_text()
    start = text.index("serving:\n")
    following = text.index("\n\n", start)
    file.write_text(text[:start] + SERVING + text[following:])
    rows = (harvest.directory / "sample.csv").read_text().splitlines()[1:]
    (harvest.directory / "rows.csv").write_text("\n".join(rows) + "\n")
    harvest.mlstack("up", "local")
    yield harvest
    assert harvest.json("destroy", "local", "--yes", "--delete-data")["left"] == []


@pytest.fixture(scope="module")
def served(harvest: Project) -> Any:
    """Version 1, released."""
    _train(harvest)
    return harvest.json("release", "local")


def _train(project: Project) -> int:
    version = int(project.json("run", "local")["model"]["version"])
    project.mlstack("models", "approve", str(version))
    return version


def _content(project: Project, uri: str) -> str:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return str(project.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode())


def test_before_a_release_everything_else_is_there_and_it_says_what_it_waits_for(harvest: Project) -> None:
    status = harvest.json("status", "local")
    if status["released"]:
        pytest.skip("another test released it already")
    assert status["batch"] is None
    assert "mlstack release local" in status["batch_waits_for"]
    assert status["endpoint"] is None
    said = harvest.mlstack("score", "local", exit_code=1).stderr
    assert "mlstack release local" in said


def test_a_release_makes_the_pipeline_and_proves_its_model(harvest: Project, served: Any) -> None:
    assert (served["changed"], served["endpoint"]["name"], served["endpoint"]["status"]) == (True, PIPELINE, "Active")
    described = harvest.client("sagemaker").describe_pipeline(PipelineName=PIPELINE)
    (step,) = json.loads(described["PipelineDefinition"])["Steps"]
    model = harvest.client("sagemaker").describe_model(ModelName=step["Arguments"]["ModelName"])
    assert model["PrimaryContainer"]["ModelPackageName"] == served["model_package_arn"]
    assert harvest.json("release", "local")["changed"] is False
    assert harvest.json("up", "local")["changes"] == []
    status = harvest.json("status", "local")
    assert status["batch"]["model_package_arn"] == served["model_package_arn"]
    assert (status["differences"], status["batch_waits_for"]) == ([], None)


def test_a_file_is_scored_and_its_predictions_stand_beside_its_rows(harvest: Project, served: Any) -> None:
    scored = harvest.json("score", "local", "--file", "rows.csv")
    assert scored["execution"]["status"] == "Succeeded"
    (uri,) = scored["objects"]
    assert uri.startswith(scored["output_uri"])
    rows = (harvest.directory / "rows.csv").read_text().splitlines()
    lines = _content(harvest, uri).splitlines()
    assert [line[: len(row)] for line, row in zip(lines, rows, strict=True)] == rows
    assert all(len(line.split(",")) > len(row.split(",")) for line, row in zip(lines, rows, strict=True))
    assert harvest.json("status", "local")["last_batch"]["id"] == scored["execution"]["id"]


def test_new_data_is_scored_by_itself(harvest: Project, served: Any) -> None:
    bucket = harvest.json("up", "local")["outputs"]["data_bucket"]
    s3 = harvest.client("s3")
    s3.upload_file(str(harvest.directory / "rows.csv"), bucket, "incoming/monday.csv")
    deadline = time.monotonic() + 60
    while not (found := _predictions(s3, bucket, "monday.csv.out")):
        assert time.monotonic() < deadline
        time.sleep(0.3)
    assert len(_content(harvest, f"s3://{bucket}/{found[0]}").splitlines()) > 1
    # A batch by hand scores all of the source.
    scored = harvest.json("score", "local")
    assert [each.rpartition("/")[2] for each in scored["objects"]] == ["monday.csv.out"]


def _predictions(s3: Any, bucket: str, name: str) -> list[str]:
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"predictions/{PIPELINE}/").get("Contents", [])
    return [each["Key"] for each in listed if each["Key"].endswith(name)]


def test_what_cannot_be_scored_is_told(harvest: Project, served: Any) -> None:
    (harvest.directory / "wrong.csv").write_text("rain\n")
    failed = harvest.json("score", "local", "--file", "wrong.csv", exit_code=1)
    assert failed["execution"]["status"] == "Failed"
    assert failed["objects"] == []
    assert "A row has 1 values" in failed["error"]["message"]
    assert "is no S3 address" in harvest.mlstack("score", "local", "--input", "incoming/", exit_code=2).stderr
    started = harvest.json("score", "local", "--file", "rows.csv", "--detach")
    attached = harvest.json("score", "local", "--attach", started["execution"]["id"])
    assert attached["output_uri"] == started["output_uri"]


def test_a_release_exchanges_the_model_and_a_rollback_brings_the_former_back(harvest: Project, served: Any) -> None:
    version = _train(harvest)
    released = harvest.json("release", "local")
    assert (released["version"], released["changed"]) == (version, True)
    assert len(released["swept"]["models"]) == 1
    back = harvest.json("models", "rollback")
    assert back["model_package_arn"] == served["model_package_arn"]
    assert harvest.json("score", "local", "--file", "rows.csv")["execution"]["status"] == "Succeeded"
    assert harvest.json("up", "local")["changes"] == []


def test_the_schedule_is_a_rule_that_may_start_the_pipeline(harvest: Project, served: Any) -> None:
    events = harvest.client("events")
    rules = {each["ScheduleExpression"]: each for each in events.list_rules()["Rules"] if "ScheduleExpression" in each}
    (target,) = events.list_targets_by_rule(Rule=rules["cron(0 6 ? * MON-FRI *)"]["Name"])["Targets"]
    assert target["Arn"].endswith(f":pipeline/{PIPELINE}")
    role = target["RoleArn"].rpartition("/")[2]
    (policy,) = harvest.client("iam").list_role_policies(RoleName=role)["PolicyNames"]
    document = harvest.client("iam").get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    assert [each["Resource"] for each in document["Statement"]] == [[target["Arn"]]]
