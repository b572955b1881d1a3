"""Who is let in, and what is refused: requests put together by hand."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from unittest import mock
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlstack_localcloud.keys import Keys
from mlstack_localcloud.server.credentials import Credentials
from mlstack_localcloud.server.refusal import Reason, Refused
from mlstack_localcloud.server.signature import Authenticator
from mlstack_localcloud.server.wire import WireRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Wire

IDENTITY = b"Action=GetCallerIdentity&Version=2011-06-15"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


@pytest.fixture
def clock_of_the_client() -> Iterator[mock.MagicMock]:
    with mock.patch("botocore.auth.get_current_datetime") as clock:
        clock.return_value = datetime.now(UTC)
        yield clock


def test_health_needs_no_signature_and_tells_nothing_else(wire: Wire) -> None:
    answer = wire.send("GET", "/_mlstack/health")

    assert answer.status == 200
    assert wire.send("POST", "/_mlstack/health").status == 403
    assert wire.send("GET", "/_mlstack/health?x").status == 403


def test_a_signed_request_is_let_in(wire: Wire) -> None:
    answer = wire.send("POST", "/", IDENTITY, wire.sign("sts", "POST", "/", IDENTITY, FORM))

    assert answer.status == 200
    assert b"arn:aws:iam::000000000000:root" in answer.body


def test_an_unsigned_request_is_refused(wire: Wire) -> None:
    answer = wire.send("POST", "/", IDENTITY, FORM)

    assert answer.status == 403
    assert _code(answer.body) == "MissingAuthenticationToken"


@pytest.mark.parametrize("secret", ["", "x" * 40])
def test_a_wrong_secret_is_refused(wire: Wire, secret: str) -> None:
    liar = type(wire)(wire.port, wire.access_key, secret)
    answer = wire.send("POST", "/", IDENTITY, liar.sign("sts", "POST", "/", IDENTITY, FORM))

    assert answer.status == 403
    assert _code(answer.body) == "SignatureDoesNotMatch"


def test_an_unknown_key_is_refused(wire: Wire) -> None:
    stranger = type(wire)(wire.port, "AKIAIOSFODNN7EXAMPLE", wire.secret_key)
    answer = wire.send("POST", "/", IDENTITY, stranger.sign("sts", "POST", "/", IDENTITY, FORM))

    assert answer.status == 403
    assert _code(answer.body) == "InvalidClientTokenId"


def test_another_body_is_refused(wire: Wire) -> None:
    headers = wire.sign("sts", "POST", "/", IDENTITY, FORM)
    answer = wire.send("POST", "/", IDENTITY.replace(b"CallerIdentity", b"SessionToken  "), headers)

    assert _code(answer.body) == "SignatureDoesNotMatch"


def test_another_path_method_query_or_header_is_refused(wire: Wire) -> None:
    headers = wire.sign("s3", "GET", "/bucket/key")

    for method, path in (("GET", "/bucket/other"), ("DELETE", "/bucket/key"), ("GET", "/bucket/key?acl")):
        answer = wire.send(method, path, headers=headers)
        assert (answer.status, _code(answer.body)) == (403, "SignatureDoesNotMatch"), (method, path)
    changed = {**headers, "Host": "127.0.0.2"}
    assert _code(wire.send("GET", "/bucket/key", headers=changed).body) == "SignatureDoesNotMatch"


def test_a_header_of_s3_that_was_not_signed_is_refused(wire: Wire) -> None:
    headers = {**wire.sign("s3", "GET", "/bucket/key"), "x-amz-acl": "public-read"}
    answer = wire.send("GET", "/bucket/key", headers=headers)

    assert b"not signed: x-amz-acl" in answer.body


def test_a_body_that_differs_from_its_signed_hash_is_refused(wire: Wire) -> None:
    headers = wire.sign("s3", "PUT", "/bucket/key", b"what was signed")
    answer = wire.send("PUT", "/bucket/key", b"what was sent..", headers)

    assert (answer.status, _code(answer.body)) == (400, "XAmzContentSHA256Mismatch")


@pytest.mark.parametrize(
    ("offset", "sentence"),
    [(timedelta(minutes=-16), b"Signature expired"), (timedelta(minutes=6), b"Signature not yet current")],
)
def test_a_clock_that_is_off_is_refused(
    wire: Wire, clock_of_the_client: mock.MagicMock, offset: timedelta, sentence: bytes
) -> None:
    clock_of_the_client.return_value += offset
    answer = wire.send("POST", "/", IDENTITY, wire.sign("sts", "POST", "/", IDENTITY, FORM))

    assert (answer.status, _code(answer.body)) == (403, "SignatureDoesNotMatch")
    assert sentence in answer.body


def test_s3_says_of_a_clock_that_is_off_what_s3_says(wire: Wire, clock_of_the_client: mock.MagicMock) -> None:
    clock_of_the_client.return_value -= timedelta(minutes=20)
    answer = wire.send("GET", "/bucket", headers=wire.sign("s3", "GET", "/bucket"))

    assert (answer.status, _code(answer.body)) == (403, "RequestTimeTooSkewed")


def test_a_clock_that_is_off_by_minutes_only_is_no_problem(wire: Wire, clock_of_the_client: mock.MagicMock) -> None:
    clock_of_the_client.return_value -= timedelta(minutes=14)

    assert wire.send("POST", "/", IDENTITY, wire.sign("sts", "POST", "/", IDENTITY, FORM)).status == 200


@pytest.mark.parametrize(
    "authorization",
    [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sts/aws4_request, Signature=00",
        "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00",
        "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=00",
        "Basic dXNlcjpwYXNz",
        "AWS a:b",
    ],
)
def test_half_a_signature_is_refused_as_such(wire: Wire, authorization: str) -> None:
    answer = wire.send("POST", "/", IDENTITY, {**FORM, "Authorization": authorization})

    assert answer.status in (400, 403)
    assert _code(answer.body) in ("IncompleteSignature", "SignatureDoesNotMatch")


def test_a_signature_without_the_host_is_refused(wire: Wire) -> None:
    headers = wire.sign("sts", "POST", "/", IDENTITY, FORM)
    without = headers["Authorization"].replace("host;", "")

    assert (
        _code(wire.send("POST", "/", IDENTITY, {**headers, "Authorization": without}).body) == "SignatureDoesNotMatch"
    )


@pytest.mark.parametrize(
    "path", ["/bucket/a%20b", "/bucket/a%2Fb//c", "/bucket/%C3%BC%2B~", "/bucket/../x", "/b/a=b&c"]
)
def test_unusual_paths_are_signed_alike_on_both_sides(wire: Wire, path: str) -> None:
    answer = wire.send("GET", path, headers=wire.sign("s3", "GET", path))

    assert _code(answer.body) == "NoSuchBucket"


def test_a_chunked_body_is_let_in(wire: Wire) -> None:
    body = b"x" * 1000
    headers = {**wire.sign("s3", "PUT", "/no-such-bucket/key", body), "Transfer-Encoding": "chunked"}
    chunked = b"3e8\r\n" + body + b"\r\n0\r\n\r\n"

    assert _code(wire.send("PUT", "/no-such-bucket/key", chunked, headers).body) == "NoSuchBucket"


def test_a_user_agent_does_not_choose_the_region(wire: Wire) -> None:
    body = b'{"Name": "/user-agent"}'
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AmazonSSM.GetParameter",
        "User-Agent": "x region/eu-west-1",
    }
    wire.client("ssm", region_name="us-east-1").put_parameter(Name="/user-agent", Value="here", Type="String")

    assert b'"here"' in wire.send("POST", "/", body, wire.sign("ssm", "POST", "/", body, headers)).body


@given(
    authorization=st.text() | st.from_regex(r"AWS4-HMAC-SHA256 Credential=.*, SignedHeaders=.*, Signature=.*"),
    query=st.text(alphabet="abc=&%²é1") | st.from_regex(r"AWSAccessKeyId=a&Signature=.*&Expires=.*", fullmatch=True),
    date=st.text() | st.from_regex(r"[0-9]{8}T[0-9]{6}Z", fullmatch=True),
)
def test_nonsense_is_refused_and_breaks_nothing(authorization: str, query: str, date: str) -> None:
    authenticator = Authenticator(Credentials(Keys("AKIA" + "A" * 16, "s" * 40, "session secret")))
    scoped = f"AWS4-HMAC-SHA256 Credential=AKIA{'A' * 16}/{date[:8]}/r/s/aws4_request, SignedHeaders=host, Signature="
    for header in (authorization, scoped + authorization):
        headers = {"authorization": header, "host": "x", "x-amz-date": date}
        with pytest.raises(Refused):
            authenticator.identify(WireRequest("GET", "/", query, headers, b"", {}))


class TestExpiry:
    """Times that no test can wait for: the verifier with a clock of its own."""

    def test_keys_of_a_session_end(self) -> None:
        credentials = Credentials(Keys("AKIA" + "A" * 16, "s" * 40, "session secret"))
        root = credentials.find("AKIA" + "A" * 16, "").principal
        keys = credentials.sessions.issue(root, 3600)

        assert credentials.find(keys.access_key_id, keys.session_token).secret == keys.secret_access_key
        with mock.patch("mlstack_localcloud.server.credentials.time.time", return_value=time.time() + 3601):
            _refused(Reason.EXPIRED_TOKEN, credentials, keys.access_key_id, keys.session_token)

    def test_a_token_fits_its_own_key_and_its_own_cloud_only(self) -> None:
        credentials = Credentials(Keys("AKIA" + "A" * 16, "s" * 40, "session secret"))
        other_cloud = Credentials(Keys("AKIA" + "A" * 16, "s" * 40, "another secret"))
        root = credentials.find("AKIA" + "A" * 16, "").principal
        keys = credentials.sessions.issue(root, 3600)

        _refused(Reason.INVALID_TOKEN, credentials, "ASIA" + "B" * 16, keys.session_token)
        _refused(Reason.INVALID_TOKEN, credentials, "AKIA" + "A" * 16, keys.session_token)
        _refused(Reason.INVALID_TOKEN, other_cloud, keys.access_key_id, keys.session_token)
        _refused(Reason.INVALID_TOKEN, credentials, keys.access_key_id, keys.session_token[:-4] + "AAAA")
        _refused(Reason.INVALID_TOKEN, credentials, keys.access_key_id, "no base64 at all")
        _refused(Reason.UNKNOWN_KEY, credentials, keys.access_key_id, "")

    def test_a_url_ends_exactly_when_it_says(self) -> None:
        signed = 1_700_000_000
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(signed))
        query = (
            f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F{stamp[:8]}%2Fus-east-1%2Fs3%2Faws4_request"
            f"&X-Amz-Date={stamp}&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00"
        )
        request = WireRequest("GET", "/b/k", query, {"host": "x"}, b"", {})
        credentials = Credentials(Keys("AKIA", "s", "t"))

        for seconds, reason in ((60, Reason.SIGNATURE), (61, Reason.EXPIRED_URL)):
            with pytest.raises(Refused) as refused:
                Authenticator(credentials, clock=lambda at=signed + seconds: at).identify(request)
            assert refused.value.reason is reason


def _refused(reason: Reason, credentials: Credentials, access_key: str, token: str) -> None:
    with pytest.raises(Refused) as refused:
        credentials.find(access_key, token)
    assert refused.value.reason is reason


def _code(body: bytes) -> str:
    root = ET.fromstring(body)
    return next(element.text or "" for element in root.iter() if element.tag.rpartition("}")[2] == "Code")
