"""Temporary keys: issued by the local cloud's STS, and by itself to the jobs that it runs.

They are stored nowhere. The session token carries who may use it and until when, sealed with the local cloud's own
session secret, and the secret key is derived from the same; so they survive a restart, and forging one takes that
secret.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

_SEAL_BYTES = 32


@dataclass(frozen=True)
class Principal:
    """Who may use a key.

    Attributes:
        arn: The principal's ARN, such as `arn:aws:sts::000000000000:assumed-role/trainer/job`.
        user_id: Its unique id, as GetCallerIdentity reports it.
        account: Its account id.
    """

    arn: str
    user_id: str
    account: str


@dataclass(frozen=True)
class TemporaryKeys:
    """What STS hands out.

    Attributes:
        access_key_id: `ASIA` and 16 characters.
        secret_access_key: What requests are signed with.
        session_token: What every request carries.
        expiration: Until when they are good, in seconds since 1970.
    """

    access_key_id: str
    secret_access_key: str
    session_token: str
    expiration: int

    @property
    def expiration_time(self) -> datetime:
        """Until when they are good, as a time in UTC."""
        return datetime.fromtimestamp(self.expiration, tz=UTC)


@dataclass(frozen=True)
class Session:
    """What a session token says.

    Attributes:
        principal: Who may use it.
        access_key_id: The key that it belongs to.
        secret_access_key: The secret that this key signs with.
        expiration: Until when, in seconds since 1970.
    """

    principal: Principal
    access_key_id: str
    secret_access_key: str
    expiration: int


class Sessions:
    """Issues temporary keys and reads them back.

    Args:
        session_secret: The local cloud's own secret (`keys.py`).
    """

    def __init__(self, session_secret: str) -> None:
        self._secret = session_secret.encode()

    def issue(self, principal: Principal, seconds: int) -> TemporaryKeys:
        """Make temporary keys.

        Args:
            principal: Who may use them.
            seconds: How long they are good.

        Returns:
            The keys.
        """
        access_key = "ASIA" + base64.b32encode(secrets.token_bytes(10)).decode()
        expiration = int(time.time()) + seconds
        content = json.dumps([access_key, expiration, principal.arn, principal.user_id, principal.account]).encode()
        token = base64.b64encode(self._derive(b"seal", content) + content).decode()
        return TemporaryKeys(access_key, self._secret_key(content), token, expiration)

    def read(self, token: str) -> Session | None:
        """Read a session token.

        Args:
            token: What the request carries.

        Returns:
            What it says, whether expired or not; None when it was not issued here.
        """
        try:
            sealed = base64.b64decode(token, validate=True)
        except (binascii.Error, ValueError):
            return None
        seal, content = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._derive(b"seal", content)):
            return None
        access_key, expiration, arn, user_id, account = json.loads(content)
        return Session(Principal(arn, user_id, account), access_key, self._secret_key(content), expiration)

    def _secret_key(self, content: bytes) -> str:
        return base64.b64encode(self._derive(b"key", content)[:30]).decode()

    def _derive(self, purpose: bytes, content: bytes) -> bytes:
        return hmac.digest(self._secret, purpose + b":" + content, hashlib.sha256)
