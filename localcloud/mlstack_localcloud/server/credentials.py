"""Which access keys the local cloud knows: its own root key, its IAM users' keys, and the temporary keys of its STS."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..home import ACCOUNT
from .moto_adjustments import import_module
from .refusal import Reason, Refused
from .sessions import Principal, Sessions

if TYPE_CHECKING:
    from ..keys import Keys


@dataclass(frozen=True)
class Credential:
    """A known key.

    Attributes:
        secret: What its signatures are made with.
        principal: Who uses it.
    """

    secret: str
    principal: Principal


class Credentials:
    """Looks up access keys.

    Args:
        keys: The local cloud's own keys.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.sessions = Sessions(keys.session_secret)

    def root_keys(self, account: str = ACCOUNT) -> tuple[str, str]:
        """Return the id and the secret of an account's root key.

        Args:
            account: The account.
        """
        key = self._keys.root_key(account)
        return key.access_key_id, key.secret_access_key

    def find(self, access_key: str, token: str) -> Credential:
        """Return the key that a request is signed with.

        Args:
            access_key: Its id.
            token: The session token of the request, empty when there is none.

        Returns:
            The key.

        Raises:
            Refused: There is no such key, or its session token is another's or past its time.
        """
        if token:
            return self._find_session(access_key, token)
        account = self._keys.account_of(access_key)
        if account is not None:
            principal = Principal(arn=f"arn:aws:iam::{account}:root", user_id=account, account=account)
            return Credential(self._keys.root_key(account).secret_access_key, principal)
        user_key = _find_user_key(access_key)
        if user_key is None:
            raise Refused(Reason.UNKNOWN_KEY, access_key=access_key)
        return user_key

    def _find_session(self, access_key: str, token: str) -> Credential:
        session = self.sessions.read(token)
        if session is None or session.access_key_id != access_key:
            raise Refused(Reason.INVALID_TOKEN, access_key=access_key)
        if session.expiration <= time.time():
            raise Refused(Reason.EXPIRED_TOKEN, access_key=access_key)
        return Credential(session.secret_access_key, session.principal)


def _find_user_key(access_key: str) -> Credential | None:
    for account, partitions in list(import_module("moto.iam.models").iam_backends.items()):
        iam = partitions["aws"]
        key = iam.access_keys.get(access_key)
        user = iam.users.get(key.user_name or "") if key is not None and key.status == "Active" else None
        if user is not None:
            return Credential(key.secret_access_key, Principal(user.arn, user.id, account))
    return None
