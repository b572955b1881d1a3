from pathlib import Path
from typing import Any

import pytest

from .conftest import Project

POINTER = "/mlstack/weather/local/release/model-package-arn"


def _pointer(project: Project) -> str:
    return str(project.client("ssm").get_parameter(Name=POINTER)["Parameter"]["Value"])


def _train(project: Project) -> str:
    """Train, register and approve one more version."""
    version = str(project.json("run", "local")["model"]["version"])
    project.mlstack("models", "approve", version, "--reason", "for the test")
    return version


def test_the_endpoint_serves_the_released_version(up: Project, first_run: Any, released: Any) -> None:
    assert released["changed"] is True
    assert released["model_package_arn"] == first_run["model"]["arn"] == _pointer(up)
    sagemaker = up.client("sagemaker")
    endpoint = sagemaker.describe_endpoint(EndpointName=released["endpoint"]["name"])
    assert endpoint["EndpointStatus"] == "InService"
    configuration = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    model = sagemaker.describe_model(ModelName=configuration["ProductionVariants"][0]["ModelName"])
    assert model["PrimaryContainer"]["ModelPackageName"] == first_run["model"]["arn"]


@pytest.mark.usefixtures("released")
def test_after_a_release_up_changes_nothing(up: Project) -> None:
    assert up.json("up", "local")["changes"] == []


@pytest.mark.usefixtures("released")
def test_released_again_changes_nothing(up: Project) -> None:
    assert up.json("release", "local")["changed"] is False


@pytest.mark.usefixtures("released")
def test_status_tells_what_is_live(up: Project, first_run: Any) -> None:
    status = up.json("status", "local")
    assert status["released"] == first_run["model"]["arn"]
    assert status["differences"] == []
    assert status["endpoint"]["variants"][0]["model_package_arn"] == first_run["model"]["arn"]
    assert [model["version"] for model in status["models"] if model["released"]] == [1]
    page = up.mlstack("status", "local").stdout
    assert "InService, serves model version 1" in page
    assert "released" in page


@pytest.mark.usefixtures("released")
def test_a_model_that_cannot_serve_is_undone(up: Project, source: Path) -> None:
    before, serving = _pointer(up), (source / "serve.py").read_text()
    (source / "serve.py").write_text('raise RuntimeError("the serving code is broken")\n')
    broken = _train(up)
    error = up.json("release", "local", exit_code=1)["error"]
    assert error["code"] == "release-failed"
    assert f"model version {broken}" in error["message"]
    status = up.json("status", "local")
    assert status["endpoint"]["status"] == "InService"
    assert status["endpoint"]["variants"][0]["model_package_arn"] == before == _pointer(up)
    assert up.mlstack("invoke", "local", "--file", "sample.csv").stdout
    assert "the serving code is broken" in up.mlstack("logs", "local", "--endpoint").stdout
    # Pointer, state and endpoint agree: nothing is left for a plain update to do.
    (source / "serve.py").write_text(serving)
    assert up.json("up", "local")["changes"] == []
    up.mlstack("models", "reject", broken)
    assert up.json("release", "local")["changed"] is False


@pytest.mark.usefixtures("released")
def test_the_next_version_and_the_way_back(up: Project) -> None:
    before = _pointer(up)
    version = _train(up)
    released = up.json("release", "local")
    assert (released["version"], released["model_package_arn_before"]) == (int(version), before)
    assert len(up.client("sagemaker").list_models()["Models"]) == 1
    back = up.json("models", "rollback")
    assert back["model_package_arn"] == before == _pointer(up)
    assert up.json("models", "show", version)["approval"] == "rejected"
    assert up.json("release", "local")["changed"] is False


@pytest.mark.usefixtures("released")
def test_a_version_that_is_not_approved_is_refused(up: Project) -> None:
    version = str(up.json("run", "local")["model"]["version"])
    said = up.mlstack("release", "local", "--version", version, exit_code=1).stderr
    assert f"Model version {version} is pending." in said
    assert f"mlstack models approve {version}" in said
    up.mlstack("models", "reject", version, "--reason", "not needed")
    described = up.json("models", "show", version)
    assert described["approval"] == "rejected"
    assert described["approval_description"].endswith("not needed")
