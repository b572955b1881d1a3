"""The sizes of tracking servers in a specification, and what AWS calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlstack_components.aws.experiment_tracking import ServerSize

SIZES: dict[str, ServerSize] = {"small": "Small", "medium": "Medium", "large": "Large"}
