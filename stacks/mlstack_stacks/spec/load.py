"""From mlstack.yaml to one checked specification an environment.

Stages: the file becomes a tree of places (`read_yaml`); each environment's keys are laid over the project's; each
result is validated as a whole, so that an override that breaks something far from it is found; scripts and data are
looked for. All problems of all environments are reported together, each where the value stands that causes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from mlstack_components.errors import Problem, SpecError, UserError
from pydantic import ValidationError

from mlstack_stacks.spec.access import foreign_roles
from mlstack_stacks.spec.contradictions import contradictions
from mlstack_stacks.spec.files import missing_files, shown
from mlstack_stacks.spec.framework import missing_images
from mlstack_stacks.spec.model_card import texts_that_break_the_card
from mlstack_stacks.spec.model_names import model_problems
from mlstack_stacks.spec.models import EnvironmentSpec, Parts, ProjectSpec
from mlstack_stacks.spec.network import networks_that_cannot_be_made
from mlstack_stacks.spec.problems import MISSING, did_you_mean, problems_of, unknown_key
from mlstack_stacks.spec.project_models import inheriting, is_model
from mlstack_stacks.spec.read_yaml import read
from mlstack_stacks.spec.registry_source import joined, registry_problems
from mlstack_stacks.spec.stack import StackSpec
from mlstack_stacks.spec.training_problems import training_problems
from mlstack_stacks.spec.tree import Mapping, Node, Place, Scalar, Sequence, walk
from mlstack_stacks.spec.tuning import tuning_problems
from mlstack_stacks.spec.values import LOCAL_ENVIRONMENT, closest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Spec = TypeVar("Spec", bound=StackSpec)


@dataclass(frozen=True)
class Layout(Generic[Spec]):
    """What a file of environments holds.

    Attributes:
        model: What each environment becomes.
        parts: The keys that an environment may override.
        bare: The parts that may not be left without a value, for it would not say whether they are on.
        example: A name for one, to be suggested.
    """

    model: type[Spec]
    parts: tuple[str, ...]
    bare: frozenset[str]
    example: str

    @property
    def file_keys(self) -> tuple[str, ...]:
        """The keys of the file."""
        return ("name", *self.parts, "environments")

    @property
    def environment_keys(self) -> tuple[str, ...]:
        """The keys of an environment."""
        return ("account", "region", "local", *self.parts)


_LAYOUT = Layout(
    EnvironmentSpec, tuple(Parts.model_fields), frozenset({"alarms", "monitoring", "registry"}), "my-project"
)


_FINDERS = (
    missing_images,
    tuning_problems,
    training_problems,
    foreign_roles,
    networks_that_cannot_be_made,
    contradictions,
    texts_that_break_the_card,
)
"""Each finds the problems of an environment that no model alone can see."""


def load(path: Path, environment: str, *, check_files: bool = True) -> EnvironmentSpec:
    """Reads a project's specification for one environment; all of its environments are checked.

    Args:
        path: The file, usually `mlstack.yaml`.
        environment: The environment's name; `local` is always there.
        check_files: Whether the scripts and data that it names must exist beside it.

    Returns:
        The specification with the environment's overrides applied.

    Raises:
        SpecError: The file is not valid; all problems at once.
        UserError: The environment is not in the file.
    """
    return environment_of(path, load_all(path, check_files=check_files).environments, environment)


def environment_of(path: Path, environments: dict[str, Spec], environment: str) -> Spec:
    """One environment of a file.

    Args:
        path: The file.
        environments: Its environments by name.
        environment: The environment's name.

    Raises:
        UserError: The environment is not in the file.
    """
    if environment not in environments:
        names = list(environments)
        guess = closest(environment, names)
        hint = did_you_mean(guess) if guess else f"It has {', '.join(names)}."
        raise UserError(f'{shown(path)} has no environment "{environment}".', next_step=hint)
    return environments[environment]


def load_all(path: Path, *, check_files: bool = True) -> ProjectSpec:
    """Reads a project's specification for all of its environments.

    Args:
        path: The file, usually `mlstack.yaml`.
        check_files: Whether the scripts and data that it names must exist beside it.

    Returns:
        The specification.

    Raises:
        SpecError: The file is not valid; all problems at once.
    """
    file = shown(path)
    checker = Checker.read(path, _LAYOUT)
    specs = checker.specs()
    finders = (*_FINDERS, missing_files) if check_files else _FINDERS
    checker.problems += [p for spec in specs.values() for p in model_problems(spec, file)]
    checker.problems += registry_problems(specs, file)
    views = [view for spec in specs.values() for view in spec.views().values()]
    checker.problems += [p for find in finders for view in views for p in find(view, file)]
    if problems := checker.found():
        raise SpecError(problems)
    first = next(iter(specs.values()))
    return ProjectSpec(name=first.name, environments=joined(specs))


class Checker(Generic[Spec]):
    """Checks the environments of one file and collects the problems.

    Args:
        path: The file.
        tree: What stands in it.
        layout: What it may hold.

    Attributes:
        problems: The problems that were found so far.
    """

    def __init__(self, path: Path, tree: Mapping, layout: Layout[Spec]) -> None:
        self._path = path
        self._file = file = shown(path)
        self._tree = tree
        self._layout = layout
        self.problems: list[Problem] = [
            *_without_value(file, tree, layout.bare),
            *_unknown(file, tree, layout.file_keys, layout),
        ]

    @classmethod
    def read(cls, path: Path, layout: Layout[Spec]) -> Checker[Spec]:
        """Read a file.

        Args:
            path: The file.
            layout: What it may hold.

        Raises:
            SpecError: It is no YAML, or none that a specification may be.
        """
        try:
            return cls(path, read(path), layout)
        except SpecError as error:
            file = shown(path)
            raise SpecError([Problem(file, p.line, p.key, p.message, p.suggestion) for p in error.problems]) from None

    def specs(self) -> dict[str, Spec]:
        """The environments that are valid, by name."""
        return {name: spec for name, overrides in self.environments() if (spec := self.check(name, overrides))}

    def environments(self) -> Iterator[tuple[str, Mapping]]:
        """Each environment's name and overrides; `local` needs no entry."""
        node = self._tree.entries.get("environments")
        if node is not None and not isinstance(node, Mapping):
            message = "must be one key an environment."
            self.problems.append(Problem(self._file, node.place.line, "environments", message, "Such as `local: {}`."))
        entries = node.entries if isinstance(node, Mapping) else {}
        if LOCAL_ENVIRONMENT not in entries:
            yield LOCAL_ENVIRONMENT, Mapping(self._tree.place)
        for name, overrides in entries.items():
            if isinstance(overrides, Scalar) and overrides.value is None:
                yield name, Mapping(overrides.place)
            elif isinstance(overrides, Mapping):
                self.problems += _unknown(self._file, overrides, self._layout.environment_keys, self._layout)
                yield name, overrides
            else:
                message = "must be keys with values."
                place = overrides.place
                self.problems.append(Problem(self._file, place.line, place.key, message, f"Write `{name}: {{}}`."))

    def check(self, name: str, overrides: Mapping) -> Spec | None:
        """Validates the file with an environment's overrides; None where there are problems."""
        merged = _merge(self._tree, overrides, self._layout)
        if "name" not in merged.entries:
            # It stands in no environment, so its absence is the file's and not to be reported once for each.
            self.problems.append(Problem(self._file, 1, "name", MISSING, f"Add `name: {self._layout.example}`."))
            merged.entries["name"] = Scalar(self._tree.place, "nameless", "nameless", plain=False)
        merged.entries["environment"] = Scalar(overrides.place, name, name, plain=False)
        try:
            spec = self._layout.model.model_validate(merged.data())
        except ValidationError as error:
            self.problems += problems_of(error, self._file, merged, self._layout.model)
            return None
        places = {key: node.place for key, node in _keys(merged)}
        spec.read_from(self._path, places)
        return spec

    def found(self) -> list[Problem]:
        """The problems, each place's first one only: the project's keys are checked once an environment."""
        by_place: dict[tuple[int, str], Problem] = {}
        for problem in self.problems:
            by_place.setdefault((problem.line, problem.key), problem)
        problems = list(by_place.values())
        # A key that is missing because it is misspelt is one mistake.
        meant = {(problem.key.rpartition(".")[0], problem.suggestion) for problem in problems}
        return [p for p in problems if not (p.message == MISSING and _guessed(p.key) in meant)]


def _guessed(key: str) -> tuple[str, str]:
    parent, _, name = key.rpartition(".")
    return parent, did_you_mean(name)


def _merge(project: Mapping, overrides: Mapping, layout: Layout[Spec]) -> Mapping:
    """The file's keys with an environment's laid over them, unknown ones left out: they are reported already."""
    base = {key: node for key, node in project.entries.items() if key in ("name", *layout.parts)}
    over = {key: node for key, node in overrides.entries.items() if key in layout.environment_keys}
    return _overlay(Mapping(overrides.place, base), Mapping(overrides.place, inheriting(over, base)))


def _overlay(base: Mapping, overrides: Mapping) -> Mapping:
    entries = dict(base.entries)
    for key, node in overrides.entries.items():
        below = entries.get(key)
        both = isinstance(below, Mapping) and isinstance(node, Mapping)
        entries[key] = _overlay(below, node) if both else node  # type: ignore[arg-type]
    return Mapping(base.place, entries)


def _keys(mapping: Mapping, prefix: str = "") -> Iterator[tuple[str, Node]]:
    for key, node in mapping.entries.items():
        yield from _below(f"{prefix}{key}", node)


def _below(key: str, node: Node) -> Iterator[tuple[str, Node]]:
    yield key, node
    if isinstance(node, Mapping):
        yield from _keys(node, f"{key}.")
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _below(f"{key}[{index}]", item)


def _unknown(file: Path, mapping: Mapping, known: tuple[str, ...], layout: Layout[Spec]) -> Iterator[Problem]:
    for key, node in mapping.entries.items():
        if key in known:
            continue
        if key in layout.environment_keys:
            place: Place = node.place
            yield Problem(file, place.line, place.key, "belongs to an environment.", "Move it below `environments:`.")
        elif key in layout.file_keys:
            place = node.place
            yield Problem(file, place.line, place.key, "is the same in all environments.", "Remove it here.")
        else:
            yield unknown_key(file, node, key, known)


def _without_value(file: Path, tree: Mapping, parts: frozenset[str]) -> Iterator[Problem]:
    """Keys with nothing behind them: whether the part is meant with its defaults or left out can't be told."""
    environments = tree.entries.get("environments")
    bare = set(environments.entries) if isinstance(environments, Mapping) else set()
    allowed = {"environments", *(f"environments.{name}" for name in bare)}
    for node in walk(tree):
        if isinstance(node, Scalar) and node.empty and node.place.key not in allowed and not is_model(node.place.key):
            key = node.place.key.rpartition(".")[2]
            hint = f"Write `{key}: {{}}` for its defaults or `{key}: null` to leave it out." if key in parts else None
            yield Problem(
                file, node.place.line, node.place.key, "has no value.", hint or "Write one, or remove the key."
            )
