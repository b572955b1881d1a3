"""The part `workbench` of platform.yaml: where data scientists work in the cloud."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from mlstack_components.errors import Problem, quoted
from pydantic import AfterValidator, Field

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import once_each, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.platform.spec import PlatformSpec

_USER = re.compile(r"[a-z0-9](-?[a-z0-9]){0,24}")
_NOTEBOOK_TYPE = re.compile(r"ml\.[a-z][a-z0-9-]*\.[a-z0-9]+")


def _check_user(value: str) -> str:
    if not _USER.fullmatch(value):
        rule = "1 to 25 lower-case letters and digits, words joined by single hyphens"
        raise wrong(f"{quoted(value)} is not a user's name: {rule}.", "Such as `ada-lovelace`.")
    return value


def _check_notebook_type(value: str) -> str:
    # Notebooks run on types that nothing else of SageMaker runs on, such as ml.t3.medium.
    if not _NOTEBOOK_TYPE.fullmatch(value):
        raise wrong(f"{quoted(value)} is not an instance type.", 'Write one such as "ml.t3.medium".')
    return value


class Workbench(SpecModel):
    """Notebooks for data scientists, in the platform's network; those that nobody works in shut down."""

    users: Annotated[
        tuple[Annotated[str, AfterValidator(_check_user)], ...],
        Field(min_length=1, max_length=200),
        AfterValidator(once_each),
    ]
    """Who works in it, each with a profile and a role of their own."""
    idle_shutdown_minutes: Annotated[int, Field(ge=60, le=525_600)] = 60
    """After how many minutes without work a notebook is shut down; its files stay."""
    instance_types: Annotated[
        tuple[Annotated[str, AfterValidator(_check_notebook_type)], ...],
        Field(min_length=1, max_length=50),
        AfterValidator(once_each),
    ] = ("ml.t3.medium",)
    """On what notebooks may run; the first where nothing is chosen."""


def workbench_without_network(spec: PlatformSpec, file: Path) -> Iterator[Problem]:
    """The problem of a workbench that has no network to be placed in.

    Args:
        spec: The specification.
        file: Its file, as messages name it.
    """
    if spec.workbench is None or spec.network is not None:
        return
    place = spec.place("workbench")
    line, key = (place.line, place.key) if place else (0, "workbench")
    message = "needs the platform's network: notebooks have no other way out."
    yield Problem(file, line, key, message, "Add `network: {zones: 2}`, or name one that is there.")
