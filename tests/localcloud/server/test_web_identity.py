"""Roles that are assumed by a token of a CI service, as its jobs do it: unsigned, through boto3."""

from __future__ import annotations

import base64
import json
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from mlstack_localcloud.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_localcloud.control import DaemonStatus

    from .conftest import Wire

AUDIENCE = "sts.amazonaws.com"
SUBJECT = "repo:acme/weather:environment:prod"
DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Issuer:
    """A CI service with a key of its own, and a role that trusts it."""

    wire: Wire
    url: str
    key: RSAPrivateKey
    role_arn: str

    def token(self, *, key: RSAPrivateKey | None = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        now = int(time.time())
        given = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": SUBJECT,
            "iat": now,
            "nbf": now - 5,
            "exp": now + 300,
        } | claims
        head = {"alg": "RS256", "typ": "JWT", "kid": "one"} | (header or {})
        signed = ".".join(encoded(json.dumps(part).encode()) for part in (head, given))
        signature = (key or self.key).sign(signed.encode(), PKCS1v15(), SHA256())
        return f"{signed}.{encoded(signature)}"

    def assume(self, token: str, role_arn: str | None = None) -> Any:
        sts = self.wire.client("sts", config=Config(signature_version=UNSIGNED))
        return sts.assume_role_with_web_identity(
            RoleArn=role_arn or self.role_arn, RoleSessionName="job", WebIdentityToken=token
        )

    def refusal(self, token: str, role_arn: str | None = None) -> tuple[str, str]:
        with pytest.raises(ClientError) as refused:
            self.assume(token, role_arn)
        error = refused.value.response["Error"]
        return error["Code"], error["Message"]


def jwks(key: RSAPrivateKey, kid: str = "one") -> str:
    numbers = key.public_key().public_numbers()
    n, e = (encoded(value.to_bytes((value.bit_length() + 7) // 8)) for value in (numbers.n, numbers.e))
    return json.dumps({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e}]})


@pytest.fixture(scope="module")
def issuer(wire: Wire, local_cloud: DaemonStatus) -> Iterator[Issuer]:
    host = f"token.{uuid.uuid4().hex[:8]}.example.com"
    key = generate_private_key(65537, 2048)
    folder = Home(local_cloud.home).identity_providers
    folder.mkdir(exist_ok=True)
    (folder / f"{host}_ci.json").write_text(jwks(key))
    iam, url = wire.client("iam"), f"https://{host}/ci"
    arn = iam.create_open_id_connect_provider(Url=url, ClientIDList=[AUDIENCE])["OpenIDConnectProviderArn"]
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Federated": arn},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{host}/ci:aud": AUDIENCE, f"{host}/ci:sub": [SUBJECT]}},
        },
    }
    name = f"deploy-{uuid.uuid4().hex[:8]}"
    role = iam.create_role(RoleName=name, Path="/ci/", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    listing = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": listing})
    iam.put_role_policy(RoleName=name, PolicyName="list", PolicyDocument=document)
    yield Issuer(wire, url, key, role["Arn"])
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


def test_a_job_gets_keys_of_its_role_and_no_others(issuer: Issuer, wire: Wire) -> None:
    answer = issuer.assume(issuer.token())
    keys = answer["Credentials"]
    given = {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }
    role = issuer.role_arn.rpartition("/")[2]
    assert wire.client("sts", **given).get_caller_identity()["Arn"].endswith(f":assumed-role/{role}/job")
    assert answer["SubjectFromWebIdentityToken"] == SUBJECT
    assert answer["Audience"] == AUDIENCE
    assert wire.client("s3", **given).list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200
    with pytest.raises(ClientError, match="AccessDenied"):
        wire.client("s3", **given).create_bucket(Bucket="not-allowed")


@pytest.mark.parametrize(
    "subject",
    [
        "repo:acme/weather:environment:dev",
        "repo:acme/weather:pull_request",
        "repo:acme/weather2:environment:prod",
        "repo:evil/weather:environment:prod",
        f"{SUBJECT}:and-more",
    ],
)
def test_jobs_of_others_are_refused(issuer: Issuer, subject: str) -> None:
    assert issuer.refusal(issuer.token(sub=subject)) == DENIED


def test_a_role_that_trusts_no_provider_is_refused(issuer: Issuer, wire: Wire) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    name = f"jobs-{uuid.uuid4().hex[:8]}"
    role = wire.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    assert issuer.refusal(issuer.token(), role) == DENIED
    assert issuer.refusal(issuer.token(), f"{role}-that-is-not-there") == DENIED
    # The last part of the ARN alone names no role.
    assert issuer.refusal(issuer.token(), issuer.role_arn.replace("/ci/", "/other/")) == DENIED


def test_a_token_must_be_for_this_account_and_in_its_time(issuer: Issuer) -> None:
    code, message = issuer.refusal(issuer.token(aud="another"))
    assert (code, message) == ("InvalidIdentityToken", "Incorrect token audience")
    code, _ = issuer.refusal(issuer.token(exp=int(time.time()) - 10))
    assert code == "ExpiredTokenException"
    code, _ = issuer.refusal(issuer.token(nbf=int(time.time()) + 600))
    assert code == "InvalidIdentityToken"
    code, message = issuer.refusal(issuer.token(iss="https://nobody.example.com"))
    assert (code, message.startswith("No OpenIDConnect provider found")) == ("InvalidIdentityToken", True)
    assert issuer.assume(issuer.token(aud=["another", AUDIENCE]))["Audience"] == AUDIENCE


def test_a_token_of_another_key_is_forged(issuer: Issuer) -> None:
    forged = issuer.token(key=generate_private_key(65537, 2048))
    assert issuer.refusal(forged)[0] == "InvalidIdentityToken"
    head, _, signature = issuer.token().split(".")
    _, claims, _ = issuer.token(sub="repo:acme/weather:environment:other").split(".")
    assert issuer.refusal(f"{head}.{claims}.{signature}")[0] == "InvalidIdentityToken"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512"])
def test_no_algorithm_lets_an_unsigned_token_in(issuer: Issuer, algorithm: str) -> None:
    head, claims, _ = issuer.token(header={"alg": algorithm}).split(".")
    assert issuer.refusal(f"{head}.{claims}.")[0] == "InvalidIdentityToken"
    assert issuer.refusal("no token at all")[0] == "InvalidIdentityToken"


def test_without_the_providers_keys_no_token_is_believed(issuer: Issuer) -> None:
    code, message = issuer.refusal(issuer.token(header={"kid": "two"}))
    assert (code, message.startswith("Couldn't retrieve verification key")) == ("InvalidIdentityToken", True)


def test_nothing_else_is_let_in_unsigned(wire: Wire) -> None:
    for body in (b"Action=GetCallerIdentity&Version=2011-06-15", b"Action=AssumeRole&Version=2011-06-15"):
        answer = wire.send("POST", "/", body, {"content-type": "application/x-www-form-urlencoded"})
        assert answer.status == 403
