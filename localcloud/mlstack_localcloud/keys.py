"""The local cloud's own keys, made once a home, and the AWS files that hand them to its clients.

The root key is what its user signs with. The session secret is never given out: temporary keys are derived from it, so
that they survive a restart without being stored (`server/sessions.py`), and so are the root keys of further accounts,
so that the daemon knows them without being told.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass

from .account_home import AccountHome
from .errors import StateError
from .home import ACCOUNT, DEFAULT_REGION, Home, create_private, write_private

_ACCOUNT_BYTES = 5
"""What twelve digits need; AWS, too, writes the account into the ids of its keys."""
_SEAL_BYTES = 5


@dataclass(frozen=True)
class RootKey:
    """The key of an account's root.

    Attributes:
        access_key_id: Its id: `AKIA` and 16 characters of base 32.
        secret_access_key: Its secret, 40 characters.
    """

    access_key_id: str
    secret_access_key: str


@dataclass(frozen=True)
class Keys:
    """The secrets of one local cloud.

    Attributes:
        access_key_id: The root key's id: `AKIA` and 16 characters of base 32, as AWS makes them.
        secret_access_key: The root key's secret, 40 characters.
        session_secret: What temporary keys are derived from.
    """

    access_key_id: str
    secret_access_key: str
    session_secret: str

    def root_key(self, account: str) -> RootKey:
        """Return the root key of an account.

        Args:
            account: The account, 12 digits.
        """
        if account == ACCOUNT:
            return RootKey(self.access_key_id, self.secret_access_key)
        number = int(account).to_bytes(_ACCOUNT_BYTES)
        access_key = "AKIA" + base64.b32encode(number + self._derived("id", account)[:_SEAL_BYTES]).decode()
        return RootKey(access_key, base64.urlsafe_b64encode(self._derived("secret", account)[:30]).decode())

    def account_of(self, access_key_id: str) -> str | None:
        """Return the account whose root key an id is; None where it is no root key of this local cloud.

        Args:
            access_key_id: The id.
        """
        if hmac.compare_digest(access_key_id.encode(), self.access_key_id.encode()):
            return ACCOUNT
        try:
            number = base64.b32decode(access_key_id.removeprefix("AKIA"))[:_ACCOUNT_BYTES]
        except (binascii.Error, ValueError):
            return None
        account = f"{int.from_bytes(number):012d}"
        if len(account) != len(ACCOUNT) or account == ACCOUNT:
            return None
        known = self.root_key(account).access_key_id
        return account if hmac.compare_digest(known.encode(), access_key_id.encode()) else None

    def _derived(self, purpose: str, account: str) -> bytes:
        return hmac.digest(self.session_secret.encode(), f"root-{purpose}:{account}".encode(), hashlib.sha256)


def ensure_keys(home: Home) -> Keys:
    """Read the keys of a home, or make them.

    Args:
        home: A home whose directories exist.

    Returns:
        The keys.

    Raises:
        StateError: The file is there but is not what was written.
    """
    if not home.keys_file.exists():
        create_private(home.keys_file, json.dumps(asdict(_new_keys())))
    try:
        return Keys(**json.loads(home.keys_file.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise StateError(
            f"{home.keys_file} is damaged.", next_step="Run `mlstack local reset` to start with an empty local cloud."
        ) from error


def write_aws_files(home: Home, keys: Keys, port: int, account: str = ACCOUNT) -> None:
    """Write the config and credentials files that clients of an account of the local cloud are pointed at.

    Both name the endpoint and the key as the default profile, so that a process that has only these files cannot reach
    the real cloud either. They are rewritten only when they differ: clients may be reading them.

    Args:
        home: A home whose directories exist.
        keys: Its keys.
        port: The gateway's port.
        account: The account, which is opened by this.
    """
    files, key = AccountHome(home, account).make(), keys.root_key(account)
    files.aws_config_file.parent.mkdir(mode=0o700, exist_ok=True)
    config = f"[default]\nregion = {DEFAULT_REGION}\noutput = json\nendpoint_url = http://127.0.0.1:{port}\n"
    credentials = (
        f"[default]\naws_access_key_id = {key.access_key_id}\naws_secret_access_key = {key.secret_access_key}\n"
    )
    for path, text in ((files.aws_config_file, config), (files.aws_credentials_file, credentials)):
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_private(path, text)


def _new_keys() -> Keys:
    return Keys(
        access_key_id="AKIA" + base64.b32encode(secrets.token_bytes(10)).decode(),
        secret_access_key=secrets.token_urlsafe(30),
        session_secret=secrets.token_urlsafe(32),
    )
