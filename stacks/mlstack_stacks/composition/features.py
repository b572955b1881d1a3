"""The part `features`: the feature groups, from the specification's to those of AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.feature_store import FeatureGroup, FeatureStore, FeatureStoreArgs, FeatureType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.naming import Names
    from mlstack_stacks.spec import FeatureGroup as FeatureGroupSpec

TYPES: dict[str, FeatureType] = {"string": "String", "float": "Fractional", "integer": "Integral"}
"""The types of features in the specification, and what AWS calls them."""


def declare(groups: Mapping[str, FeatureGroupSpec], environment: Environment) -> dict[str, Any]:
    """Declares the feature groups.

    Args:
        groups: The groups of the specification, by name.
        environment: The environment.

    Returns:
        The outputs, by name.
    """
    store = FeatureStore(
        environment.prefix,
        FeatureStoreArgs(
            placement=environment.placement,
            encryption_key_arn=environment.key.arn,
            bucket=environment.store.data_bucket,
            bucket_arn=environment.store.data_bucket_arn,
            groups=_feature_groups(environment.names, groups),
            permissions_boundary_arn=environment.boundary,
            tags=environment.tags,
        ),
        environment.options,
    )
    return {"feature_group_names": store.names}


def _feature_groups(names: Names, groups: Mapping[str, FeatureGroupSpec]) -> dict[str, FeatureGroup]:
    return {
        name: FeatureGroup(
            name=names.feature_group(name),
            record_identifier=group.record_identifier,
            event_time=group.event_time,
            features={feature: TYPES[type_] for feature, type_ in group.features.items()},
            online=group.online,
            offline=group.offline,
        )
        for name, group in groups.items()
    }
