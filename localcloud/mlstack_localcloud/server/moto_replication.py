"""GetBucketReplication as S3 answers it: with everything that was put. moto leaves out filters, keys and criteria.

Private parts of moto: `S3Response.get_bucket_replication`, and the configuration as its backend keeps it, which is the
XML of the request as xmltodict reads it.
"""

from __future__ import annotations

import functools
from typing import Any

from .moto_adjustments import imported


def adjust() -> None:
    """Adjust moto's S3 if it is imported by now; making the adjustment again changes nothing."""
    responses: Any = imported("moto.s3.responses")
    if responses is None or hasattr(responses.S3Response.get_bucket_replication, "__wrapped__"):
        return
    answer = responses.S3Response.get_bucket_replication

    @functools.wraps(answer)
    def get_bucket_replication(self: Any) -> Any:
        found = self.backend.get_bucket_replication(self.bucket_name)
        if not found:
            return answer(self)
        self.data["Action"] = "GetBucketReplication"
        whole = {"Role": found["Role"], "Rules": [rule(each) for each in found["Rule"]]}
        return self.serialized(responses.ActionResult({"ReplicationConfiguration": whole}))

    responses.S3Response.get_bucket_replication = get_bucket_replication


def rule(kept: dict[str, Any]) -> dict[str, Any]:
    """Return a rule as the API has it.

    Args:
        kept: The rule as moto keeps it: an empty element is None, and a single entry of a list is no list.
    """
    told = {name: value for name, value in kept.items() if value is not None and name != "Filter"}
    if "Filter" in kept:
        told["Filter"] = _filter(kept["Filter"] or {})
    elif "Prefix" in kept:
        told["Prefix"] = kept["Prefix"] or ""
    return told


def _filter(kept: dict[str, Any]) -> dict[str, Any]:
    if "And" in kept:
        both = kept["And"] or {}
        tags = both.get("Tag") or []
        tags = tags if isinstance(tags, list) else [tags]
        prefix = {"Prefix": both["Prefix"] or ""} if "Prefix" in both else {}
        return {"And": {**prefix, "Tags": tags}}
    return {name: value if name == "Tag" else value or "" for name, value in kept.items()}
