"""Feature groups that an update would replace or delete, and the records of their online stores with them.

All else that holds data can't be deleted while it does; a feature group can. AWS changes nothing of a group but by
making another, so a changed schema loses what was put in. Only what mlstack.yaml declares is looked at here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_stacks.spec import EnvironmentSpec, FeatureGroup

    from mlstack.engine.state import StateResource
    from mlstack.infrastructure.contents import Contents

_OF_PROJECT = "mlstack:stacks:Project$mlstack:aws:FeatureStore$"


class LosesRecordsError(MlstackError):
    """An update would delete feature groups that hold records, and nobody said that it may."""

    code = "holds-data"

    def __init__(self, environment: str, held: Sequence[Contents]) -> None:
        listed = "\n".join(f"  {each}" for each in held)
        super().__init__(
            f"mlstack.yaml says otherwise of feature groups of {environment!r}, so they would be deleted with their "
            f"records, and nothing was changed:\n{listed}",
            next_step="Leave them as they are and add the changed schema as a group of another name; or, to delete the "
            f"records, run `mlstack up {environment} --delete-data`.",
        )


def refuse_lost_records(spec: EnvironmentSpec, resources: Sequence[StateResource]) -> None:
    """Refuses an update that would delete records of features.

    Args:
        spec: The environment.
        resources: What its stack consists of.

    Raises:
        LosesRecordsError: A group that the update replaces or deletes holds records.
        CloudError: The cloud cannot be asked.
    """
    from mlstack.infrastructure.contents import FEATURES

    groups = [each for each in resources if each.type == FEATURES and _OF_PROJECT in each.urn]
    if not groups:
        return
    kept = _specified(spec)
    changed = [group for group in groups if _stated(group.inputs) not in kept]
    if not changed:
        return
    from mlstack.cloud.aws import AwsSession
    from mlstack.cloud.errors import explained
    from mlstack.infrastructure.contents import read_contents

    with explained(spec):
        held = read_contents(AwsSession.for_environment(spec), changed)
    if held:
        raise LosesRecordsError(spec.environment, held)


def _specified(spec: EnvironmentSpec) -> list[dict[str, Any]]:
    from mlstack_stacks.composition.features import TYPES
    from mlstack_stacks.naming import Names

    names = Names(spec.name, spec.environment)

    def definition(name: str, group: FeatureGroup) -> dict[str, Any]:
        return {
            "name": names.feature_group(name),
            "identifier": group.record_identifier,
            "time": group.event_time,
            "features": {feature: TYPES[type_] for feature, type_ in group.features.items()},
            "online": group.online,
            "offline": group.offline,
        }

    return [definition(name, group) for name, group in (spec.features or {}).items()]


def _stated(inputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": inputs.get("featureGroupName"),
        "identifier": inputs.get("recordIdentifierFeatureName"),
        "time": inputs.get("eventTimeFeatureName"),
        "features": {each["featureName"]: each["featureType"] for each in inputs.get("featureDefinitions", [])},
        "online": "onlineStoreConfig" in inputs,
        "offline": "offlineStoreConfig" in inputs,
    }
