"""The instance types that a cloud has for each use, so that every command refuses what only the cloud would miss.

Source for AWS: the enumerations of botocore's service model of SageMaker, kept in `instance_types.json` with the
version of botocore that they are from; a test compares the two. A type that is newer than this file is found in the
botocore that is installed, which is asked only about a type that this file doesn't have.

```
instance_types.json    {"botocore": version, "uses": {use: {family: sizes}}}
```
"""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from enum import Enum
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".json")
_COMMON = "ml.m5."


class Use(Enum):
    """What an instance is for: AWS has different types for each.

    Attributes:
        PROCESSING: A step that prepares or evaluates.
        TRAINING: A step that trains.
        REALTIME: An endpoint that is always up.
        TRANSFORM: A batch of predictions.
    """

    PROCESSING = "processing jobs"
    TRAINING = "training jobs"
    REALTIME = "endpoints"
    TRANSFORM = "batch transform"

    @property
    def shape(self) -> str:
        """The enumeration's name in AWS's model."""
        return _SHAPES[self]


_SHAPES = {
    Use.PROCESSING: "ProcessingInstanceType",
    Use.TRAINING: "TrainingInstanceType",
    Use.REALTIME: "ProductionVariantInstanceType",
    Use.TRANSFORM: "TransformInstanceType",
}


def is_instance_type(instance_type: str, use: Use) -> bool:
    """Whether AWS has an instance type for a use.

    Args:
        instance_type: The type, such as `ml.m5.large`.
        use: What it is for.
    """
    return instance_type in known(use) or instance_type in _of_installed_botocore(use)


@cache
def known(use: Use) -> frozenset[str]:
    """The instance types of a use, as of this version of mlstack.

    Args:
        use: What they are for.
    """
    families = json.loads(_FILE.read_text(encoding="utf-8"))["uses"][use.name.lower()]
    return frozenset(f"ml.{family}.{size}" for family, sizes in families.items() for size in sizes.split())


def nearest(instance_type: str, use: Use) -> str:
    """The instance type of a use that a wrong one most likely means; of several the most common one.

    Args:
        instance_type: The wrong type.
        use: What it is for.
    """

    def likeness(candidate: str) -> tuple[float, bool, str]:
        return SequenceMatcher(None, instance_type, candidate).ratio(), candidate.startswith(_COMMON), candidate

    return max(known(use), key=likeness)


def families(types: list[str]) -> dict[str, str]:
    """Instance types as this module's file has them: the sizes of each family in one text.

    Args:
        types: The types, in AWS's order.
    """
    found: dict[str, list[str]] = {}
    for each in types:
        _, family, size = each.split(".")
        found.setdefault(family, []).append(size)
    return {family: " ".join(sizes) for family, sizes in sorted(found.items())}


def _of_installed_botocore(use: Use) -> frozenset[str]:
    try:
        from botocore.exceptions import DataNotFoundError
        from botocore.loaders import Loader
    except ImportError:
        return frozenset()
    try:
        model = Loader().load_service_model("sagemaker", "service-2")
    except DataNotFoundError:
        return frozenset()
    return frozenset(model["shapes"][use.shape]["enum"])
