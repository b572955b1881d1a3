"""Which region offers which instance types: read from moto's files when somebody asks.

moto reads all of them when EC2 is first used: 50 MB, for a question that hardly anybody asks.

Private parts of moto: `moto.utilities.utils.load_resource`, and the loop over its results at the top of
`moto.ec2.models.instance_types`, which adds each one's kind of location.
"""

from __future__ import annotations

import sys
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from moto.utilities import utils

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FOLDER = "instance_type_offerings"
_READER = "moto.ec2.models.instance_types"


def adjust() -> None:
    """Put the reading off, for an EC2 that is not imported yet; may be called again."""
    load: Callable[[str], Any] = utils.load_resource
    if hasattr(load, "__wrapped__"):
        return

    def load_resource(resource: str) -> Any:
        return _Offerings(load, resource) if _FOLDER in resource else load(resource)

    vars(load_resource)["__wrapped__"] = load
    vars(utils)["load_resource"] = load_resource


class _Offerings:
    """The offerings of one region and kind of location, read anew each time that they are gone through."""

    def __init__(self, load: Callable[[str], Any], resource: str) -> None:
        self._load = load
        self._resource = resource

    def __iter__(self) -> Iterator[dict[str, Any]]:
        spec = sys.modules[_READER].__spec__
        if getattr(spec, "_initializing", False):
            return iter(())
        location = PurePath(self._resource).parent.name
        return iter([{**each, "LocationType": location} for each in self._load(self._resource)])
