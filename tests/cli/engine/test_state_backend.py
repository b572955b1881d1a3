"""The real engine keeps a stack's state in a bootstrapped bucket, and its secrets under the bootstrapped key.

`refuse_local_endpoint` is switched off: an environment of an account is put on the local cloud here, which the command
line refuses to do.
"""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from mlstack.bootstrap.run import Bootstrap
from mlstack.cloud.aws import AwsSession
from mlstack.engine.failure import EngineFailure
from mlstack.engine.pulumi import Pulumi
from mlstack_localcloud.control import client_environment

from .conftest import PROGRAM, write_program

if TYPE_CHECKING:
    from mlstack.project_directory import ProjectDirectory
    from mlstack_localcloud.control import DaemonStatus

    from .faulty_provider import FaultyProvider

pytestmark = pytest.mark.engine

_REGION = "ap-southeast-5"
_SECRET = "the storm is coming"


@pytest.fixture
def session(project: ProjectDirectory, in_local_cloud: DaemonStatus, monkeypatch: pytest.MonkeyPatch) -> AwsSession:
    """Clients of the local cloud, and a shell on it in which no backend is chosen."""
    monkeypatch.setattr("mlstack.engine.environment.refuse_local_endpoint", lambda _: None)
    monkeypatch.delenv("PULUMI_BACKEND_URL")
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    for name, value in client_environment(in_local_cloud.home).items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    write_program(project.root, f'{PROGRAM}\npulumi.export("forecast", pulumi.Output.secret("{_SECRET}"))\n')
    local: Any = SimpleNamespace(environment="local", account="000000000000", region=_REGION, is_local=True)
    return AwsSession.for_environment(local)


def _objects(session: AwsSession, bucket: str) -> dict[str, bytes]:
    s3 = session.client("s3")
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket, Prefix=".pulumi/").get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def test_state_and_secrets_are_kept_in_the_account(
    project: ProjectDirectory, provider: FaultyProvider, session: AwsSession
) -> None:
    bootstrap = Bootstrap.look(session, project.infra, "dev")
    bootstrap.do(lambda _: None)
    pulumi = Pulumi(project, "dev", _REGION)
    assert pulumi.select_or_create() is True
    assert len(pulumi.up().steps) > 0
    assert len(provider.things) == 6
    kept = _objects(session, bootstrap.backend.bucket)
    state = json.loads(kept[".pulumi/stacks/things/dev.json"])
    providers = state["checkpoint"]["latest"]["secrets_providers"]
    assert providers["type"] == "cloud"
    assert providers["state"]["url"] == bootstrap.backend.secrets_provider
    assert _SECRET.encode() not in kept[".pulumi/stacks/things/dev.json"]
    found = session.client("s3").head_object(Bucket=bootstrap.backend.bucket, Key=".pulumi/stacks/things/dev.json")
    assert found["SSEKMSKeyId"] == bootstrap.key.arn
    # Another machine with the same files: it sees the stack, reads the secret, and has nothing to change.
    other = Pulumi(project, "dev", _REGION)
    assert other.exists()
    assert other.outputs()["forecast"] == _SECRET
    assert other.up().is_empty
    assert Bootstrap.look(session, project.infra, "dev").changes == []
    other.destroy()
    other.remove()
    assert not other.exists()


def test_a_bucket_that_is_not_there_is_said_with_what_to_do(
    project: ProjectDirectory, provider: FaultyProvider, session: AwsSession
) -> None:
    from mlstack.bootstrap.record import record_step
    from mlstack.engine.backend import StateBackend

    record_step(project.infra, "dev", StateBackend.of("000000000000", "mx-central-1")).do()
    with pytest.raises(EngineFailure, match="The bucket in which the state of 'dev' is kept is not there") as raised:
        Pulumi(project, "dev", "mx-central-1").exists()
    assert "mlstack bootstrap dev" in str(raised.value.next_step)
