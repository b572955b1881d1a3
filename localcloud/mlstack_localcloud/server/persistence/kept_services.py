"""The common services, kept: every change is in the journal before it is answered.

Changes are made one after the other. moto's state takes no other order well, the interpreter would not run two at once
anyway, and so the journal's order is the order in which things happened.
"""

from __future__ import annotations

import logging
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from ...errors import StateError
from . import clock, determinism, objects
from .changes import cannot_be_replayed, is_read
from .long_poll import has_messages, is_receive, seconds_to_wait, without_waiting
from .objects import keep_contents_in
from .pickling import restore
from .replay import replay
from .snapshots import Snapshots
from .store import Entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from ..moto_services import MotoServices
    from ..signature import Identified
    from ..wire import WireRequest
    from .blobs import BlobStore
    from .store import Store

_log = logging.getLogger(__name__)
_INLINE_BYTES = 4096
_POLL_SECONDS = 0.1


class KeptServices:
    """Answers requests of the common services and keeps what they change.

    Args:
        services: What answers.
        store: The journal and the snapshots.
        blobs: Contents of S3 objects.
    """

    def __init__(self, services: MotoServices, store: Store, blobs: BlobStore) -> None:
        self._services = services
        self._store = store
        self._blobs = blobs
        self._changes = threading.Lock()
        self._snapshots = Snapshots(store, blobs, self._changes)
        keep_contents_in(blobs)
        services.adjust_by(clock.adjust, determinism.adjust, objects.adjust)

    def open(self) -> None:
        """Bring back what was kept, and begin to make snapshots.

        Raises:
            StateError: The stored state cannot be read.
        """
        services: set[str] = set()
        for key, state in self._store.snapshots():
            services.add(key[0])
            try:
                self._services.load(key[0])
                restore(key, state)
            except Exception as error:
                message = f"The stored state of {key[0]} cannot be read: {type(error).__name__}: {error}."
                hint = "Run `mlstack local reset` to start with an empty local cloud."
                raise StateError(message, next_step=hint) from error
        replayed = replay(self._store, self._blobs, self._services)
        if replayed:
            self._snapshots.adopt(replayed, self._store.last_sequence())
        if "s3" in services | replayed:
            self._snapshots.take(["s3"])
            # Nothing is in flight yet, so whatever is unreferenced now is garbage.
            self._snapshots.sweep(grace=0)
        self._snapshots.take()
        self._snapshots.start()

    def close(self) -> None:
        """Make the last snapshot."""
        self._snapshots.close()
        self._store.close()

    def handle(self, request: WireRequest, identified: Identified) -> Response:
        """Answer a request; a change is kept by the time that this returns.

        Args:
            request: The request.
            identified: Who made it, and for which service.
        """
        if is_receive(request, identified.service):
            return self._receive(request, identified)
        if is_read(request, identified.service):
            return self._services.handle(request, identified)
        response = self._change(request, identified, _succeeded)
        if cannot_be_replayed(request, identified.service):
            self._snapshots.take()
        return response

    def _receive(self, request: WireRequest, identified: Identified) -> Response:
        """Answer a request for messages: a change when there are any, since they become invisible to others."""
        deadline = time.monotonic() + seconds_to_wait(request, identified)
        while True:
            response = self._change(without_waiting(request), identified, has_messages)
            remaining = deadline - time.monotonic()
            if remaining <= 0 or has_messages(response) or not _succeeded(response):
                return response
            time.sleep(min(_POLL_SECONDS, remaining))

    def _change(self, request: WireRequest, identified: Identified, is_change: Callable[[Response], bool]) -> Response:
        seed = determinism.new_seed()
        digest = self._blobs.put(request.body) if len(request.body) > _INLINE_BYTES else ""
        with self._changes:
            at, started = time.time(), time.perf_counter()
            with determinism.seeded(seed), clock.held(at):
                response = self._services.handle(request, identified)
            if is_change(response):
                sequence = self._store.append(_entry(request, identified, at, seed, digest))
                self._snapshots.changed(identified.service, sequence, time.perf_counter() - started)
        return response


def _succeeded(response: Response) -> bool:
    return response.status_code < HTTPStatus.BAD_REQUEST


def _entry(request: WireRequest, identified: Identified, at: float, seed: bytes, digest: str) -> Entry:
    caller = identified.caller
    return Entry(
        service=identified.service,
        account=caller.account,
        region=caller.region,
        access_key=caller.access_key,
        arn=caller.arn,
        at=at,
        seed=seed,
        method=request.method,
        uri=request.environ["RAW_URI"],
        headers=dict(request.headers),
        body=b"" if digest else request.body,
        body_digest=digest,
    )
