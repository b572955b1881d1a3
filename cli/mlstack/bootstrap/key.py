"""The key of the state: it encrypts the bucket, and the secrets in the stacks' states."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError
from mlstack_stacks.state_backend import STATE_TAG

from mlstack.bootstrap import documents
from mlstack.bootstrap.step import Change, Step, canonical
from mlstack.cloud.errors import is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_components.aws.placement import Placement

    from mlstack.cloud.aws import AwsSession
    from mlstack.engine.backend import StateBackend

_POLICY = "default"  # The only name that KMS knows.
_USABLE = "Enabled"


class KeyNotUsableError(MlstackError):
    """The key of the state is disabled, or will be deleted."""

    code = "state-key"


class StateKey:
    """The key as it is in the account.

    Args:
        session: Clients of the account and region.
        backend: The backend.
        placement: The account and region.

    Raises:
        KeyNotUsableError: It is there and cannot be used.
        ClientError: AWS refused.
    """

    def __init__(self, session: AwsSession, backend: StateBackend, placement: Placement) -> None:
        self._kms = session.client("kms")
        self._backend = backend
        self._policy = documents.key_policy(placement)
        named = self._described(backend.key_alias)
        # Whoever was interrupted between the two has a key without its alias.
        self._found = named or self._without_alias()
        self._has_alias = named is not None

    @property
    def arn(self) -> str | None:
        """The key's ARN; None as long as it is not made."""
        return None if self._found is None else str(self._found["Arn"])

    def require_arn(self) -> str:
        """The key's ARN, for what is made after it."""
        assert self._found is not None  # noqa: S101 - the key's own step comes first
        return str(self._found["Arn"])

    def steps(self) -> Iterator[Step]:
        """What has to be done for it, in this order."""
        yield Step(f"key {self._backend.key_alias}", Change.between(self._found, fits=True), self._make)
        yield Step("key: policy", self._change(self._policy_fits), self._put_policy)
        yield Step("key: yearly rotation", self._change(self._rotates), self._rotate)
        yield Step("key: tags", self._change(self._tags_fit), self._tag)
        yield Step("key: alias", Change.NONE if self._has_alias else Change.MAKE, self._name)

    def _change(self, fits: Any) -> Change:
        # A new key is made with policy and tags; so these show as made together with it.
        return Change.MAKE if self._found is None else Change.between(self._found, fits=fits())

    def _described(self, key: str) -> dict[str, Any] | None:
        from botocore.exceptions import ClientError

        try:
            found: dict[str, Any] = self._kms.describe_key(KeyId=key)["KeyMetadata"]
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        if found["KeyState"] != _USABLE:
            raise KeyNotUsableError(
                f"The key {self._backend.key_alias} ({found['KeyId']}) is in the state {found['KeyState']}.",
                next_step="Bring it back with `aws kms cancel-key-deletion` and `aws kms enable-key`: without it no "
                "state that it encrypted can be read.",
            )
        return found

    def _without_alias(self) -> dict[str, Any] | None:
        wanted = {"TagKey": STATE_TAG, "TagValue": self._backend.place}
        for page in self._kms.get_paginator("list_keys").paginate():
            for key in page["Keys"]:
                if wanted in self._tags(key["KeyId"]) and self._is_usable(key["KeyId"]):
                    return self._described(key["KeyId"])
        return None

    def _is_usable(self, key_id: str) -> bool:
        # One that was given up is left to its deletion, and another one made.
        return bool(self._kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] == _USABLE)

    def _tags(self, key_id: str) -> list[dict[str, str]]:
        from botocore.exceptions import ClientError

        from mlstack.cloud.errors import error_code

        try:
            found: list[dict[str, str]] = self._kms.list_resource_tags(KeyId=key_id)["Tags"]
        except ClientError as error:
            # Keys of others, whose policies let nobody look at them.
            if error_code(error) == "AccessDeniedException":
                return []
            raise
        return found

    def _make(self) -> None:
        made = self._kms.create_key(
            Description=f"Encrypts the state of mlstack's stacks in {self._backend.place}",
            Policy=self._policy,
            Tags=self._wanted_tags(),
        )
        self._found = made["KeyMetadata"]

    def _wanted_tags(self) -> list[dict[str, str]]:
        return [{"TagKey": name, "TagValue": value} for name, value in documents.tags(self._backend).items()]

    def _policy_fits(self) -> bool:
        found = self._kms.get_key_policy(KeyId=self.require_arn(), PolicyName=_POLICY)["Policy"]
        return bool(canonical(json.loads(found)) == canonical(json.loads(self._policy)))

    def _put_policy(self) -> None:
        self._kms.put_key_policy(KeyId=self.require_arn(), PolicyName=_POLICY, Policy=self._policy)

    def _rotates(self) -> bool:
        return bool(self._kms.get_key_rotation_status(KeyId=self.require_arn())["KeyRotationEnabled"])

    def _rotate(self) -> None:
        self._kms.enable_key_rotation(KeyId=self.require_arn())

    def _tags_fit(self) -> bool:
        found = self._tags(self.require_arn())
        return all(tag in found for tag in self._wanted_tags())

    def _tag(self) -> None:
        self._kms.tag_resource(KeyId=self.require_arn(), Tags=self._wanted_tags())

    def _name(self) -> None:
        self._kms.create_alias(AliasName=self._backend.key_alias, TargetKeyId=self.require_arn().rpartition("/")[2])
