"""From the specification's feature groups to those of AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.feature_store import FeatureGroup, FeatureType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_stacks.naming import Names
    from mlstack_stacks.spec import FeatureGroup as FeatureGroupSpec

_TYPES: dict[str, FeatureType] = {"string": "String", "float": "Fractional", "integer": "Integral"}


def feature_groups(names: Names, groups: Mapping[str, FeatureGroupSpec]) -> dict[str, FeatureGroup]:
    """Return the feature groups of an environment as AWS has them.

    Args:
        names: The environment's names.
        groups: The groups of the specification, by name.
    """
    return {
        name: FeatureGroup(
            name=names.feature_group(name),
            record_identifier=group.record_identifier,
            event_time=group.event_time,
            features={feature: _TYPES[type_] for feature, type_ in group.features.items()},
            online=group.online,
            offline=group.offline,
        )
        for name, group in groups.items()
    }
