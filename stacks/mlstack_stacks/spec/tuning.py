"""`steps.tune` beside the rest of the specification: what no single key can tell to be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import Problem

from mlstack_stacks.spec.problems import MISSING, did_you_mean
from mlstack_stacks.spec.ranges import NumberRange, combinations
from mlstack_stacks.spec.values import MAX_TUNING_JOBS, closest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mlstack_stacks.spec.models import EnvironmentSpec
    from mlstack_stacks.spec.ranges import Range
    from mlstack_stacks.spec.steps import Tune


def tuning_problems(spec: EnvironmentSpec, file: Path) -> Iterator[Problem]:
    """The problems of a specification's tuning.

    Args:
        spec: The specification of an environment.
        file: Its file, as messages name it.
    """
    if spec.steps is None or spec.steps.tune is None:
        return
    tune, hyperparameters = spec.steps.tune, spec.steps.train.hyperparameters
    found = [*_of_jobs(tune), *_of_strategy(tune)]
    for name, values in tune.ranges.items():
        found += [(f"ranges.{name}", *problem) for problem in _of_range(name, values, hyperparameters, tune)]
    for key, message, suggestion in found:
        yield _problem(spec, file, key, message, suggestion)


def _problem(spec: EnvironmentSpec, file: Path, key: str, message: str, suggestion: str | None) -> Problem:
    whole = f"steps.tune.{key}"
    if place := spec.place(whole):
        return Problem(file, place.line, place.key, message, suggestion)
    part = spec.place("steps.tune")
    # A part that is there has a place; the key is where it would stand.
    return Problem(file, part.line if part else 0, f"{part.key}.{key}" if part else whole, message, suggestion)


def _of_jobs(tune: Tune) -> Iterator[tuple[str, str, str | None]]:
    if tune.max_jobs is None:
        if tune.strategy != "grid":
            yield "max_jobs", MISSING, "Add `max_jobs: 8`: how many models are trained."
    elif tune.max_parallel_jobs > tune.max_jobs:
        message = f"is {tune.max_parallel_jobs}, more than the {tune.max_jobs} of max_jobs."
        yield "max_parallel_jobs", message, f"Write {tune.max_jobs} or less."


def _of_strategy(tune: Tune) -> Iterator[tuple[str, str, str | None]]:
    if tune.strategy == "hyperband" and tune.early_stopping:
        yield "early_stopping", "is what the strategy hyperband does itself.", "Remove it."
    if tune.strategy != "grid":
        return
    if tune.max_jobs is not None:
        yield "max_jobs", "has no meaning with the strategy grid, which tries every combination.", "Remove it."
    count = combinations(tune.ranges.values())
    if count > MAX_TUNING_JOBS:
        message = f"have {count} combinations; {MAX_TUNING_JOBS} are allowed."
        yield "ranges", message, "Remove values, or choose the strategy random."


def _of_range(
    name: str, values: Range, hyperparameters: Mapping[str, object], tune: Tune
) -> Iterator[tuple[str, str | None]]:
    if name not in hyperparameters:
        guess = closest(name, list(hyperparameters))
        hint = did_you_mean(guess) if guess else f"Add `{name}` with its default to steps.train.hyperparameters."
        yield "is no hyperparameter of steps.train.", hint
        return
    if not isinstance(values, NumberRange):
        return
    if values.minimum >= values.maximum:
        yield _backwards(values)
        return
    default = hyperparameters[name]
    if tune.strategy == "grid":
        yield "must be a list of values with the strategy grid.", "Such as [2, 4, 8], or choose the strategy random."
    elif values.whole and isinstance(default, float):
        hint = f"Write [{float(values.minimum)}, {float(values.maximum)}]."
        yield f"holds whole numbers only, and the default of {name} is {default}.", hint
    elif not values.whole and isinstance(default, int):
        yield f"holds fractions, and the default of {name} is {default}.", "Write whole numbers."
    elif isinstance(default, str):
        yield f"holds numbers, and the default of {name} is a text.", "Write texts."


def _backwards(values: NumberRange) -> tuple[str, str]:
    first, last = values.minimum, values.maximum
    if first == last:
        return f"the range holds {first} alone.", "Remove it: the default is in steps.train.hyperparameters."
    return f"the range begins at {first} and ends at {last}.", f"Write [{last}, {first}]."
