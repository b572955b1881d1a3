"""The part `continuous_deployment` of mlstack.yaml: approved versions are released by the cloud itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from mlstack_components.errors import quoted
from pydantic import AfterValidator, Field, WithJsonSchema

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import once_each, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec.models import EnvironmentSpec

_PRINCIPAL = re.compile(
    r"arn:aws(?:-[a-z-]+)?:iam::([0-9]{12}):(?:role|user)/(?:[\x21-\x7e]{0,510}/)?[\w+=,.@-]{1,64}", re.ASCII
)
_KEY = "continuous_deployment"


def _check(value: str) -> str:
    if not _PRINCIPAL.fullmatch(value) or not {"*", "?"}.isdisjoint(value):
        raise wrong(
            f"{quoted(value)} is not the ARN of a role or user.", 'Such as "arn:aws:iam::111111111111:role/operator".'
        )
    return value


PrincipalArn = Annotated[
    str,
    AfterValidator(_check),
    WithJsonSchema({"type": "string", "pattern": "^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/.+$"}),
]


class ContinuousDeployment(SpecModel):
    """Each version that is approved is released by the cloud itself, with the infrastructure of the last `up`."""

    deployers: Annotated[tuple[PrincipalArn, ...], Field(max_length=20), AfterValidator(once_each)] = ()
    """Roles and users, by ARN, that bring the environment up beside its continuous integration. Nobody else may say
    what a release runs, so nobody else can."""


def continuous_deployment_contradictions(spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    """What releases by themselves contradict.

    Args:
        spec: The specification.

    Yields:
        The key, what is wrong, and what to do.
    """
    part = spec.continuous_deployment
    if part is None:
        return
    for arn in part.deployers:
        if (account := arn.split(":")[4]) != spec.account and not spec.is_local:
            yield (
                f"{_KEY}.deployers",
                f"names {arn}, and `{spec.environment}` is in the account {spec.account}, not in {account}.",
                "Name roles and users of that account, below the environment that they are for.",
            )
    if any(view.serving is not None and view.serving.kind == "batch" for view in spec.views().values()):
        yield (
            _KEY,
            "releases to endpoints, and `serving.kind` is batch: its release changes roles, which no build may.",
            f"Release by `mlstack release {spec.environment}`, and write `{_KEY}: null` for this environment.",
        )
