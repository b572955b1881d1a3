"""Requests to the running local cloud, signed by hand."""

from __future__ import annotations

import functools
import http.client
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from mlstack_localcloud.home import Home

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_localcloud.control import DaemonStatus


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Wire:
    """Sends single requests, signed or not.

    Attributes:
        port: The gateway's port.
        access_key: The root key's id.
        secret_key: The root key's secret.
    """

    port: int
    access_key: str
    secret_key: str
    region: str = "us-east-1"
    session: Any = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def sign(
        self, service: str, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Return the headers of a signed request."""
        request = AWSRequest(method, self.url + path, data=body, headers=dict(headers or {}))
        kind = S3SigV4Auth if service == "s3" else SigV4Auth
        kind(Credentials(self.access_key, self.secret_key), service, self.region).add_auth(request)
        return dict(request.headers)

    def client(self, service: str, **options: Any) -> Any:
        """Return a boto3 client with keys of choice: the root key unless others are given."""
        keys = {"aws_access_key_id": self.access_key, "aws_secret_access_key": self.secret_key}
        config = Config(retries={"total_max_attempts": 1}).merge(options.pop("config", Config()))
        return _session(self.region).client(service, endpoint_url=self.url, config=config, **{**keys, **options})


@functools.cache
def _session(region: str) -> boto3.Session:
    # A session reads the services' models, and each but once.
    return boto3.Session(region_name=region)


@pytest.fixture(scope="session")
def wire(local_cloud: DaemonStatus) -> Wire:
    keys = json.loads(Home(local_cloud.home).keys_file.read_text())
    return Wire(local_cloud.port, keys["access_key_id"], keys["secret_access_key"])
