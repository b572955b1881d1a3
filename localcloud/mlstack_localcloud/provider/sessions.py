"""Which configuration a call belongs to.

All provider instances of all engines share one server, and a call says nothing of the instance that it is for. Each
instance keeps a connection of its own, though; so what `Configure` brings is remembered by the peer's address.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from mlstack_localcloud.provider.errors import ProviderError

if TYPE_CHECKING:
    from mlstack_localcloud.provider.configuration import Configuration

__all__ = ["Session", "Sessions"]

# Engines end without saying so; the sessions used least recently are the dead ones.
_MOST = 4096


class Session:
    """One provider instance.

    Attributes:
        configuration: What `Configure` brought.
    """

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Let whatever waits in this session stop."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether the engine asked to stop."""
        return self._cancelled.is_set()


class Sessions:
    """The sessions, by peer."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, peer: str, configuration: Configuration) -> None:
        """Remember what a peer configured."""
        with self._lock:
            self._sessions[peer] = Session(configuration)
            self._sessions.move_to_end(peer)
            while len(self._sessions) > _MOST:
                self._sessions.popitem(last=False)

    def of(self, peer: str) -> Session:
        """The session of a peer.

        Raises:
            ProviderError: It has not configured anything.
        """
        with self._lock:
            session = self._sessions.get(peer)
            if session is None:
                raise ProviderError("The provider was not configured on this connection; run the command again.")
            self._sessions.move_to_end(peer)
            return session

    def cancel(self, peer: str) -> None:
        """Cancel the session of a peer, if there is one."""
        with self._lock:
            session = self._sessions.get(peer)
        if session is not None:
            session.cancel()
