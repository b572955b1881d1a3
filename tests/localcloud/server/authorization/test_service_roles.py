"""The roles that services act under: each statement of the components' own documents is needed for what they do.

Each case takes one statement out of a document, makes the call that the service makes in the role's name, and sees it
refused by the name of the action; with the whole document the same call is not refused. The roles of jobs, models and
batches are in `tests/localcloud/sagemaker/test_roles.py` and `test_batch_roles.py`, where the jobs really run, that of
copies in `test_replication.py`.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from mlstack_components.aws.build_project import build_policy
from mlstack_components.aws.endpoint_shutdown import shutdown_policy
from mlstack_components.aws.experiment_tracking import tracking_policy
from mlstack_components.aws.feature_store import offline_store_policy
from mlstack_components.aws.network_policies import flow_log_policy
from mlstack_components.aws.placement import Placement
from mlstack_components.aws.tracking_access import TrackingAccess
from mlstack_components.aws.workbench_policies import app_policy

from .test_requests import ACCOUNT, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..conftest import Wire

PLACEMENT = Placement(ACCOUNT, "us-east-1")
SERVER = PLACEMENT.arn("sagemaker", "mlflow-tracking-server/weather")
DOMAIN = "d-abcdefghijkl"


@dataclass
class Place:
    """What the roles work on: an encrypted bucket with a file below each prefix, and a log group."""

    bucket: str
    bucket_arn: str
    key: str
    group: str
    group_arn: str


@dataclass(frozen=True)
class Deed:
    """A call that needs a statement.

    Attributes:
        action: What it is refused by without it.
        service: The service.
        call: Makes it with a client of the role.
    """

    action: str
    service: str
    call: Callable[[Any, Place], Any]


def _s3(action: str, call: Callable[[Any, Place], Any]) -> Deed:
    return Deed(action, "s3", call)


def _put(key: str) -> Callable[[Any, Place], Any]:
    return lambda s3, place: s3.put_object(Bucket=place.bucket, Key=key, Body=b"1")


def _get(key: str) -> Callable[[Any, Place], Any]:
    return lambda s3, place: s3.get_object(Bucket=place.bucket, Key=key)


_LIST = _s3("s3:ListBucket", lambda s3, place: s3.list_objects_v2(Bucket=place.bucket))
_STREAM = Deed(
    "logs:CreateLogStream",
    "logs",
    lambda logs, place: logs.create_log_stream(logGroupName=place.group, logStreamName=uuid.uuid4().hex),
)
_DELETE = Deed(
    "sagemaker:DeleteEndpoint", "sagemaker", lambda client, _: client.delete_endpoint(EndpointName="weather-none")
)
_DOMAIN = Deed("sagemaker:DescribeDomain", "sagemaker", lambda client, _: client.describe_domain(DomainId=DOMAIN))

POLICIES: dict[str, Callable[[Place], str]] = {
    "features": lambda place: offline_store_policy(place.bucket_arn, place.key),
    "shutdown": lambda place: shutdown_policy(PLACEMENT.arn("sagemaker", "endpoint/weather-none"), place.key),
    "flow-logs": lambda place: flow_log_policy(place.group_arn),
    "tracking": lambda place: tracking_policy(place.bucket_arn, place.key),
    "build": lambda place: build_policy([], place.group_arn, place.key, f"{place.bucket_arn}/sources/*"),
    "workbench": lambda place: app_policy(PLACEMENT, DOMAIN, "ada", ["ml.t3.medium"], place.key),
    "training-tracking": lambda place: json.dumps(
        {"Statement": TrackingAccess(SERVER, "weather", place.bucket_arn, place.key).statements()}
    ),
}
"""The documents as the components write them, by the roles' logical names."""

DEEDS: dict[tuple[str, str], Deed] = {
    ("features", "ReadBucketAcl"): _s3("s3:GetBucketAcl", lambda s3, place: s3.get_bucket_acl(Bucket=place.bucket)),
    ("features", "WriteFeatures"): _s3("s3:PutObject", _put("features/one.parquet")),
    ("features", "UseKey"): _s3("kms:GenerateDataKey", _put("features/one.parquet")),
    ("shutdown", "DeleteEndpoint"): _DELETE,
    ("shutdown", "ReadSchedule"): Deed(
        "kms:Decrypt", "kms", lambda kms, place: kms.decrypt(CiphertextBlob=_encrypted(place), KeyId=place.key)
    ),
    ("flow-logs", "WriteFlowLogs"): _STREAM,
    ("tracking", "ListArtifacts"): _LIST,
    ("tracking", "KeepArtifacts"): _s3("s3:PutObject", _put("mlflow/1/model")),
    ("tracking", "UseKey"): _s3("kms:Decrypt", _get("mlflow/one")),
    ("build", "WriteLog"): _STREAM,
    ("build", "ReadSource"): _s3("s3:GetObject", _get("sources/one")),
    ("build", "DecryptSource"): _s3("kms:Decrypt", _get("sources/one")),
    ("training-tracking", "KeepArtifactsOfRuns"): _s3("s3:PutObject", _put("mlflow/1/model")),
    ("training-tracking", "ListArtifactsOfRuns"): _LIST,
    ("training-tracking", "UseKeyOfArtifacts"): _s3("kms:Decrypt", _get("mlflow/one")),
    ("workbench", "ReadDomain"): _DOMAIN,
    ("workbench", "UseKey"): Deed(
        "kms:GenerateDataKey", "kms", lambda kms, place: kms.generate_data_key(KeyId=place.key, KeySpec="AES_256")
    ),
}

NO_NOTEBOOKS = "The local cloud has domains and profiles, but starts no notebooks: those exist in AWS alone."
NOT_DONE_HERE = {
    **{
        ("workbench", sid): NO_NOTEBOOKS
        for sid in ("StartNotebooks", "StopNotebooks", "KeepSpaces", "ListNotebooks", "AttachEncryptedVolumes")
    },
    (
        "training-tracking",
        "RecordRuns",
    ): "A tracking server's own API: tests/localcloud/sagemaker/test_tracking_servers.py",
}
"""The statements that nothing here uses, each with its reason."""

_CIPHERTEXTS: dict[str, bytes] = {}


def _encrypted(place: Place) -> bytes:
    return _CIPHERTEXTS[place.key]


@pytest.fixture(scope="module")
def place(wire: Wire) -> Place:
    s3, kms, logs = wire.client("s3"), wire.client("kms"), wire.client("logs")
    name = f"service-roles-{uuid.uuid4().hex[:8]}"
    key = kms.create_key()["KeyMetadata"]["Arn"]
    s3.create_bucket(Bucket=name)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    for each in ("mlflow/one", "sources/one"):
        s3.put_object(Bucket=name, Key=each, Body=b"1")
    logs.create_log_group(logGroupName=f"/{name}")
    _CIPHERTEXTS[key] = kms.encrypt(KeyId=key, Plaintext=b"a schedule")["CiphertextBlob"]
    return Place(name, f"arn:aws:s3:::{name}", key, f"/{name}", PLACEMENT.arn("logs", f"log-group:/{name}"))


def _refusal(wire: Wire, statements: list[dict[str, Any]], deed: Deed, place: Place) -> str:
    """Why a role of these statements is refused; empty where it is not, even if the call then fails otherwise."""
    try:
        deed.call(Role(wire, *statements).client(deed.service), place)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}:
            return str(error.response["Error"]["Message"])
    return ""


@pytest.mark.parametrize(("role", "sid"), DEEDS, ids="-".join)
def test_a_service_is_refused_without_the_statement_and_with_all_it_is_not(
    wire: Wire, place: Place, role: str, sid: str
) -> None:
    deed, statements = DEEDS[role, sid], json.loads(POLICIES[role](place))["Statement"]
    assert _refusal(wire, statements, deed, place) == ""
    without = [each for each in statements if each["Sid"] != sid]
    assert len(without) == len(statements) - 1
    assert f"is not authorized to perform: {deed.action} on resource: " in _refusal(wire, without, deed, place)


@pytest.mark.parametrize("role", POLICIES)
def test_each_statement_has_its_deed_or_the_reason_why_there_is_none(place: Place, role: str) -> None:
    sids = {(role, each["Sid"]) for each in json.loads(POLICIES[role](place))["Statement"]}
    known = {each for each in (*DEEDS, *NOT_DONE_HERE) if each[0] == role}
    assert sids == known
    assert DEEDS.keys() & NOT_DONE_HERE.keys() == set()
