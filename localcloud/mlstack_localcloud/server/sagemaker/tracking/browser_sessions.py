"""What lets a browser in: an address with a token that is good once, and the cookie that it is exchanged for.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedMlflowTrackingServerUrl.html
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATH = "/_mlstack/tracking"
COOKIE = "mlstack-tracking"


@dataclass(frozen=True)
class Session:
    """What a browser was let in to.

    Attributes:
        region: The region of the tracking server.
        name: Its name.
        caller_arn: Who asked for the address.
        until: Until when, in seconds since 1970.
        seconds: For how long a session lasts that begins with it.
    """

    region: str
    name: str
    caller_arn: str
    until: float
    seconds: int = 0


class BrowserSessions:
    """Tokens and cookies, in memory: they end with the daemon.

    Args:
        clock: The time in seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[str, Session] = {}
        self._cookies: dict[str, Session] = {}

    def invite(self, region: str, name: str, caller_arn: str, *, expires: int, lasts: int) -> str:
        """Return a token.

        Args:
            region: The region of the tracking server.
            name: Its name.
            caller_arn: Who asks.
            expires: For how many seconds it may be used.
            lasts: For how many seconds the session lasts that begins with it.
        """
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens[token] = Session(region, name, caller_arn, self._clock() + expires, lasts)
        return token

    def begin(self, token: str) -> str | None:
        """Exchange a token for a cookie's value; None where it is not good, any more or at all."""
        with self._lock:
            invited = self._tokens.pop(token, None)
            if invited is None or self._clock() > invited.until:
                return None
            cookie = secrets.token_urlsafe(32)
            until = self._clock() + invited.seconds
            self._cookies[cookie] = Session(invited.region, invited.name, invited.caller_arn, until)
            return cookie

    def of(self, cookie: str) -> Session | None:
        """Return the session of a cookie; None where it is over or never was."""
        with self._lock:
            session = self._cookies.get(cookie)
        return None if session is None or self._clock() > session.until else session
