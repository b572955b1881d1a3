"""Environments going up and down, with the real engine on the real local cloud.

The tests build on each other's environment in the order of the file, but each brings up what it needs.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mlstack.infrastructure.remains import LOOKS, PARTS

if TYPE_CHECKING:
    import boto3

    from .conftest import Weather

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("up-and-destroy"),
]


def _state_file(weather: Weather) -> Path:
    return Path(weather.variables["MLSTACK_HOME"]) / "local" / "state" / ".pulumi" / "stacks" / "storms" / "local.json"


def _resources(weather: Weather) -> list[dict[str, Any]]:
    resources: list[dict[str, Any]] = json.loads(_state_file(weather).read_text())["checkpoint"]["latest"]["resources"]
    return resources


@pytest.fixture
def outputs(weather: Weather) -> dict[str, Any]:
    found: dict[str, Any] = weather.json("up", "local")["outputs"]
    return found


def test_what_is_up_stays_as_it_is(weather: Weather, outputs: dict[str, Any]) -> None:
    assert outputs["account"] == "000000000000"
    again = weather.json("up", "local")
    assert again["changes"] == []
    assert again["unchanged"] == len(_resources(weather)) - 2, "all but the stack and its provider"
    assert again["outputs"] == outputs
    assert weather.mlstack("up", "local").stdout.startswith("local is up: ")


def test_plain_pulumi_sees_no_change_either(weather: Weather, outputs: dict[str, Any]) -> None:
    program = 'eval "$("$PYTHON" -m mlstack local env)" && cd infra && pulumi up -s local --yes --expect-no-changes'
    ended = weather.run("bash", "-c", program)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_what_was_deleted_or_changed_by_hand_is_put_back(
    weather: Weather, outputs: dict[str, Any], aws: boto3.Session
) -> None:
    sagemaker, s3 = aws.client("sagemaker"), aws.client("s3")
    sagemaker.delete_pipeline(PipelineName=outputs["pipeline_name"], ClientRequestToken="0" * 32)
    s3.put_bucket_versioning(Bucket=outputs["data_bucket"], VersioningConfiguration={"Status": "Suspended"})
    changes = {
        change["urn"].rsplit("::", 1)[-1]: change["operation"] for change in weather.json("up", "--refresh")["changes"]
    }
    assert set(changes) >= {"storms-local-pipeline", "storms-local-data-versioning"}
    assert sagemaker.describe_pipeline(PipelineName=outputs["pipeline_name"])["PipelineStatus"] == "Active"
    assert s3.get_bucket_versioning(Bucket=outputs["data_bucket"])["Status"] == "Enabled"
    assert weather.json("up", "--refresh")["changes"] == []


@pytest.mark.usefixtures("outputs")
def test_a_mistake_in_the_specification_calls_nothing(weather: Weather, tmp_path: Path) -> None:
    file = weather.directory / "mlstack.yaml"
    before, state = file.read_text(), _state_file(weather).read_text()
    variables = {**weather.variables, "MLSTACK_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    try:
        file.write_text(before.replace("serving:", "servign:"))
        ended = type(weather)(weather.directory, variables).mlstack("up", "local", exit_code=2)
    finally:
        file.write_text(before)
    assert "mlstack.yaml:" in ended.stderr
    assert "serving" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "home").exists()
    assert _state_file(weather).read_text() == state


def test_a_cloud_environment_is_refused_in_a_local_shell(weather: Weather) -> None:
    file = weather.directory / "mlstack.yaml"
    before = file.read_text()
    try:
        file.write_text(
            before.replace("environments:", 'environments:\n  prod: {account: "222222222222", region: eu-west-1}', 1)
        )
        ended = weather.run("bash", "-c", 'eval "$("$PYTHON" -m mlstack local env)" && mlstack up prod --yes')
    finally:
        file.write_text(before)
    assert ended.returncode == 2
    assert "points at the local cloud" in ended.stderr


def test_a_lost_state_makes_no_second_environment(
    weather: Weather, outputs: dict[str, Any], aws: boto3.Session
) -> None:
    buckets = aws.client("s3").list_buckets()["Buckets"]
    settings = weather.directory / "infra" / "Pulumi.local.yaml"
    before = settings.read_bytes()
    aside = _state_file(weather).rename(_state_file(weather).with_suffix(".aside"))
    try:
        ended = weather.mlstack("up", "local", exit_code=1)
        assert not _state_file(weather).exists()
        assert settings.read_bytes() == before
        # As an update leaves it that is killed while it makes the stack.
        weather.run("bash", "-c", 'eval "$("$PYTHON" -m mlstack local env)" && cd infra && pulumi stack init local')
        assert _state_file(weather).exists()
        weather.mlstack("up", "local", exit_code=1)
    finally:
        aside.rename(_state_file(weather))
        settings.write_bytes(before)
    assert "is in the cloud already" in ended.stderr
    assert outputs["pipeline_name"] in ended.stderr
    assert aws.client("s3").list_buckets()["Buckets"] == buckets


def test_data_is_not_deleted_without_a_word(weather: Weather, outputs: dict[str, Any], aws: boto3.Session) -> None:
    aws.client("s3").put_object(Bucket=outputs["data_bucket"], Key="mine/labels.csv", Body=b"1")
    # A deleted object's versions are data, too.
    aws.client("s3").put_object(Bucket=outputs["artifact_bucket"], Key="mine/gone", Body=b"1")
    aws.client("s3").delete_object(Bucket=outputs["artifact_bucket"], Key="mine/gone")
    group = outputs["model_package_group_name"]
    aws.client("sagemaker").create_model_package(ModelPackageGroupName=group, ModelPackageDescription="mine")
    state = _state_file(weather).read_text()
    error = weather.json("destroy", "local", "--yes", exit_code=1)["error"]
    assert error["code"] == "holds-data"
    for held in (
        f"bucket {outputs['data_bucket']}: 1 object",
        f"bucket {outputs['artifact_bucket']}: 1 object",
        f"model group {group}: 1 version",
    ):
        assert held in error["message"]
    assert "--delete-data" in error["next_step"]
    assert _state_file(weather).read_text() == state
    assert aws.client("s3").get_object(Bucket=outputs["data_bucket"], Key="mine/labels.csv")["Body"].read() == b"1"
    assert weather.json("up", "local")["changes"] == []


def test_destroy_asks(weather: Weather, outputs: dict[str, Any]) -> None:
    assert "--yes" in weather.mlstack("destroy", "local", "--delete-data", exit_code=2).stderr
    assert weather.json("up", "local")["changes"] == []


def test_every_type_is_looked_for_when_it_is_gone(weather: Weather, outputs: dict[str, Any]) -> None:
    types = {each["type"] for each in _resources(weather) if each.get("custom")}
    assert types
    assert {each for each in types if each.startswith("aws:")} <= LOOKS.keys() | PARTS


def test_destroy_leaves_nothing(weather: Weather, outputs: dict[str, Any], aws: boto3.Session) -> None:
    aws.client("ssm").put_parameter(
        Name=f"{outputs['release_parameter_path']}/model-package-arn", Value="arn:x", Type="String", Overwrite=True
    )
    aws.client("s3").put_object(Bucket=outputs["data_bucket"], Key="mine/labels.csv", Body=b"1")
    made = _resources(weather)
    destroyed = weather.json("destroy", "local", "--delete-data", "--yes")
    assert destroyed["left"] == []
    assert "KMS key" in destroyed["kept"][0], "it awaits its deletion"
    assert len(destroyed["deleted"]) == len(made) - 2
    # Not as the command says, but as the cloud does.
    names = [bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]]
    assert not [name for name in names if name.startswith("storms-")]
    assert not [role for role in aws.client("iam").list_roles()["Roles"] if role["RoleName"].startswith("storms-")]
    assert aws.client("ssm").get_parameters_by_path(Path="/mlstack/storms", Recursive=True)["Parameters"] == []
    assert not _state_file(weather).exists()
    # Once more is harmless, and the whole goes up again.
    assert weather.json("destroy", "local", "--yes")["deleted"] == []
    assert len(weather.json("up", "local")["changes"]) == len(made) - 2


def test_what_is_written_meanwhile_does_not_stop_it(
    weather: Weather, outputs: dict[str, Any], aws: boto3.Session
) -> None:
    written: list[str] = []

    def write_late() -> None:
        sagemaker, deadline = aws.client("sagemaker"), time.monotonic() + 120
        # The engine deletes it after everything was emptied and before the buckets.
        while outputs["pipeline_name"] in str(sagemaker.list_pipelines()) and time.monotonic() < deadline:
            time.sleep(0.01)
        aws.client("s3").put_object(Bucket=outputs["data_bucket"], Key="capture/late", Body=b"1")
        written.append("capture/late")

    made = _resources(weather)
    writer = threading.Thread(target=write_late)
    writer.start()
    destroyed = weather.json("destroy", "local", "--delete-data", "--yes")
    writer.join()
    assert written
    assert destroyed["left"] == []
    assert sorted(destroyed["deleted"]) == sorted(each["urn"] for each in made if "pulumi:" not in each["type"])
    weather.mlstack("up", "local")


def test_an_interrupted_destroy_is_finished_by_the_next(weather: Weather, outputs: dict[str, Any]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "mlstack", "destroy", "local", "--delete-data", "--yes"],
        cwd=weather.directory,
        env=weather.variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("  - aws:"):
            process.send_signal(signal.SIGINT)
            break
    said = process.stderr.read()
    assert process.wait() == 130
    assert "finishing what is in flight" in said
    assert "Run the same command again to go on." in said
    rest = len(_resources(weather))
    assert rest > 1, "it was interrupted too late to show anything"
    destroyed = weather.json("destroy", "local", "--delete-data", "--yes")
    assert destroyed["left"] == []
    assert 0 < len(destroyed["deleted"]) < rest
    assert not _state_file(weather).exists()
