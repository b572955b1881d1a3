"""`mlstack plan` says what an environment consists of, or what would change, and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import boto3

    from .conftest import Weather

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("up-and-destroy"),
]


@pytest.fixture
def spec(weather: Weather) -> Any:
    """Changes mlstack.yaml for one test."""
    file = weather.directory / "mlstack.yaml"
    before = file.read_text()

    def change(old: str, new: str) -> None:
        assert old in before
        file.write_text(before.replace(old, new))

    yield change
    file.write_text(before)


def test_an_environment_that_is_not_up_is_shown_as_a_tree(weather: Weather, aws: boto3.Session) -> None:
    ended = weather.mlstack("plan", "local")
    lines = ended.stdout.splitlines()
    assert lines[:2] == ["storms in local (account 000000000000, us-east-1)", "└─ mlstack:stacks:Project  storms"]
    assert any(line.endswith("aws:sagemaker:Pipeline  storms-local-pipeline") for line in lines)
    assert "The endpoint follows with the first released model version" in lines[-2]
    assert "The local cloud bills nothing" in lines[-1]
    assert not [b for b in aws.client("s3").list_buckets()["Buckets"] if b["Name"].startswith("storms-")]
    state = Path(weather.variables["MLSTACK_HOME"]) / "local" / "state" / ".pulumi" / "stacks" / "storms"
    assert not (state / "local.json").exists()


def test_a_script_reads_json(weather: Weather) -> None:
    plan = weather.json("plan", "local")
    assert (plan["mode"], plan["project"], plan["environment"]) == ("check", "storms", "local")
    kinds = {resource["type"] for resource in plan["resources"]}
    assert {"aws:sagemaker/endpoint:Endpoint", "aws:s3/bucket:Bucket", "mlstack:stacks:Project"} <= kinds
    assert plan["outputs"]["pipeline_name"] == "storms-local"
    assert {warning["rule"] for warning in plan["warnings"]} <= {"python_version", "package_versions"}


def test_what_is_up_is_previewed_by_the_engine(weather: Weather, spec: Any) -> None:
    weather.mlstack("up", "local")
    assert weather.json("plan", "local")["changes"] == []
    spec("max_depth: 6", "max_depth: 7")
    plan = weather.json("plan", "local")
    assert plan["mode"] == "preview"
    assert [(c["operation"], c["urn"].rsplit("::", 1)[-1]) for c in plan["changes"]] == [
        ("update", "storms-local-pipeline")
    ]
    shown = weather.mlstack("plan", "local").stdout
    assert "~ aws:sagemaker:Pipeline storms-local-pipeline" in shown
    assert "1 to update" in shown
    assert weather.json("plan", "local")["changes"] == plan["changes"], "a plan changes nothing"
    assert weather.json("plan", "local", "--check")["mode"] == "check"


def test_the_cost_of_what_is_up_is_compared_with_what_is_deployed(weather: Weather, spec: Any) -> None:
    weather.mlstack("up", "local")
    cost = weather.json("plan", "local", "--cost")["cost"]
    compared = {line["resource"].removeprefix("storms-local-"): line["difference"] for line in cost["lines"]}
    # The endpoint waits for a release, so it is all that is planned and not deployed.
    assert {name for name, difference in compared.items() if difference} == {"endpoint"}
    assert cost["difference"] == pytest.approx(83.95)
    assert cost["deployed"] == pytest.approx(cost["monthly"] - 83.95)
    spec("entry_point: src/train.py", "entry_point: src/train.py\n    volume_size_gb: 60")
    lines = weather.json("plan", "local", "--cost")["cost"]["lines"]
    disk = next(line for line in lines if line["part"] == "train: disk")
    assert (disk["deployed"], disk["difference"]) == (pytest.approx(30 * 5 * 0.14 / 730, abs=1e-6),) * 2


def test_a_wrong_specification_is_told_whole(weather: Weather, spec: Any) -> None:
    spec("approval: manual", "aproval: manual\n  images: 3")
    ended = weather.mlstack("plan", "local", exit_code=2)
    assert ended.stdout == ""
    assert 'registry.aproval: unknown key. Did you mean "approval"?' in ended.stderr
    assert "registry.images: must be true or false, not a whole number." in ended.stderr
    assert "Traceback" not in ended.stderr
    error = weather.json("plan", "local", exit_code=2)["error"]
    assert error["code"] == "spec"
    assert [problem["key"] for problem in error["problems"]] == ["registry.aproval", "registry.images"]


def test_an_unknown_environment_is_told(weather: Weather) -> None:
    ended = weather.mlstack("plan", "locl", exit_code=2)
    assert 'mlstack.yaml has no environment "locl"' in ended.stderr
    assert 'Did you mean "local"?' in ended.stderr


def test_a_failing_program_is_shown_by_its_own_lines(weather: Weather) -> None:
    program = weather.directory / "infra" / "__main__.py"
    before = program.read_text()
    program.write_text(before + "\nmissing\n")
    try:
        ended = weather.mlstack("plan", "local", "--check", exit_code=1)
    finally:
        program.write_text(before)
    assert "NameError: name 'missing' is not defined" in ended.stderr
    assert "runpy" not in ended.stderr


def test_what_breaks_a_rule_of_security_is_told_also_of_resources_of_ones_own(weather: Weather) -> None:
    program = weather.directory / "infra" / "__main__.py"
    before = program.read_text()
    program.write_text(before + "\nimport pulumi_aws\npulumi_aws.s3.Bucket('mine')\n")
    try:
        plan = weather.json("plan", "local", "--check")
    finally:
        program.write_text(before)
    told = {each["rule"]: each["message"] for each in plan["warnings"]}
    assert {"buckets_closed", "buckets_encrypted", "buckets_kept"} <= told.keys()
    assert told["buckets_encrypted"] == "mine (aws:s3:Bucket) is not encrypted with a key of the project."


def test_the_schema_is_printed_for_editors(weather: Weather) -> None:
    schema = json.loads(weather.mlstack("schema").stdout)
    assert schema["title"] == "mlstack.yaml"
    assert schema["properties"]["steps"]
