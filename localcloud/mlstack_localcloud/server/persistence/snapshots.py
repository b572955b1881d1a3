"""When snapshots are made, and of what.

A snapshot costs what the states of the changed backends weigh, and holds up changes for as long. It is made

- when nothing has changed for a second: nobody waits,
- or when the changes since the last one took twenty times as long as it will: it adds 5 % at most, so that the cost of
  any number of changes grows with that number and no faster,
- or at once, after what cannot be replayed, and at the end of the daemon.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from .changes import reached
from .objects import StoredContent
from .pickling import BackendKey, backends_of, dump

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moto.core.base_backend import BaseBackend

    from .blobs import BlobStore
    from .store import Store

_log = logging.getLogger(__name__)
_IDLE_SECONDS = 1.0
_POLL_SECONDS = 0.25
_WORTH = 20.0
_LIGHT_SECONDS = 0.05
_LONGEST_SECONDS = 60.0
_SWEEP_SECONDS = 600.0
_ATTEMPTS = 5


class Snapshots:
    """Makes snapshots of what changed.

    Args:
        store: Where they go.
        blobs: Contents of objects, swept now and then.
        changes: The lock that is held while anything changes.
    """

    def __init__(self, store: Store, blobs: BlobStore, changes: threading.Lock) -> None:
        self._store = store
        self._blobs = blobs
        self._changes = changes
        self._dirty: set[str] = set()
        self._sequence = 0
        self._worked = 0.0
        self._first_change = 0.0
        self._last_change = 0.0
        self._costs: dict[str, float] = {}
        self._digests: dict[BackendKey, set[str]] = {}
        self._swept = time.monotonic()
        self._something = threading.Event()
        self._ending = threading.Event()
        self._taking = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="snapshots", daemon=True)

    def start(self) -> None:
        """Begin to make them in the background."""
        self._thread.start()

    def changed(self, service: str, sequence: int, seconds: float) -> None:
        """Take note of a change; called with the lock held.

        Args:
            service: The signing name of the service that was asked.
            sequence: Where in the journal the request is.
            seconds: How long the change took.
        """
        self._last_change = time.monotonic()
        if not self._dirty:
            self._first_change = self._last_change
        self._dirty.update(reached(service))
        self._sequence = sequence
        self._worked += seconds
        if not self._something.is_set():
            self._something.set()

    def adopt(self, services: Iterable[str], sequence: int) -> None:
        """Take note of a replayed journal.

        Args:
            services: The signing names of the services that it changed.
            sequence: Its last entry.
        """
        with self._changes:
            for service in services:
                self._dirty.update(reached(service))
            self._sequence = sequence

    def take(self, services: Iterable[str] = ()) -> None:
        """Make a snapshot now.

        Args:
            services: Services to include beside those that changed.
        """
        with self._taking:
            with self._changes:
                dirty = self._dirty | set(services)
                sequence = self._sequence
                states = [pair for service in dirty for pair in self._dump(service)]
                self._dirty, self._worked = set(), 0.0
                self._something.clear()
            if dirty:
                self._store.replace(states, sequence)

    def sweep(self, grace: float) -> None:
        """Delete contents that no object has any more.

        Args:
            grace: How old a content must be, in seconds.
        """
        referenced = set[str]().union(*self._digests.values(), self._store.journaled_digests())
        swept = self._blobs.sweep(referenced, grace)
        self._swept = time.monotonic()
        if swept:
            _log.info("deleted %d contents that no object has any more", swept)

    def close(self) -> None:
        """Make the last snapshot and end."""
        self._ending.set()
        self._something.set()
        if self._thread.is_alive():
            self._thread.join()
        self.take()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._something.wait()
            self._ending.wait(_POLL_SECONDS)
            if not self._ending.is_set() and self._is_due():
                try:
                    self.take()
                except Exception:
                    # The journal still holds everything; the next one may go better.
                    _log.exception("a snapshot failed")
                    self._ending.wait(_LONGEST_SECONDS)
            if time.monotonic() - self._swept > _SWEEP_SECONDS and "s3" in self._costs:
                self.sweep(_SWEEP_SECONDS)

    def _is_due(self) -> bool:
        now = time.monotonic()
        cost = sum(self._costs.get(service, 0.0) for service in self._dirty)
        if self._worked > _WORTH * max(cost, _LIGHT_SECONDS):
            return True
        if now - self._last_change < _IDLE_SECONDS:
            return False
        return cost < _LIGHT_SECONDS or self._worked > cost or now - self._first_change > _LONGEST_SECONDS

    def _dump(self, service: str) -> list[tuple[BackendKey, bytes]]:
        """Pickle the backends of a service, again when a reader touched one meanwhile."""
        for attempt in range(_ATTEMPTS):
            started = time.perf_counter()
            try:
                states = [self._dump_one(key) for key in list(backends_of(service))]
            except RuntimeError as error:
                if attempt == _ATTEMPTS - 1:
                    raise
                _log.info("pickling %s again: %s", service, error)
                continue
            self._costs[service] = time.perf_counter() - started
            return states
        return []

    def _dump_one(self, item: tuple[BackendKey, BaseBackend]) -> tuple[BackendKey, bytes]:
        key, backend = item
        digests: set[str] = set()
        StoredContent.on_pickle = digests.add
        try:
            state = dump(backend)
        finally:
            StoredContent.on_pickle = None
        if key[0] == "s3":
            self._digests[key] = digests
        return key, state
