"""Undoing a release: pointer, Pulumi's state and endpoint agree again on what was served before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack.release.restore import has_monitors, with_former_serving
from mlstack.release.scope import MONITOR_TARGETS, TARGETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack.engine.pulumi import Pulumi
    from mlstack.release.pointer import Release, ReleasePointer


def undo(
    pulumi: Pulumi,
    pointer: ReleasePointer,
    before: Release,
    former: Mapping[str, Any] | None,
    *,
    rolls_back: bool = True,
) -> None:
    """Put everything back.

    Args:
        pulumi: The engine.
        pointer: The release pointer.
        before: Where it pointed before.
        former: The state before the update; None where nothing was updated.
        rolls_back: Whether SageMaker runs what it ran before. It ran nothing where the endpoint was shut down.

    Raises:
        MlstackError: The engine failed; the pointer is back all the same.
    """
    pointer.move(before)
    if former is None:
        return
    if before.model_package_arn is None or not rolls_back:
        # Nothing was served before: what the update made goes again, or gives way to what was released before.
        pulumi.up(TARGETS, refresh=False)
        return
    now = pulumi.export_state()
    pulumi.import_state(with_former_serving(now, former))
    pulumi.refresh(TARGETS)
    if has_monitors(now) or has_monitors(former):
        # Nothing else: model and configuration would get the tags of what lies in src/ now.
        pulumi.up(MONITOR_TARGETS, refresh=False)
