"""Further versions behind the endpoint: released, asked, told, taken away, and put back where they can't serve."""

from pathlib import Path
from typing import Any

import pytest

from .conftest import Project


@pytest.fixture(scope="module")
def compared(machine: Project) -> Project:
    """A project of its own on the same local cloud, with two approved versions, of which the first is released."""
    made = machine.project("compared")
    file = made.directory / "mlstack.yaml"
    text = file.read_text()
    assert "\n  kind: realtime\n" in text
    file.write_text(
        text.replace("\n  kind: realtime\n", "\n  kind: realtime\n  variants: {challenger: {percent: 30}}\n")
    )
    made.mlstack("up", "local")
    for depth in (6, 7):
        version = made.json("run", "local", "--set", f"max_depth={depth}")["model"]["version"]
        made.mlstack("models", "approve", str(version))
    made.mlstack("release", "local", "--version", "1")
    return made


def _further(project: Project) -> dict[str, Any]:
    status = project.json("status", "local")
    assert status["differences"] == []
    variants = status["endpoint"]["variants"]
    assert variants[0]["model_package_arn"] == status["released"]
    return {each["name"]: (each["model_package_arn"].rsplit("/", 1)[-1], each["shadow"]) for each in variants[1:]}


def test_a_variant_is_released_asked_and_taken_away(compared: Project) -> None:
    assert _further(compared) == {}
    waits = "a released model version (`mlstack release local --variant challenger`)"
    assert compared.json("status", "local")["variants_wait_for"] == {"challenger": waits}
    assert "challenger: waits for a released model version" in compared.mlstack("status", "local").stdout
    released = compared.json("release", "local", "--variant", "challenger")
    assert compared.json("status", "local")["variants_wait_for"] == {}
    assert (released["version"], released["changed"]) == (2, True)
    assert _further(compared) == {"challenger": ("2", False)}
    assert (
        "challenger: model version 2 answers 30 % of the calls, 1 instance"
        in compared.mlstack("status", "local").stdout
    )
    asked = compared.json("invoke", "local", "--file", "sample.csv", "--variant", "challenger")
    assert asked["variant"] == "challenger"
    assert compared.json("up", "local")["changes"] == []
    assert compared.json("release", "local", "--variant", "challenger")["changed"] is False
    said = compared.mlstack("models", "reject", "2").stdout
    assert "still the endpoint's challenger. Next: mlstack release local --variant challenger --remove" in said
    compared.mlstack("models", "approve", "2")
    # The endpoint's own version moves, and the variant stays.
    compared.mlstack("release", "local")
    assert _further(compared) == {"challenger": ("2", False)}
    compared.mlstack("release", "local", "--version", "1")
    compared.mlstack("release", "local", "--variant", "challenger", "--remove")
    assert _further(compared) == {}
    assert len(compared.client("sagemaker").list_models(NameContains="compared")["Models"]) == 1
    refused = compared.mlstack("invoke", "local", "--file", "sample.csv", "--variant", "challenger", exit_code=1)
    assert "has no such variant" in refused.stderr


def test_a_shadow_gets_the_calls_and_a_broken_one_is_undone(compared: Project) -> None:
    file = compared.directory / "mlstack.yaml"
    file.write_text(file.read_text().replace("variants: {challenger: {percent: 30}}", "shadow: {percent: 100}"))
    compared.mlstack("up", "local")
    compared.mlstack("release", "local", "--variant", "shadow")
    assert _further(compared) == {"shadow": ("2", True)}
    assert compared.json("invoke", "local", "--file", "sample.csv")["variant"] == "AllTraffic"
    serve = Path(compared.directory / "src" / "serve.py")
    serve.write_text('raise RuntimeError("the serving code is broken")\n')
    broken = str(compared.json("run", "local")["model"]["version"])
    compared.mlstack("models", "approve", broken)
    error = compared.json("release", "local", "--variant", "shadow", exit_code=1)["error"]
    assert error["code"] == "release-failed"
    assert _further(compared) == {"shadow": ("2", True)}
    compared.mlstack("release", "local", "--variant", "shadow", "--remove")
    assert _further(compared) == {}


def test_what_mlstack_yaml_has_not_is_refused(compared: Project) -> None:
    refused = compared.mlstack("release", "local", "--variant", "old", exit_code=2)
    assert "`local` has no variant old." in refused.stderr
    refused = compared.mlstack("release", "local", "--remove", exit_code=2)
    assert "--remove takes --variant" in refused.stderr
