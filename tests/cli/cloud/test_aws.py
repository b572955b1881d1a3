from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from mlstack.cloud.aws import AwsSession, is_loopback
from mlstack_components.errors import MlstackError, UserError

LOCAL: Any = SimpleNamespace(environment="local", account="000000000000", region="us-east-1", is_local=True)
PROD: Any = SimpleNamespace(environment="prod", account="222222222222", region="eu-west-1", is_local=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLSTACK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def hostile_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell that is set up for another cloud, in every way that boto3 listens to."""
    for name, value in {
        "AWS_PROFILE": "no-such-profile",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_SESSION_TOKEN": "real-token",
        "AWS_REGION": "ap-south-1",
        "AWS_ENDPOINT_URL": "https://elsewhere.example",
        "AWS_ENDPOINT_URL_SAGEMAKER": "https://sagemaker.elsewhere.example",
        "HTTP_PROXY": "http://proxy.example:3128",
        "http_proxy": "http://proxy.example:3128",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("home", "hostile_shell")
def test_local_clients_reach_the_local_cloud_whatever_the_shell_says() -> None:
    session = AwsSession.for_environment(LOCAL)
    client = session.client("sagemaker")
    assert is_loopback(client.meta.endpoint_url)
    assert client.meta.endpoint_url == session.endpoint_url
    assert client.meta.region_name == "us-east-1"
    assert client.meta.config.proxies == {}
    credentials = client._request_signer._credentials.get_frozen_credentials()
    assert credentials.access_key != "AKIAREAL"
    assert credentials.token is None


@pytest.mark.usefixtures("home")
def test_local_keys_are_the_local_cloud_s_own(home: Path) -> None:
    signer = AwsSession.for_environment(LOCAL).client("s3")._request_signer
    assert signer._credentials.access_key in (home / "local" / "aws" / "credentials").read_text()


@pytest.mark.usefixtures("home")
def test_a_client_is_made_once() -> None:
    session = AwsSession.for_environment(LOCAL)
    assert session.client("s3") is session.client("s3")


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SAGEMAKER"])
def test_a_cloud_environment_is_refused_while_an_endpoint_is_local(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv(variable, "http://127.0.0.1:4566")
    with pytest.raises(UserError, match=r"point at http://127.0.0.1:4566.*222222222222"):
        AwsSession.for_environment(PROD)


def test_another_account_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", lambda *_: {"Account": "333333333333"})
    with pytest.raises(MlstackError, match=r"belong to account 333333333333, and `prod` lives in 222222222222"):
        AwsSession.for_environment(PROD)


def test_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with pytest.raises(MlstackError, match=r"no usable AWS credentials for `prod`.*222222222222"):
        AwsSession.for_environment(PROD)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:4566", True),
        ("http://127.8.0.1", True),
        ("http://localhost:1", True),
        ("http://[::1]:4566", True),
        ("http://s3.localhost", True),
        ("https://sts.eu-west-1.amazonaws.com", False),
        ("http://10.0.0.1", False),
    ],
)
def test_is_loopback(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected
