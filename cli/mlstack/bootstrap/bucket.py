"""The bucket of the state, and its settings.

Each request names the account that the bucket must belong to: its name can be guessed, so somebody else may have taken
it. (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError

from mlstack.bootstrap import documents
from mlstack.bootstrap.step import Change, Step, canonical, contains
from mlstack.cloud.errors import error_code, is_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlstack_components.aws.placement import Placement

    from mlstack.bootstrap.key import StateKey
    from mlstack.cloud.aws import AwsSession
    from mlstack.engine.backend import StateBackend

# The region that is none in CreateBucket's LocationConstraint.
_WITHOUT_CONSTRAINT = "us-east-1"
_REFUSED = ("403", "AccessDenied", "Forbidden")


class ForeignBucketError(MlstackError):
    """A bucket of the state's name belongs to another account."""

    code = "foreign-bucket"


@dataclass(frozen=True)
class _Setting:
    """One setting of the bucket.

    Attributes:
        what: What it is, in a few words.
        read: The client's method that tells it.
        place: Where in the answer it is; empty for the whole answer.
        wanted: What it should be; called after the key is made.
        write: The client's method that sets it.
        member: The parameter that takes it.
        from_answer: Turns what AWS tells into the form of `wanted`.
        to_request: Turns what is wanted, and what is there, into what the parameter takes.
    """

    what: str
    read: str
    place: str
    wanted: Callable[[], Any]
    write: str
    member: str
    from_answer: Callable[[Any], Any] = lambda found: found
    to_request: Callable[[Any, Any], Any] = lambda wanted, _: wanted


class StateBucket:
    """The bucket as it is in the account.

    Args:
        session: Clients of the account and region.
        backend: The backend.
        placement: The account and region.
        key: The key of the bucket.

    Raises:
        ForeignBucketError: It belongs to another account.
        ClientError: AWS refused.
    """

    def __init__(self, session: AwsSession, backend: StateBackend, placement: Placement, key: StateKey) -> None:
        self._s3 = session.client("s3")
        self._backend = backend
        self._placement = placement
        self._key = key
        self._is_there = self._exists()

    def steps(self) -> Iterator[Step]:
        """What has to be done for it, in this order."""
        made = Change.NONE if self._is_there else Change.MAKE
        yield Step(f"bucket {self._backend.bucket}", made, self._make)
        for setting in self._settings():
            found = self._read(setting) if self._is_there else None
            fits = found is not None and self._key.arn is not None and contains(found, setting.wanted())
            yield Step(f"bucket: {setting.what}", Change.between(found, fits=fits), self._writer(setting, found))

    def _settings(self) -> tuple[_Setting, ...]:
        # S3 refuses two changes of a bucket's public settings at once, so these follow each other, and rules for former
        # versions need versioning to be on.
        return (
            _Setting(
                "no public access",
                "get_public_access_block",
                "PublicAccessBlockConfiguration",
                lambda: documents.PUBLIC_ACCESS_BLOCK,
                "put_public_access_block",
                "PublicAccessBlockConfiguration",
            ),
            _Setting(
                "no ACLs",
                "get_bucket_ownership_controls",
                "OwnershipControls",
                lambda: documents.OWNERSHIP,
                "put_bucket_ownership_controls",
                "OwnershipControls",
            ),
            _Setting(
                "versions",
                "get_bucket_versioning",
                "Status",
                lambda: "Enabled",
                "put_bucket_versioning",
                "VersioningConfiguration",
                to_request=lambda wanted, _: {"Status": wanted},
            ),
            _Setting(
                "encryption with the key",
                "get_bucket_encryption",
                "ServerSideEncryptionConfiguration",
                lambda: documents.encryption(self._key.require_arn()),
                "put_bucket_encryption",
                "ServerSideEncryptionConfiguration",
            ),
            _Setting(
                "policy: TLS, and no other encryption",
                "get_bucket_policy",
                "Policy",
                self._policy,
                "put_bucket_policy",
                "Policy",
                from_answer=lambda text: canonical(json.loads(text)),
                to_request=lambda wanted, _: json.dumps(wanted),
            ),
            _Setting(
                "former versions expire",
                "get_bucket_lifecycle_configuration",
                "Rules",
                lambda: {rule["ID"]: rule for rule in documents.LIFECYCLE_RULES},
                "put_bucket_lifecycle_configuration",
                "LifecycleConfiguration",
                from_answer=lambda rules: {rule.get("ID", ""): rule for rule in rules},
                to_request=lambda wanted, found: {"Rules": list({**(found or {}), **wanted}.values())},
            ),
            _Setting(
                "tags",
                "get_bucket_tagging",
                "TagSet",
                lambda: documents.tags(self._backend),
                "put_bucket_tagging",
                "Tagging",
                from_answer=lambda tags: {tag["Key"]: tag["Value"] for tag in tags},
                to_request=lambda wanted, found: {
                    "TagSet": [{"Key": name, "Value": value} for name, value in {**(found or {}), **wanted}.items()]
                },
            ),
        )

    def _policy(self) -> Any:
        policy = documents.bucket_policy(self._backend, self._placement, self._key.require_arn())
        return canonical(json.loads(policy))

    def _call(self, method: str, **arguments: Any) -> Any:
        call = getattr(self._s3, method)
        return call(Bucket=self._backend.bucket, ExpectedBucketOwner=self._placement.account, **arguments)

    def _exists(self) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._call("head_bucket")
        except ClientError as error:
            if is_missing(error):
                return False
            if error_code(error) in _REFUSED:
                raise self._foreign() from error
            raise
        return True

    def _make(self) -> None:
        from botocore.exceptions import ClientError

        region = self._placement.region
        where = {} if region == _WITHOUT_CONSTRAINT else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        try:
            self._s3.create_bucket(Bucket=self._backend.bucket, ObjectOwnership="BucketOwnerEnforced", **where)
        except ClientError as error:
            # Another bootstrap at the same time made it; whose it is, the next request says.
            if error_code(error) not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise
        if not self._exists():
            raise self._foreign()

    def _foreign(self) -> ForeignBucketError:
        return ForeignBucketError(
            f"The bucket {self._backend.bucket} is there, and belongs to another account than {self._placement.account}"
            " or may not be looked at with these credentials.",
            next_step="Ask for s3:ListBucket on it. If it is somebody else's, take another region, or a backend of "
            "your own by PULUMI_BACKEND_URL; do not write to it.",
        )

    def _read(self, setting: _Setting) -> Any:
        from botocore.exceptions import ClientError

        try:
            found = self._call(setting.read).get(setting.place)
        except ClientError as error:
            # S3 names what is missing, such as NoSuchTagSet or OwnershipControlsNotFoundError.
            if is_missing(error) or error_code(error).endswith("NotFoundError"):
                return None
            raise
        return None if found is None else setting.from_answer(found)

    def _writer(self, setting: _Setting, found: Any) -> Callable[[], None]:
        def write() -> None:
            self._call(setting.write, **{setting.member: setting.to_request(setting.wanted(), found)})

        return write
