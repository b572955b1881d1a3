"""Who may do what, in mlstack.yaml: roles that are there already, the boundary of all others, and secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from mlstack_components.errors import Problem, quoted
from pydantic import AfterValidator, Field, WithJsonSchema

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import once_each, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec.models import EnvironmentSpec
    from mlstack_stacks.spec.stack import StackSpec

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: names of 64 (roles) and 128 (policies)
# characters, paths of 512.
_ROLE = r"arn:aws(?:-[a-z-]+)?:iam::[0-9]{12}:role/(?:[\x21-\x7e]{0,510}/)?[\w+=,.@-]{1,64}"
_POLICY = r"arn:aws(?:-[a-z-]+)?:iam::(?:[0-9]{12}|aws):policy/(?:[\x21-\x7e]{0,510}/)?[\w+=,.@-]{1,128}"
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
_NAME = r"[A-Za-z0-9/_+=.@-]{1,512}"
_ACCOUNT = re.compile(r"arn:[^:]+:iam::([0-9]{12}|aws):")


def _check(pattern: str, what: str, example: str) -> AfterValidator:
    compiled = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise wrong(f"{quoted(value)} is not {what}.", f'Such as "{example}".')
        return value

    return AfterValidator(check)


RoleArn = Annotated[
    str,
    _check(_ROLE, "the ARN of a role", "arn:aws:iam::111111111111:role/training"),
    WithJsonSchema({"type": "string", "pattern": "^arn:[a-z-]+:iam::[0-9]{12}:role/.+$"}),
]
PolicyArn = Annotated[
    str,
    _check(_POLICY, "the ARN of a policy", "arn:aws:iam::111111111111:policy/boundary"),
    WithJsonSchema({"type": "string", "pattern": "^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$"}),
]
SecretName = Annotated[
    str,
    _check(_NAME, "the name of a secret", "weather/api-key"),
    WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$"}),
]
Reader = Literal["processing", "training", "serving"]
"""The kinds of jobs that run the project's own code."""


Secrets = Annotated[
    dict[SecretName, Annotated[tuple[Reader, ...], Field(min_length=1), AfterValidator(once_each)]],
    Field(max_length=50),
]
"""The names of secrets, each with the kinds of jobs that may read it."""


class Roles(SpecModel):
    """Roles of the account that are there already, and what bounds all those that are made."""

    permissions_boundary: PolicyArn | None = None
    """The policy that no role which is made may exceed."""
    processing: RoleArn | None = None
    """The role that prepares data and evaluates models; none is made then, and so for the others."""
    training: RoleArn | None = None
    """The role that trains."""
    pipeline: RoleArn | None = None
    """The role that starts the jobs of the training pipeline."""
    serving: RoleArn | None = None
    """The role that serves the model."""
    monitoring: RoleArn | None = None
    """The role that compares calls with a baseline."""

    def given(self) -> dict[str, str]:
        """The roles that are there already, by kind of job."""
        kinds = ("processing", "training", "pipeline", "serving", "monitoring")
        return {kind: arn for kind in kinds if (arn := getattr(self, kind)) is not None}


def secrets_of(spec: EnvironmentSpec, kind: str) -> tuple[str, ...]:
    """The names of the secrets that a kind of job may read.

    Args:
        spec: The specification.
        kind: `processing`, `training` or `serving`.
    """
    return tuple(name for name, kinds in (spec.secrets or {}).items() if kind in kinds)


def foreign_roles(spec: EnvironmentSpec, file: Path) -> Iterator[Problem]:
    """The problems of roles and boundaries that are another account's: nothing of theirs could be used here.

    Args:
        spec: The specification.
        file: Its file, as messages name it.
    """
    if spec.roles is not None:
        given = {"permissions_boundary": spec.roles.permissions_boundary, **spec.roles.given()}
        yield from foreign_policies(spec, file, given)


def foreign_policies(spec: StackSpec, file: Path, given: dict[str, str | None]) -> Iterator[Problem]:
    """The problems of roles and policies below `roles` that are another account's.

    Args:
        spec: The specification.
        file: Its file, as messages name it.
        given: Their ARNs by key.
    """
    for name, arn in given.items():
        match = _ACCOUNT.match(arn or "")
        if match is None or match.group(1) in {spec.account, "aws"}:
            continue
        key = f"roles.{name}"
        place = spec.place(key)
        yield Problem(
            file,
            place.line if place else 0,
            place.key if place else key,
            f"belongs to the account {match.group(1)}, and `{spec.environment}` is in {spec.account}.",
            "Name one of that account, or write `roles` below the environment that it is for.",
        )
