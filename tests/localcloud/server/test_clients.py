"""The local cloud's own clients: in process, yet signed and verified like everybody's."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError
from mlstack_localcloud.home import ACCOUNT
from mlstack_localcloud.keys import Keys
from mlstack_localcloud.server.authorization.authorizer import Authorizer
from mlstack_localcloud.server.clients import Clients
from mlstack_localcloud.server.credentials import Credentials
from mlstack_localcloud.server.gateway import Gateway
from mlstack_localcloud.server.security_token_service import SecurityTokenService
from mlstack_localcloud.server.signature import Authenticator
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from mlstack_localcloud.server.signature import Identified
    from mlstack_localcloud.server.wire import WireRequest

KEYS = Keys("AKIA" + "A" * 16, "s" * 40, "session secret")


class Recorder:
    """Stands where the common services stand, and keeps what reaches them."""

    def __init__(self) -> None:
        self.seen: list[tuple[WireRequest, Identified]] = []

    def handle(self, request: WireRequest, identified: Identified) -> Response:
        self.seen.append((request, identified))
        content = b"content" if request.method == "GET" else b""
        return Response(content, headers={"Content-Type": "text/csv"})


class Permissive(Authorizer):
    """Lets everybody do everything: what is tested is who asks."""

    def authorize(self, request: WireRequest, identified: Identified) -> None:
        pass


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def clients(recorder: Recorder) -> Clients:
    credentials = Credentials(KEYS)
    tokens = SecurityTokenService(credentials.sessions)
    gateway = Gateway(Authenticator(credentials), Permissive(), tokens, recorder)
    return Clients("http://127.0.0.1:9", credentials, tokens, gateway)


def test_a_call_needs_no_socket(clients: Clients) -> None:
    # Nothing listens on port 9.
    assert clients.client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"


def test_bodies_go_in_and_out(clients: Clients, recorder: Recorder) -> None:
    objects = clients.client("s3")
    objects.put_object(Bucket="bucket", Key="a ü/b", Body=io.BytesIO(b"from a file"), Metadata={"my_key": "v"})
    answer = objects.get_object(Bucket="bucket", Key="a ü/b")

    put = recorder.seen[0][0]
    assert (put.method, put.path, put.body) == ("PUT", "/bucket/a%20%C3%BC/b", b"from a file")
    assert put.headers["x-amz-meta-my_key"] == "v"
    assert (answer["ContentType"], answer["Body"].read()) == ("text/csv", b"content")


def test_a_role_signs_as_itself_in_its_region(clients: Clients, recorder: Recorder) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/jobs/trainer"
    clients.client("s3", "eu-west-1", role_arn=role).get_object(Bucket="bucket", Key="key")

    caller = recorder.seen[0][1].caller
    assert caller.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/trainer/SageMaker"
    assert caller.region == "eu-west-1"


def test_a_refusal_is_the_same_error_as_over_a_socket(clients: Clients) -> None:
    client = clients.client("sts")
    with (
        mock.patch.object(client._request_signer._credentials, "secret_key", "wrong"),
        pytest.raises(ClientError, match="SignatureDoesNotMatch"),
    ):
        client.get_caller_identity()


def test_one_client_each_however_many_ask_at_once(clients: Clients) -> None:
    made: list[Any] = []
    threads = [threading.Thread(target=lambda: made.append(clients.client("sqs"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(client) for client in made}) == 1
    assert clients.client("sqs", "eu-west-1") is not made[0]


def test_a_roles_client_is_renewed_before_its_keys_end(clients: Clients) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/trainer"
    with mock.patch("mlstack_localcloud.server.clients.time.monotonic") as clock:
        clock.return_value = 0.0
        first, root = clients.client("s3", role_arn=role), clients.client("s3")
        clock.return_value = 11 * 3600 - 1
        assert clients.client("s3", role_arn=role) is first
        clock.return_value = 11 * 3600 + 1
        assert clients.client("s3", role_arn=role) is not first
        assert clients.client("s3") is root
