"""Data from a folder and from pushed versions, through a real training run."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import Project


@pytest.fixture(scope="module")
def yearly(up: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's data, a file a year."""
    header, *rows = (up.directory / "data" / "weather.csv").read_text().splitlines()
    folder = tmp_path_factory.mktemp("data") / "yearly"
    for year in ("2012", "2013", "2014", "2015"):
        (folder / year).mkdir(parents=True)
        kept = [row for row in rows if row.startswith(year)]
        (folder / year / "weather.csv").write_text("\n".join([header, *kept]) + "\n")
    return folder


@pytest.fixture
def from_folder(up: Project, yearly: Path) -> Iterator[Project]:
    """The project with a folder as its data, put back after the test."""
    spec = up.directory / "mlstack.yaml"
    kept = spec.read_text()
    shutil.copytree(yearly, up.directory / "yearly")
    spec.write_text(kept.replace("source: data/weather.csv", "source: yearly"))
    yield up
    spec.write_text(kept)
    shutil.rmtree(up.directory / "yearly")
    up.mlstack("up", "local")


def _keys(project: Project, prefix: str) -> list[str]:
    bucket = next(b["Name"] for b in project.client("s3").list_buckets()["Buckets"] if "-data-" in b["Name"])
    listed = project.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return [each["Key"].removeprefix(prefix) for each in listed]


def test_a_pushed_version_is_trained_on_and_kept_with_the_model(up: Project, yearly: Path) -> None:
    pushed = up.json("data", "push", "local", str(yearly), "--name", "weather")
    assert (pushed["new"], pushed["files"], pushed["sent"]) == (True, 4, 4)
    again = up.json("data", "push", "local", str(yearly), "--name", "weather")
    assert (again["new"], again["sent"], again["version"]) == (False, 0, pushed["version"])
    assert [each["version"] for each in up.json("data", "list", "local")] == [pushed["version"]]
    shown = up.json("data", "show", "local", f"weather@{pushed['version'][:8]}")
    assert [each["path"] for each in shown["contents"]] == [f"{year}/weather.csv" for year in range(2012, 2016)]
    results = up.json("run", "local", "--data", "weather")
    model: Any = up.json("models", "show", str(results["model"]["version"]))
    assert model["metadata"]["data_uri"] == pushed["uri"]
    assert f"weather@{pushed['version'][:12]}" in up.mlstack("models", "show").stdout
    said = up.mlstack("run", "local", "--data", "wether", exit_code=2).stderr
    assert "no dataset `wether`" in said
    both = up.mlstack("run", "local", "--data", "weather", "--set", "DataUri=s3://a/b", exit_code=2).stderr
    assert "Leave one of them out" in both


def test_a_folder_is_pushed_by_up_and_what_changed_by_run(from_folder: Project) -> None:
    project = from_folder
    outputs = json.loads(project.mlstack("up", "local", "--json").stdout)["outputs"]
    prefix = outputs["data_uri"].split("/", 3)[3]
    assert _keys(project, prefix) == [f"{year}/weather.csv" for year in range(2012, 2016)]
    unchanged = project.json("up", "local")
    assert unchanged["changes"] == []
    file = project.directory / "yearly" / "2012" / "weather.csv"
    file.write_text("\n".join(file.read_text().splitlines()[:-1]) + "\n")
    ended = project.mlstack("run", "local")
    assert "yearly changed since the last update: uploaded." in ended.stderr
    uri = project.json("models", "show")["metadata"]["data_uri"]
    assert uri != outputs["data_uri"]
    assert len(_keys(project, uri.split("/", 3)[3])) == 4


def test_a_prefix_of_another_bucket_is_read_with_the_rights_for_it_alone(up: Project, yearly: Path) -> None:
    """The job's own role reads it: what lies beside the prefix is denied, and without the rights the prefix is, too."""
    s3 = up.client("s3")
    s3.create_bucket(Bucket="lake-of-others")
    for file in yearly.rglob("*.csv"):
        s3.upload_file(str(file), "lake-of-others", f"raw/{file.relative_to(yearly).as_posix()}")
    s3.put_object(Bucket="lake-of-others", Key="raw-of-others/weather.csv", Body=b"secret")
    spec = up.directory / "mlstack.yaml"
    kept = spec.read_text()
    denied = up.mlstack("run", "local", "--set", "DataUri=s3://lake-of-others/raw/", exit_code=1).stderr
    assert "s3:ListBucket" in denied or "s3:GetObject" in denied
    spec.write_text(kept.replace("source: data/weather.csv", "source: s3://lake-of-others/raw/"))
    up.mlstack("up", "local")
    try:
        results = up.json("run", "local")
        assert up.json("models", "show", str(results["model"]["version"]))["metadata"]["data_uri"] == (
            "s3://lake-of-others/raw/"
        )
        beside = up.mlstack("run", "local", "--set", "DataUri=s3://lake-of-others/raw-of-others/", exit_code=1).stderr
        assert "s3:ListBucket" in beside or "s3:GetObject" in beside
    finally:
        spec.write_text(kept)
        up.mlstack("up", "local")
