"""What the engine runs with, and where it refuses to run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mlstack.engine import find
from mlstack.engine.environment import (
    LocalEndpointError,
    check_account,
    engine_environment,
    local_variables,
    refuse_local_endpoint,
)
from mlstack_components.errors import UserError
from mlstack_localcloud.control import client_environment

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def engine(tmp_path: Path, fake_pulumi: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    executable = fake_pulumi(tmp_path / "path", "3.300.0")
    monkeypatch.setenv("PATH", str(executable.parent), prepend=os.pathsep)
    return executable


def _refuse_real_cloud(variables: dict[str, str]) -> None:
    assert variables["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "PULUMI_ACCESS_TOKEN"} & variables.keys()


def test_a_local_environment_takes_nothing_of_the_shells(mlstack_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_PROFILE": "prod",
        "AWS_SESSION_TOKEN": "x",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "PULUMI_BACKEND_URL": "s3://prod-state",
        "PULUMI_ACCESS_TOKEN": "pul-x",
        "PULUMI_CONFIG_PASSPHRASE": "prod",
        "HOME_OF_MINE": "kept",
    }.items():
        monkeypatch.setenv(name, value)
    variables = engine_environment("local")
    _refuse_real_cloud(variables)
    assert variables["PULUMI_BACKEND_URL"] == (mlstack_home / "local" / "state").as_uri()
    assert variables["PULUMI_PYTHON_CMD"] == sys.executable
    assert "PULUMI_CONFIG_PASSPHRASE" not in variables
    assert variables["HOME_OF_MINE"] == "kept"


def test_local_variables_are_those_of_the_local_cloud_and_more(mlstack_home: Path) -> None:
    variables = local_variables(find.find())
    assert client_environment(mlstack_home).items() <= variables.items()
    assert str(variables["PULUMI_DEBUG_PROVIDERS"]).startswith("aws:")


def test_the_variables_of_another_account_have_its_keys(mlstack_home: Path) -> None:
    account = "222222222222"
    own, other = local_variables(None), local_variables(None, account)
    differing = {name for name in own if own[name] != other[name]}
    assert differing == {"AWS_ACCOUNT_ID", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}
    keys = [Path(str(each["AWS_SHARED_CREDENTIALS_FILE"])).read_text() for each in (own, other)]
    assert keys[0] != keys[1]


def test_another_environment_of_the_local_cloud_takes_nothing_of_the_shells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://prod-state")
    variables = engine_environment("staging", "eu-west-1", "222222222222")
    _refuse_real_cloud(variables)
    assert variables["PULUMI_BACKEND_URL"].startswith("file://")
    assert variables["AWS_ACCOUNT_ID"] == "222222222222"
    assert "222222222222" in variables["AWS_SHARED_CREDENTIALS_FILE"]


@pytest.mark.parametrize("account", ["22222222222", "../../..", "²22222222222", ""])
def test_what_has_not_twelve_digits_is_no_account(account: str) -> None:
    with pytest.raises(UserError, match="12 digits"):
        check_account(account)


def test_clients_that_need_no_engine_find_the_local_cloud_without_one(mlstack_home: Path) -> None:
    variables = local_variables(None)
    assert client_environment(mlstack_home).items() <= variables.items()
    assert "PATH" not in variables


def test_a_local_environment_has_its_own_region() -> None:
    variables = engine_environment("local", "eu-west-1")
    assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "eu-west-1"


def test_the_passphrase_is_made_once_and_private(mlstack_home: Path) -> None:
    file = Path(str(local_variables(find.find())["PULUMI_CONFIG_PASSPHRASE_FILE"]))
    first = file.read_text()
    assert len(first) >= 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert (mlstack_home / "local").stat().st_mode & 0o777 == 0o700
    local_variables(find.find())
    assert file.read_text() == first


def test_engine_language_host_and_interpreter_come_first_on_the_path(engine: Path) -> None:
    path = str(local_variables(find.find())["PATH"]).split(os.pathsep)
    assert path[:3] == [
        str(engine.parent),
        str(find.engines_home() / "3.300.0" / "bin"),
        str(Path(sys.executable).parent),
    ]
    assert len(path) == len(set(path))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
        ("AWS_ENDPOINT_URL", "http://localhost:4566"),
        ("AWS_ENDPOINT_URL_S3", "http://[::1]:9000"),
        ("PULUMI_DEBUG_PROVIDERS", "random:1,aws:2"),
    ],
)
def test_a_cloud_environment_is_refused_where_the_shell_leads_to_a_local_one(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(LocalEndpointError, match=name) as raised:
        engine_environment("prod", "eu-west-1")
    assert raised.value.exit_code == 2


def test_a_cloud_environment_is_refused_on_the_local_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", str(local_variables(find.find())["PULUMI_BACKEND_URL"]))
    with pytest.raises(LocalEndpointError):
        refuse_local_endpoint("prod")


def test_a_cloud_environment_keeps_the_shells_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.internal.example.com")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://prod-state")
    variables = engine_environment("prod", "eu-west-1")
    assert variables["AWS_PROFILE"] == "prod"
    assert variables["PULUMI_BACKEND_URL"] == "s3://prod-state"
    assert variables["AWS_REGION"] == "eu-west-1"
    assert "PULUMI_DEBUG_PROVIDERS" not in variables
