"""Operations of Cost Explorer that moto lacks: cost allocation tags.

AWS knows a tag only about a day after a resource has carried it, and lets nobody activate it before. Here every tag
may be activated at once: nothing costs anything.

Private parts of moto: `CostExplorerResponse.ce_backend` and `body`.
"""

from __future__ import annotations

import json
from typing import Any

from .moto_adjustments import imported


def adjust() -> None:
    """Add the operations, if moto's Cost Explorer is imported by now; may be called again."""
    responses = imported("moto.ce.responses")
    if responses is None or hasattr(responses.CostExplorerResponse, "list_cost_allocation_tags"):
        return
    responses.CostExplorerResponse.list_cost_allocation_tags = list_cost_allocation_tags
    responses.CostExplorerResponse.update_cost_allocation_tags_status = update_cost_allocation_tags_status


def list_cost_allocation_tags(self: Any) -> str:
    """ListCostAllocationTags, on one page."""
    given = json.loads(self.body)
    keys, status = given.get("TagKeys"), given.get("Status")
    found = [
        {"TagKey": key, "Type": "UserDefined", "Status": state}
        for key, state in _tags(self).items()
        if (not keys or key in keys) and status in {None, state}
    ]
    return json.dumps({"CostAllocationTags": found if given.get("Type") != "AWSGenerated" else []})


def update_cost_allocation_tags_status(self: Any) -> str:
    """UpdateCostAllocationTagsStatus."""
    _tags(self).update({each["TagKey"]: each["Status"] for each in json.loads(self.body)["CostAllocationTagsStatus"]})
    return json.dumps({"Errors": []})


def _tags(response: Any) -> dict[str, str]:
    # Where the backend is kept, they are kept.
    found: dict[str, str] = vars(response.ce_backend).setdefault("cost_allocation_tags", {})
    return found
