"""`mlstack bootstrap`, as it is typed.

The account's clients are those of the local cloud: the command line refuses an endpoint of this machine for an
environment of an account, which is shown here, too.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from mlstack import main
from mlstack.cloud.aws import AwsSession
from mlstack.engine.backend import recorded_backend

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """
name: weather
environments:
  prod: {account: "222222222222", region: eu-west-1}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mlstack.yaml").write_text(SPEC)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "Pulumi.yaml").write_text("name: weather\nruntime: python\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def account(session: AwsSession, monkeypatch: pytest.MonkeyPatch) -> AwsSession:
    monkeypatch.setattr(AwsSession, "for_environment", lambda _: session)
    return session


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main.run(["bootstrap", *arguments])
    shown = capsys.readouterr()
    return int(ended.value.code or 0), shown.out, shown.err


def test_local_needs_none(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, "local")
    assert code == 0
    assert "`local` needs no bootstrap" in out


def test_a_dry_run_says_what_would_be_made_and_makes_nothing(
    project: Path, account: AwsSession, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = _run(capsys, "prod", "--dry-run")
    assert code == 0
    assert f"make    bucket mlstack-state-000000000000-{account.region}" in out
    assert f"make    key alias/mlstack/state/000000000000-{account.region}" in out
    assert "make    infra/Pulumi.prod.yaml: secrets provider" in out
    assert account.client("kms").list_keys()["Keys"] == []
    assert not (project / "infra" / "Pulumi.prod.yaml").exists()


def test_it_is_asked_for_first(project: Path, account: AwsSession, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = _run(capsys, "prod", "--no-packages")
    assert code == 2
    assert "Add --yes." in err
    assert account.client("kms").list_keys()["Keys"] == []


def test_the_project_uses_what_was_made(
    project: Path, account: AwsSession, wheels: Path, engine_archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--wheels", str(wheels), "--engine", str(engine_archive), "--architecture", "x86_64")
    code, out, _ = _run(capsys, "prod", "--yes", "--json", *given)
    assert code == 0
    made: dict[str, Any] = json.loads(out)
    recorded = recorded_backend(project / "infra", "prod")
    assert recorded is not None
    assert made["backend_url"] == recorded.url
    assert made["uploaded"] > 0
    kept = made["packages"].removeprefix(f"s3://{made['bucket']}/")
    manifest = account.client("s3").get_object(Bucket=made["bucket"], Key=f"{kept}manifest.json")["Body"].read()
    assert json.loads(manifest)["platform"] == "linux/x86_64"
    code, out, _ = _run(capsys, "prod", "--json", *given)
    assert code == 0
    again = json.loads(out)
    assert {step["change"] for step in again["steps"]} == {"none"}
    assert (again["uploaded"], again["packages"]) == (0, made["packages"])


def test_without_a_network_the_state_is_made_and_the_packages_fail_with_one_message(
    project: Path, account: AwsSession, capsys: pytest.CaptureFixture[str], tmp_path: Path, engine_archive: Path
) -> None:
    (tmp_path / "empty").mkdir()
    given = ("--wheels", str(tmp_path / "empty"), "--engine", str(engine_archive), "--architecture", "x86_64")
    code, _, err = _run(capsys, "prod", "--yes", *given)
    assert code == 1
    assert "The packages could not be collected" in err
    assert "--no-packages" in err
    assert recorded_backend(project / "infra", "prod") is not None
    assert _run(capsys, "prod", "--no-packages")[0] == 0


def test_an_unknown_architecture_is_a_users_mistake(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = _run(capsys, "prod", "--architecture", "sparc")
    assert code == 2
    assert "x86_64, aarch64" in err


def test_a_shell_on_the_local_cloud_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    code, _, err = _run(capsys, "prod", "--yes")
    assert code == 2
    assert "mlstack local env" in err
