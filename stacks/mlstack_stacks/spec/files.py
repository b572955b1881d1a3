"""Whether the scripts and data that a specification names are there, and how messages name files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mlstack_components.errors import Problem

from mlstack_stacks.spec.data_source import folder_problem
from mlstack_stacks.spec.images import built_image, missing_contexts
from mlstack_stacks.spec.values import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec.models import EnvironmentSpec
    from mlstack_stacks.spec.serving import Serving


def missing_files(spec: EnvironmentSpec, file: Path) -> Iterator[Problem]:
    """The problems of paths that don't lead to something inside the project.

    Args:
        spec: The specification.
        file: Its file, as messages name it.
    """
    yield from missing_contexts(spec, file)
    for key, path in named_paths(spec):
        target = spec.root / path
        place = spec.place(key)
        line, shown_key = (place.line, place.key) if place else (0, key)
        if not target.exists():
            yield Problem(file, line, shown_key, f'"{path}" is not there.', _neighbour(target))
        elif key == "data.source" and target.is_dir() and _is_inside(spec, target):
            if (problem := folder_problem(target)) is not None:
                yield Problem(file, line, shown_key, f'"{path}": {problem[0]}', problem[1])
        elif not target.is_file():
            yield Problem(file, line, shown_key, f'"{path}" is not a file.', "Name a single file.")
        elif not _is_inside(spec, target):
            yield Problem(file, line, shown_key, f'"{path}" leads out of the project.', "Replace the link by the file.")


def named_paths(spec: EnvironmentSpec) -> Iterator[tuple[str, str]]:
    """Each key that names a path, with the path."""
    if spec.data is not None and spec.data.s3 is None:
        yield "data.source", spec.data.source
    if spec.steps is not None:
        for name, step in spec.steps:
            # Tuning runs the script of `train`.
            if step is not None and name != "tune" and step.entry_point is not None:
                yield f"steps.{name}.entry_point", step.entry_point
    if spec.serving is not None and not _serves_by_image(spec, spec.serving):
        yield "serving.entry_point", spec.serving.entry_point
    for name, image in (spec.images or {}).items():
        yield f"images.{name}.dockerfile", image.dockerfile


def _serves_by_image(spec: EnvironmentSpec, serving: Serving) -> bool:
    """Whether an image of the project's own serves, which needs no script unless one is named."""
    train = None if spec.steps is None else spec.steps.train.image
    own = built_image(spec, serving.image or train)
    return own is not None and spec.place("serving.entry_point") is None


def _is_inside(spec: EnvironmentSpec, target: Path) -> bool:
    return target.resolve().is_relative_to(spec.root.resolve())


def _neighbour(target: Path) -> str | None:
    names = [path.name for path in target.parent.iterdir()] if target.parent.is_dir() else []
    guess = closest(target.name, names)
    return f'Did you mean "{guess}"?' if guess else "Paths are relative to this file."


def shown(path: Path) -> Path:
    """A file as its user would type it.

    Args:
        path: The file.
    """
    relative = os.path.relpath(path)
    return Path(relative) if not relative.startswith("..") else path
