"""Replays the journal: what was acknowledged after the last snapshot happens again, at its time and with its seed."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from ..caller import Caller
from ..environ import make_environ
from ..signature import Identified
from ..wire import WireRequest
from .clock import held
from .determinism import seeded

if TYPE_CHECKING:
    from ..moto_services import MotoServices
    from .blobs import BlobStore
    from .store import Entry, Store

_log = logging.getLogger(__name__)


def replay(store: Store, blobs: BlobStore, services: MotoServices) -> set[str]:
    """Replay the journal on the restored snapshots.

    Args:
        store: Holds the journal.
        blobs: Hold the large bodies of its requests.
        services: Answer the requests.

    Returns:
        The signing names of the services whose requests were replayed.
    """
    entries = list(store.journal())
    touched = {entry.service for entry in entries}
    for entry in entries:
        _replay_one(entry, blobs, services)
    if entries:
        _log.info("replayed %d requests since the last snapshot", len(entries))
    return touched


def _replay_one(entry: Entry, blobs: BlobStore, services: MotoServices) -> None:
    body = blobs.get(entry.body_digest) if entry.body_digest else entry.body
    environ = make_environ(entry.method, entry.uri, entry.headers, body)
    path, _, query = entry.uri.partition("?")
    request = WireRequest(entry.method, path, query, entry.headers, body, environ)
    identified = Identified(Caller(entry.account, entry.region, entry.arn, entry.access_key), entry.service)
    try:
        with seeded(entry.seed), held(entry.at):
            response = services.handle(request, identified)
    except Exception:
        # One request that fails must not cost what came after it.
        _log.exception("replaying %s %s failed", entry.method, entry.uri)
        return
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        _log.error("replaying %s %s answered %d", entry.method, entry.uri, response.status_code)
