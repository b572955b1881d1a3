"""What each command says when there is nothing yet; the project here is one of its own, never provisioned."""

from pathlib import Path

import pytest

from .conftest import Project


@pytest.fixture(scope="module")
def bare(machine: Project) -> Project:
    return machine.project("bare")


@pytest.mark.parametrize(
    "command",
    [
        ("run",),
        ("logs",),
        ("release",),
        ("models", "list"),
        ("models", "show"),
        ("models", "approve"),
        ("models", "reject"),
        ("models", "rollback"),
        ("invoke", "--file", "sample.csv"),
    ],
)
def test_an_environment_that_is_not_up(bare: Project, command: tuple[str, ...]) -> None:
    said = bare.mlstack(*command, exit_code=1).stderr
    assert "The environment `local` is not up." in said
    assert "mlstack up local" in said
    assert "Traceback" not in said


def test_status_answers_all_the_same(bare: Project) -> None:
    assert bare.json("status", "local") == {"environment": "local", "up": False}


def test_errors_for_scripts(bare: Project) -> None:
    assert bare.json("models", "list", exit_code=1)["error"]["code"] == "not-up"


def test_an_environment_that_mlstack_yaml_lacks(bare: Project) -> None:
    said = bare.mlstack("status", "porduction", exit_code=2).stderr
    assert "porduction" in said


def test_outside_a_project(project: Project, tmp_path: Path) -> None:
    nowhere = Project(tmp_path, project.home, project.variables)
    assert "There is no mlstack.yaml" in nowhere.mlstack("run", exit_code=2).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("invoke", "--file", "nothing.csv"), "nothing.csv cannot be read"),
        (("invoke", "--file", "README.md"), "content type of README.md is not known"),
        (("run", "--attach", "last", "--detach"), "stand alone"),
        (("logs", "--endpoint", "--step", "train"), "belongs to no step"),
    ],
)
def test_wrong_usage_calls_nothing(bare: Project, arguments: tuple[str, ...], said: str) -> None:
    assert said in bare.mlstack(*arguments, exit_code=2).stderr
