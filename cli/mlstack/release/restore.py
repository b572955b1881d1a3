"""Putting the state of the serving component back after SageMaker rolled an endpoint back.

Pulumi believes that it replaced model and endpoint configuration; the endpoint runs the former ones again, which are
still there (`retain_on_delete`). So the former entries of the state are the true ones, and with them, the pointer put
back and a refresh, the next plain `pulumi up` changes nothing. The downside: it edits a state, which is why it touches
nothing but the serving component and the engine then refreshes it against the cloud. Monitors, which no rollback of
SageMaker's puts back, stay in the state as they are: an update brings them back to the former baseline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack.release.scope import is_monitoring, is_serving

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_former_serving(now: Mapping[str, Any], former: Mapping[str, Any]) -> dict[str, Any]:
    """Put the former serving component into a deployment.

    Args:
        now: The deployment as `pulumi stack export` gives it.
        former: The same before the release.

    Returns:
        `now` with the serving component's resources as they were, in an order in which each stands after what it
        depends on.
    """
    before = {
        entry["urn"]: entry for entry in _resources(former) if _goes_back(entry["urn"]) and not entry.get("delete")
    }
    kept = []
    for entry in _resources(now):
        if not _goes_back(entry["urn"]):
            kept.append(entry)
        elif not entry.get("delete") and entry["urn"] in before:
            kept.append(before.pop(entry["urn"]))
    # What the release removed stood after all that is not serving before, and may stand after it now.
    kept += before.values()
    pending = [
        each for each in now["deployment"].get("pending_operations") or [] if not is_serving(each["resource"]["urn"])
    ]
    return {**now, "deployment": {**now["deployment"], "resources": kept, "pending_operations": pending}}


def has_monitors(export: Mapping[str, Any]) -> bool:
    """Whether a deployment has monitors.

    Args:
        export: The deployment as `pulumi stack export` gives it.
    """
    return any(is_monitoring(entry["urn"]) for entry in _resources(export))


def _goes_back(urn: str) -> bool:
    return is_serving(urn) and not is_monitoring(urn)


def _resources(export: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(export["deployment"].get("resources") or [])
