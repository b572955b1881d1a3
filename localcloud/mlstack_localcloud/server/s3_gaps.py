"""The sub-resources of S3 that moto does not know, and takes for the bucket or the object itself.

It answers `GET /bucket?metrics` with the list of objects, and would delete the bucket on `DELETE /bucket?metrics`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .wire import WireRequest

_METADATA = frozenset({"metadataConfiguration", "metadataTable"})
_METADATA_TABLES = frozenset({"metadataAnnotationTable", "metadataInventoryTable", "metadataJournalTable"})
_BUCKET = frozenset({"abac", "analytics", "intelligent-tiering", "metrics", "requestPayment"})

GAPS = {
    ("DELETE", "bucket"): _BUCKET | _METADATA | {"inventory"},
    ("GET", "bucket"): _BUCKET | _METADATA | {"session"},
    ("POST", "bucket"): _METADATA,
    ("PUT", "bucket"): _BUCKET | _METADATA_TABLES,
    ("DELETE", "object"): frozenset({"annotation"}),
    ("GET", "object"): frozenset({"annotation", "retention", "torrent"}),
    ("PUT", "object"): frozenset({"annotation", "encryption", "renameObject"}),
}
"""The sub-resources by method and by what they are of."""


def is_gap(request: WireRequest) -> bool:
    """Tell whether a request to S3 is for something that moto would take for something else.

    Args:
        request: The request; buckets are in the path.
    """
    if not request.query:
        return False
    level = "object" if "/" in request.path.strip("/") else "bucket"
    return not GAPS.get((request.method, level), frozenset()).isdisjoint(request.parameters)
