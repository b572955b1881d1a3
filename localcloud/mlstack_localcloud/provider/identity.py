"""Pulumi ids: what they are made of, and which properties they tell."""

from __future__ import annotations

import re
from functools import lru_cache
from string import Formatter
from typing import TYPE_CHECKING

from mlstack_localcloud.provider.errors import ProviderError

if TYPE_CHECKING:
    from mlstack_localcloud.provider.model import ResourceType
    from mlstack_localcloud.provider.values import Properties

__all__ = ["properties_of_id"]


@lru_cache(maxsize=256)
def _pattern(type_: ResourceType) -> re.Pattern[str]:
    if type_.import_id:
        return re.compile(type_.import_id)
    pattern = ""
    for literal, name, _, _ in Formatter().parse(type_.id):
        pattern += re.escape(literal) + (f"(?P<{name}>.+)" if name else "")
    return re.compile(pattern)


def properties_of_id(type_: ResourceType, id_: str) -> Properties:
    """The properties that an id tells, for an import.

    Raises:
        ProviderError: The id is not of the form that the type has.
    """
    match = _pattern(type_).fullmatch(id_)
    if match is None:
        form = type_.import_id or type_.id
        raise ProviderError(f'"{id_}" is not an id of {type_.token}, which has the form {form}.')
    return {name: value for name, value in match.groupdict().items() if value is not None}
