"""Values of records: what a feature's type allows, and event times as points in time."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.errors import ServiceError

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.features.records import Features
    from mlstack_localcloud.server.sagemaker.ports import Document

# `yyyy-MM-dd'T'HH:mm:ssZ` and `yyyy-MM-dd'T'HH:mm:ss.SSSZ`, by the developer guide's glossary entry on event times.
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)")
_LONG = 1 << 63
_YEAR_10000 = 253402300800
_SECONDS = {"Seconds": 1, "Minutes": 60, "Hours": 3600, "Days": 86400, "Weeks": 604800}


def invalid(message: str) -> ServiceError:
    """Return the error of the runtime API for values that are wrong."""
    return ServiceError("ValidationError", message)


def types(group: Document) -> dict[str, str]:
    """Return the types of a group's features by name, in their order."""
    return {each["FeatureName"]: each["FeatureType"] for each in group["FeatureDefinitions"]}


def features_of(group: Document, record: list[Document]) -> Features:
    """Return a record as values by feature.

    Args:
        group: The feature group.
        record: The record as the request has it.

    Raises:
        ServiceError: ValidationError for what the group does not have, or that its types do not allow.
    """
    known, found = types(group), dict[str, str]()
    for value in record:
        name = value["FeatureName"]
        if name not in known:
            raise invalid(f"Validation Error: FeatureName {name} does not exist in {group['FeatureGroupName']}.")
        if name in found:
            raise invalid(f"Validation Error: FeatureName {name} is repeated in the record.")
        if "ValueAsStringList" in value:
            raise invalid("The local cloud does not support ValueAsStringList.")
        if "ValueAsString" in value:
            found[name] = _checked(name, known[name], value["ValueAsString"])
    for member in ("RecordIdentifierFeatureName", "EventTimeFeatureName"):
        if group[member] not in found:
            raise invalid(f"Validation Error: The record has no value of {group[member]}, its {member}.")
    return found


def point_in_time(group: Document, value: str) -> float:
    """Return an event time in seconds since 1970.

    Raises:
        ServiceError: ValidationError where it is none.
    """
    name = group["EventTimeFeatureName"]
    if types(group)[name] != "String":
        seconds = _number(value)
        if seconds is None or not 0 <= seconds < _YEAR_10000:
            raise invalid(f"Validation Error: {name} is not a number of seconds since 1970: {value}")
        return seconds
    seconds = _iso_seconds(value)
    if seconds is None:
        wanted = "yyyy-MM-dd'T'HH:mm:ssZ or yyyy-MM-dd'T'HH:mm:ss.SSSZ"
        raise invalid(f"Validation Error: {name} is not of the form {wanted}: {value}")
    return seconds


def seconds_of(duration: Document) -> int:
    """Return a time to live in seconds."""
    return int(duration["Value"]) * _SECONDS[duration["Unit"]]


def _checked(name: str, type_: str, value: str) -> str:
    number = _number(value)
    if not _is_unicode(value):
        raise invalid(f"Validation Error: The value of {name} is no Unicode text.")
    if type_ == "Fractional" and number is None:
        raise invalid(f"Validation Error: {name} is Fractional, and its value is not: {value}")
    if type_ == "Integral" and (not re.fullmatch(r"[-+]?\d{1,19}", value) or not -_LONG <= int(value) < _LONG):
        raise invalid(f"Validation Error: {name} is Integral, and its value is not: {value}")
    return value


def _iso_seconds(value: str) -> float | None:
    try:
        return datetime.fromisoformat(value).timestamp() if _ISO.fullmatch(value) else None
    except (ValueError, OverflowError):
        return None


def _number(value: str) -> float | None:
    try:
        # Python itself reads 1_000 too.
        number = math.nan if "_" in value else float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _is_unicode(value: str) -> bool:
    """Whether a text can be written: JSON can hold half of a surrogate pair."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
