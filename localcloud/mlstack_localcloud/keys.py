"""The local cloud's own keys, made once a home, and the AWS files that hand them to its clients.

The root key is what its user signs with. The session secret is never given out: temporary keys are derived from it, so
that they survive a restart without being stored (`server/sessions.py`).
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import asdict, dataclass

from .errors import StateError
from .home import DEFAULT_REGION, Home, create_private, write_private


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


def write_aws_files(home: Home, keys: Keys, port: int) -> None:
    """Write the config and credentials files that clients of the local cloud are pointed at.

    Both name the endpoint and the key as the default profile, so that a process that has only these files cannot reach
    the real cloud either. They are rewritten only when they differ: clients may be reading them.

    Args:
        home: A home whose directories exist.
        keys: Its keys.
        port: The gateway's port.
    """
    config = f"[default]\nregion = {DEFAULT_REGION}\noutput = json\nendpoint_url = http://127.0.0.1:{port}\n"
    credentials = (
        f"[default]\naws_access_key_id = {keys.access_key_id}\naws_secret_access_key = {keys.secret_access_key}\n"
    )
    for path, text in ((home.aws_config_file, config), (home.aws_credentials_file, credentials)):
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_private(path, text)


def _new_keys() -> Keys:
    return Keys(
        access_key_id="AKIA" + base64.b32encode(secrets.token_bytes(10)).decode(),
        secret_access_key=secrets.token_urlsafe(30),
        session_secret=secrets.token_urlsafe(32),
    )
