"""What moto fails at when an object is to have no tags any more: a PutObjectTagging with an empty set.

Private parts of moto: `S3Response._tagging_from_xml` and `body`, and the `xmltodict` that its module imports.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType


def adjust(responses: ModuleType) -> None:
    """Let an empty set of tags be one; making the adjustment again changes nothing.

    Args:
        responses: `moto.s3.responses`.
    """
    read = responses.S3Response._tagging_from_xml
    if hasattr(read, "__wrapped__"):
        return

    @functools.wraps(read)
    def tagging_from_xml(response: Any) -> dict[str, str]:
        tagging = responses.xmltodict.parse(response.body).get("Tagging") or {}
        # An empty element is read as nothing.
        return read(response) if tagging.get("TagSet") else {}

    responses.S3Response._tagging_from_xml = tagging_from_xml
