"""The JSON schema of platform.yaml, for editors and other tools."""

from __future__ import annotations

from typing import Any

from mlstack_stacks.platform.spec import PlatformParts
from mlstack_stacks.spec.schema import schema_of
from mlstack_stacks.spec.values import ProjectName  # noqa: TC001 - pydantic reads the annotation


class _File(PlatformParts):
    """The platform of an account, and the environments it is provisioned in."""

    name: ProjectName
    """The platform's name; it is part of every name in the cloud, so no project may have it."""


def json_schema() -> dict[str, Any]:
    """The JSON schema of platform.yaml (draft 2020-12); what needs the whole file, only reading it tells.

    Returns:
        The schema as plain data.
    """
    return schema_of(_File, PlatformParts, "platform.yaml")
