"""Two models in one project: each is run, released and asked by its name, and neither touches the other."""

from copy import deepcopy
from typing import Any

import pytest
import yaml

from .conftest import Project
from .plain_pulumi import pulumi

PARTS = ("data", "steps", "registry", "serving", "monitoring")


@pytest.fixture(scope="module")
def models(machine: Project) -> Project:
    """A project with the template's model twice, the second one without monitors."""
    made = machine.project("models")
    file = made.directory / "mlstack.yaml"
    document = yaml.safe_load(file.read_text())
    model = {part: document.pop(part) for part in PARTS if part in document}
    document["models"] = {
        "rain": model,
        "sun": {part: deepcopy(model[part]) for part in ("data", "steps", "registry", "serving")},
    }
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    waits = made.mlstack("up", "local").stdout
    assert "The endpoint of sun waits: a released model version (`mlstack release local --model sun`)" in waits
    return made


def _endpoints(project: Project) -> dict[str, str]:
    found = project.client("sagemaker").list_endpoints(NameContains="models-local")["Endpoints"]
    return {each["EndpointName"]: each["EndpointStatus"] for each in found}


def _release(project: Project, model: str) -> Any:
    version = str(project.json("run", "local", "--model", model)["model"]["version"])
    approved = project.mlstack("models", "approve", version, "--model", model).stdout
    assert f"Next: mlstack release local --model {model}" in approved
    return project.json("release", "local", "--model", model)


def test_each_model_is_run_released_and_asked_by_its_name(models: Project) -> None:
    unnamed = models.mlstack("run", "local", exit_code=2)
    assert "rain, sun" in unnamed.stderr
    assert _release(models, "rain")["endpoint"]["name"] == "models-local--rain"
    assert _endpoints(models) == {"models-local--rain": "InService"}
    assert _release(models, "sun")["version"] == 1
    assert _endpoints(models) == {"models-local--rain": "InService", "models-local--sun": "InService"}
    for model in ("rain", "sun"):
        asked = models.json("invoke", "local", "--model", model, "--file", "sample.csv")
        assert asked["endpoint"] == f"models-local--{model}"
        assert asked["predictions"]
    status = models.json("status", "local")["models"]
    assert {name: each["differences"] for name, each in status.items()} == {"rain": [], "sun": []}
    page = models.mlstack("status", "local").stdout
    assert "Model rain" in page
    assert "Model sun" in page
    assert models.json("data", "list", "local") == [], "of all models, whose data was not pushed"
    assert models.json("data", "list", "local", "--model", "rain") == []
    pushed = models.json("data", "push", "local", "--model", "rain")
    models.mlstack("data", "push", "local", "README.md", "--name", "other", "--model", "rain")
    assert {each["name"] for each in models.json("data", "list", "local")} == {"other", pushed["name"]}
    assert [each["name"] for each in models.json("data", "list", "local", "--model", "rain")] == [pushed["name"]]
    assert models.json("data", "show", "local", "--model", "sun")["version"] == pushed["version"]
    assert models.json("up", "local")["changes"] == []
    pulumi(models, "up -s local --yes --skip-preview --refresh --expect-no-changes")


def test_a_rollback_of_one_leaves_the_other(models: Project) -> None:
    def configurations() -> dict[str, str]:
        sagemaker = models.client("sagemaker")
        return {
            name: sagemaker.describe_endpoint(EndpointName=name)["EndpointConfigName"] for name in _endpoints(models)
        }

    before = configurations()
    assert _release(models, "rain")["version"] == 2
    assert models.json("models", "rollback", "--model", "rain")["version"] == 1
    after = configurations()
    assert after["models-local--sun"] == before["models-local--sun"]
    assert after["models-local--rain"] != before["models-local--rain"]
    assert [each["version"] for each in models.json("models", "list", "--model", "sun")] == [1]


def test_nothing_is_left_of_any(models: Project) -> None:
    assert models.json("destroy", "local", "--yes", "--delete-data")["left"] == []
    assert _endpoints(models) == {}
