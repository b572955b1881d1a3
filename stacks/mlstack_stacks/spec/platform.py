"""The part `platform` of mlstack.yaml: the account's platform stack, which a project takes its surroundings from."""

from __future__ import annotations

import re
from typing import Annotated

from mlstack_components.errors import quoted
from pydantic import AfterValidator, WithJsonSchema

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import wrong

# What Pulumi allows for each of the three (https://www.pulumi.com/docs/iac/concepts/stacks/).
_STACK = r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+"


def _check_stack(value: str) -> str:
    if not re.fullmatch(_STACK, value):
        hint = 'Write organization, project and stack, such as "organization/acme-platform/prod".'
        raise wrong(f"{quoted(value)} is not the full name of a stack.", hint)
    return value


StackName = Annotated[
    str,
    AfterValidator(_check_stack),
    WithJsonSchema({"type": "string", "pattern": f"^{_STACK}$", "examples": ["organization/acme-platform/prod"]}),
]


class PlatformReference(SpecModel):
    """The stack of the account's platform: its network, its boundary of roles and its log groups are the project's.

    What this file says itself of `network` and `roles` goes before.
    """

    stack: StackName
    """The stack, by organization, project and name; the organization is `organization` where Pulumi's state is in a
    bucket or in files."""
    network: bool = True
    """Whether jobs and models are placed in the platform's network."""
