"""Copies new objects to the buckets that a bucket's replication names, with the rights of the replication's role.

Stages: a request made a version of an object; the rules of its bucket say where copies go; S3 must be let into the
role, and the role must be allowed what S3 does with it; the copy is made. Unlike in S3 it is there when the request is
answered. What fails is logged; objects have no replication status here. Deletions are not copied, whatever a rule says.
"""

from __future__ import annotations

import logging
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from .authorization.access import Access, Place
from .authorization.authorizer import Denied
from .authorization.encryption import key_access
from .authorization.sources import account_of, bucket_named
from .moto_replication import rule as rule_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response

    from .authorization.authorizer import Authorizer
    from .clients import Clients
    from .wire import WireRequest

_SERVICE = "s3.amazonaws.com"
_log = logging.getLogger(__name__)


class Replication:
    """Copies what is put into replicated buckets.

    Args:
        clients: Reads and writes objects in the local cloud's own name.
        authorizer: Tells what the replication's role may do.
    """

    def __init__(self, clients: Clients, authorizer: Authorizer) -> None:
        self._clients = clients
        self._authorizer = authorizer
        self._copying = threading.local()

    def after(self, request: WireRequest, response: Response) -> None:
        """Copy the object that a request made, if its bucket is replicated; never raises.

        Args:
            request: A request to S3.
            response: Its answer.
        """
        # S3 does not copy copies, so that two buckets may replicate each other.
        if response.status_code != HTTPStatus.OK or not _makes_object(request) or self._is_copying:
            return
        bucket_name, _, key = unquote(request.path.lstrip("/")).partition("/")
        bucket = _bucket(bucket_name)
        configuration = getattr(bucket, "replication", None)
        if not configuration or not key:
            return
        for rule in _rules(configuration, key):
            try:
                self._copy(bucket, key, configuration["Role"], rule)
            except (Denied, ClientError, LookupError) as error:
                _log.warning("s3://%s/%s was not replicated: %s", bucket_name, key, error)

    @property
    def _is_copying(self) -> bool:
        return getattr(self._copying, "now", False)

    def _copy(self, bucket: Any, key: str, role_arn: str, rule: dict[str, Any]) -> None:
        destination = rule["Destination"]
        copy_arn, key_id = destination["Bucket"], destination.get("EncryptionConfiguration", {}).get("ReplicaKmsKeyID")
        target = copy_arn.rpartition(":")[2]
        there, version = _bucket(target), bucket.keys[key]
        if there is None:
            raise LookupError(f"There is no bucket {target}.")
        if version.kms_key_id and not _takes_encrypted(rule):
            return
        self._authorize(bucket, version, there, role_arn, key_id)
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_id} if key_id else {}
        self._copying.now = True
        try:
            self._clients.of(there.account_id).client("s3", there.region_name).copy_object(
                Bucket=target, Key=key, CopySource={"Bucket": bucket.name, "Key": key}, **encryption
            )
        finally:
            self._copying.now = False

    def _authorize(self, bucket: Any, version: Any, there: Any, role_arn: str, key_id: str | None) -> None:
        """Judge what S3 does in the role's name.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
        """
        key = version.name
        original, copy = f"arn:aws:s3:::{bucket.name}", f"arn:aws:s3:::{there.name}"
        self._authorizer.authorize_assumption(_SERVICE, role_arn, original, bucket.region_name)
        accesses = [
            Access("s3:GetReplicationConfiguration", original),
            Access("s3:GetObjectVersionForReplication", f"{original}/{key}"),
            Access("s3:ReplicateObject", f"{copy}/{key}"),
        ]
        if version.kms_key_id:
            # With a bucket key the context is the bucket, without one the object.
            context = {"aws:s3:arn": original if version.bucket_key_enabled else f"{original}/{key}"}
            accesses.append(
                key_access(
                    "kms:Decrypt", version.kms_key_id, Place(bucket.account_id, bucket.region_name), "s3", context
                )
            )
        if key_id:
            accesses.append(
                key_access(
                    "kms:Encrypt", key_id, Place(there.account_id, there.region_name), "s3", {"aws:s3:arn": copy}
                )
            )
        session = f"arn:aws:sts::{account_of(role_arn)}:assumed-role/{role_arn.rpartition('/')[2]}/s3-replication"
        self._authorizer.check(session, accesses, {"aws:requestedregion": (there.region_name,)})


def _makes_object(request: WireRequest) -> bool:
    if request.method == "PUT":
        return not request.query or set(request.parameters) <= {"x-id"}
    return request.method == "POST" and "uploadId" in request.parameters


def _rules(configuration: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    """The rules for a key, one a destination: of several that of the highest priority."""
    chosen: dict[str, dict[str, Any]] = {}
    for rule in sorted(map(rule_of, configuration["Rule"]), key=lambda each: int(each.get("Priority", 0))):
        told = rule.get("Filter", {})
        if "Tag" in told or "And" in told:
            _log.warning("The local cloud replicates nothing by tags: rule %s is left out.", rule.get("ID"))
            continue
        if rule["Status"] == "Enabled" and key.startswith(told.get("Prefix", rule.get("Prefix", ""))):
            chosen[rule["Destination"]["Bucket"]] = rule
    yield from chosen.values()


def _takes_encrypted(rule: dict[str, Any]) -> bool:
    criteria = rule.get("SourceSelectionCriteria", {}).get("SseKmsEncryptedObjects", {})
    return bool(criteria.get("Status") == "Enabled")


def _bucket(name: str) -> Any:
    return bucket_named(name)
