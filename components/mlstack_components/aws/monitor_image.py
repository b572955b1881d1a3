"""AWS's image that analyzes data for Model Monitor: its address, from `monitor_image.json`, which names its sources."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from mlstack_components.aws.placement import Placement
from mlstack_components.errors import UserError


def has_analyzer(region: str) -> bool:
    """Return whether AWS publishes the image in a region.

    Args:
        region: The region's code.
    """
    return region in _data()["registries"]


def analyzer_image(region: str) -> str:
    """Return the image's address in a region's registry.

    Args:
        region: The region of the jobs.

    Raises:
        UserError: AWS publishes none there.
    """
    data = _data()
    if not has_analyzer(region):
        known = ", ".join(data["registries"])
        raise UserError(f"AWS has no analyzer of Model Monitor in {region}.", next_step=f"Choose one of {known}.")
    placement = Placement(data["registries"][region], region)
    return f"{placement.account}.dkr.ecr.{region}.{placement.domain}/{data['repository']}"


@cache
def _data() -> dict[str, Any]:
    text = files("mlstack_components.aws").joinpath("monitor_image.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data
