"""Feature groups: which features a record has, and where records are kept."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from mlstack_components.errors import quoted
from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import closest, wrong

MAX_GROUP_NAME = 30
MAX_FEATURES = 2500
"""docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFeatureGroup.html"""

RESERVED_FEATURES = frozenset({"is_deleted", "write_time", "api_invocation_time"})
"""What the offline store adds to each record
(docs.aws.amazon.com/sagemaker/latest/APIReference/API_FeatureDefinition.html)."""

_GROUP = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_FEATURE = re.compile(r"[a-zA-Z0-9]([-_]*[a-zA-Z0-9]){0,63}")
_LONGEST_FEATURE = 64
_EVENT_TIME_TYPES = ("string", "float")


def _check_group_name(value: str) -> str:
    if len(value) > MAX_GROUP_NAME:
        raise wrong(f"a feature group's name has at most {MAX_GROUP_NAME} characters, not {len(value)}.", "Shorten it.")
    if not _GROUP.fullmatch(value):
        words = re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_").lstrip("0123456789_")
        rule = "it begins with a letter and holds lower-case letters, digits and single underscores"
        suggestion = f'Write "{words}".' if _GROUP.fullmatch(words) else "Write it so, as in `user_clicks`."
        raise wrong(f"{quoted(value)} is not a feature group's name: {rule}.", suggestion)
    return value


def _check_feature_name(value: str) -> str:
    if value in RESERVED_FEATURES:
        raise wrong(f'"{value}" is what the offline store itself adds to each record.', "Choose another name.")
    if len(value) > _LONGEST_FEATURE or not _FEATURE.fullmatch(value):
        rule = "1 to 64 letters, digits, hyphens and underscores, a letter or digit first and last"
        raise wrong(f"{quoted(value)} is not a feature's name: {rule}.")
    return value


GroupName = Annotated[
    str,
    AfterValidator(_check_group_name),
    WithJsonSchema({"type": "string", "pattern": f"^{_GROUP.pattern}$"}),
]
FeatureName = Annotated[
    str,
    AfterValidator(_check_feature_name),
    WithJsonSchema({"type": "string", "pattern": f"^{_FEATURE.pattern}$"}),
]
FeatureType = Literal["string", "float", "integer"]


class FeatureGroup(SpecModel):
    """One kind of record, such as the weather of a city, and the features that it has."""

    # `schema` itself is the name of a method of pydantic's models.
    features: Annotated[dict[FeatureName, FeatureType], Field(alias="schema", min_length=1, max_length=MAX_FEATURES)]
    """The features by name, each a `string`, a `float` or an `integer`."""
    record_identifier: str
    """The feature that tells records apart."""
    event_time: str
    """The feature that says when a record held: a `string` in ISO 8601, or a `float` in seconds since 1970."""
    online: bool = True
    """Whether the newest record of each identifier is served at once, for predictions."""
    offline: bool = True
    """Whether all records are kept in the data bucket, for training."""

    @field_validator("record_identifier", "event_time")
    @classmethod
    def _in_schema(cls, feature: str, info: ValidationInfo) -> str:
        features = info.data.get("features")
        # A schema that is wrong itself is reported already.
        if features is not None and feature not in features:
            guess = closest(feature, list(features))
            raise wrong(
                f"{quoted(feature)} is no feature of the schema.",
                f'Did you mean "{guess}"?' if guess else "Add it to the schema, or name one of its features.",
            )
        return feature

    @field_validator("event_time")
    @classmethod
    def _is_a_time(cls, feature: str, info: ValidationInfo) -> str:
        type_ = info.data.get("features", {}).get(feature, "string")
        if type_ not in _EVENT_TIME_TYPES:
            raise wrong(
                f'the event time is a "string" or a "float", not an "{type_}".',
                f"Write `{feature}: float` in the schema for seconds since 1970.",
            )
        return feature

    @field_validator("offline")
    @classmethod
    def _somewhere(cls, offline: bool, info: ValidationInfo) -> bool:
        if not offline and info.data.get("online") is False:
            raise wrong(
                "a feature group that is neither online nor offline keeps no record.", "Set one of them to true."
            )
        return offline
