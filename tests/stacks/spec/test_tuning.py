"""`steps.tune`: what its lists mean, and what of it can't be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.pipeline_steps import pipeline_steps
from mlstack_stacks.spec import load_all
from mlstack_stacks.spec.ranges import ChoiceRange, NumberRange, parse_range

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.spec.models import EnvironmentSpec

SPEC = """\
name: churn
steps:
  train:
    entry_point: src/train.py
    framework: sklearn
    hyperparameters: {max_depth: 6, rate: 0.1, criterion: gini}
  tune:
    objective: {metric: f1}
    max_jobs: 8
    max_parallel_jobs: 2
    ranges: {max_depth: [2, 12], rate: [0.01, 0.3], criterion: [gini, entropy]}
"""


@pytest.fixture
def local(write_project: Callable[..., Path]) -> Callable[..., EnvironmentSpec]:
    def read(spec: str = SPEC) -> EnvironmentSpec:
        return load_all(write_project(spec)).environments["local"]

    return read


def test_it_reaches_the_pipeline(local: Callable[..., EnvironmentSpec]) -> None:
    from mlstack_components.aws.tuning_args import Choices, ContinuousRange, IntegerRange, TuneStepArgs

    spec = local()
    assert spec.steps
    steps = pipeline_steps(spec, spec.steps, None)
    assert steps.tune == TuneStepArgs(
        metric="f1",
        goal="maximize",
        ranges={
            "max_depth": IntegerRange(2, 12),
            "rate": ContinuousRange(0.01, 0.3),
            "criterion": Choices(("gini", "entropy")),
        },
        max_jobs=8,
        max_parallel_jobs=2,
        strategy="bayesian",
        early_stopping=False,
    )
    assert [metric.name for metric in steps.train.metric_definitions] == ["f1"]


def test_without_it_the_training_has_no_metrics(local: Callable[..., EnvironmentSpec]) -> None:
    spec = local(SPEC.partition("  tune:")[0])
    assert spec.steps
    steps = pipeline_steps(spec, spec.steps, None)
    assert steps.tune is None
    assert steps.train.metric_definitions == ()


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("f1=0.71", "0.71"),
        ("cross-validation f1=0.7123 standard_deviation=0.02", "0.7123"),
        ("epoch 3, f1: 7e-1", "7e-1"),
        ("balanced_f1=0.9", None),
        ("f1_macro=0.9", None),
        ("f1 score follows", None),
    ],
)
def test_the_objective_is_read_where_it_is_printed(
    local: Callable[..., EnvironmentSpec], line: str, value: str | None
) -> None:
    import re

    spec = local()
    assert spec.steps
    (metric,) = pipeline_steps(spec, spec.steps, None).train.metric_definitions
    found = re.search(metric.pattern, line)
    assert (found and found.group(1)) == value


def test_a_pattern_of_its_own_is_taken(local: Callable[..., EnvironmentSpec]) -> None:
    spec = local(SPEC.replace("{metric: f1}", "{metric: loss, goal: minimize, pattern: 'loss is ([0-9.]+)'}"))
    assert spec.steps
    steps = pipeline_steps(spec, spec.steps, None)
    assert [(each.name, each.pattern) for each in steps.train.metric_definitions] == [("loss", "loss is ([0-9.]+)")]
    assert steps.tune
    assert steps.tune.goal == "minimize"


def test_an_environment_may_leave_it_out(write_project: Callable[..., Path]) -> None:
    spec = load_all(write_project(SPEC + "environments: {local: {steps: {tune: null}}}\n"))
    local = spec.environments["local"]
    assert local.steps
    assert local.steps.tune is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([2, 12], NumberRange(2, 12)),
        ([-1.5, 2], NumberRange(-1.5, 2)),
        ([2, 4, 8], ChoiceRange((2, 4, 8))),
        ([True, False], ChoiceRange((True, False))),
        (["2", "12"], ChoiceRange(("2", "12"))),
    ],
)
def test_the_values_tell_the_range(value: list[object], expected: object) -> None:
    assert parse_range(value) == expected


RANGES = "{max_depth: [2, 12], rate: [0.01, 0.3], criterion: [gini, entropy]}"
CASES = [
    (RANGES, "{max_dpeth: [2, 12]}", "ranges.max_dpeth", "is no hyperparameter", 'Did you mean "max_depth"?'),
    (RANGES, "{colour: [2, 12]}", "ranges.colour", "is no hyperparameter", "Add `colour`"),
    (RANGES, "{}", "ranges", "must not be empty", ""),
    (RANGES, "{max_depth: 2}", "ranges.max_depth", "is a list", "Such as [2, 12]."),
    (RANGES, "{max_depth: [2]}", "ranges.max_depth", "is a list", ""),
    (RANGES, "{max_depth: [12, 2]}", "ranges.max_depth", "begins at 12 and ends at 2", "Write [2, 12]."),
    (RANGES, "{max_depth: [2, 2]}", "ranges.max_depth", "holds 2 alone", "Remove it"),
    (RANGES, "{max_depth: [2.5, 12]}", "ranges.max_depth", "holds fractions", "Write whole numbers."),
    (RANGES, "{rate: [0, 1]}", "ranges.rate", "holds whole numbers only", "Write [0.0, 1.0]."),
    (RANGES, "{rate: [0.1, .nan]}", "ranges.rate", "finite", ""),
    (RANGES, "{criterion: [1, 2]}", "ranges.criterion", "default of criterion is a text", "Write texts."),
    (RANGES, "{criterion: [gini, gini]}", "ranges.criterion", "more than once", "Remove one."),
    (RANGES, "{criterion: [[gini], entropy]}", "ranges.criterion", "numbers, texts", ""),
    (RANGES, f"{{max_depth: {list(range(31))}}}", "ranges.max_depth", "31 values are too many", ""),
    (RANGES, "{CodeUri: [a, b]}", "ranges.CodeUri", "a name of the pipeline's own", ""),
    ("    max_jobs: 8\n", "", "max_jobs", "is missing", "Add `max_jobs: 8`"),
    ("max_jobs: 8", "max_jobs: 0", "max_jobs", "must be at least 1", ""),
    ("max_jobs: 8", "max_jobs: 751", "max_jobs", "must be at most 750", ""),
    ("max_jobs: 8", "max_jobs: 1", "max_parallel_jobs", "more than the 1 of max_jobs", "Write 1 or less."),
    ("parallel_jobs: 2", "parallel_jobs: 101", "max_parallel_jobs", "must be at most 100", ""),
    ("parallel_jobs: 2", "parallel_jobs: 2\n    strategy: gird", "strategy", "must be", 'Did you mean "grid"?'),
    ("parallel_jobs: 2", "parallel_jobs: 2\n    strategy: grid", "max_jobs", "tries every combination", "Remove it."),
    ("max_jobs: 8", "strategy: grid", "ranges.max_depth", "a list of values with the strategy grid", "Such as"),
    (
        "parallel_jobs: 2",
        "parallel_jobs: 2\n    strategy: hyperband\n    early_stopping: true",
        "early_stopping",
        "hyperband does itself",
        "Remove it.",
    ),
    ("{metric: f1}", "{}", "objective.metric", "is missing", "Add `metric: f1`."),
    ("{metric: f1}", "{metric: f1, goal: maximise}", "objective.goal", "must be", 'Did you mean "maximize"?'),
    ("{metric: f1}", "{metric: f1, pattern: '(f1'}", "objective.pattern", "not a regular expression", ""),
    ("{metric: f1}", "{metric: f1, pattern: 'f1'}", "objective.pattern", "has one group", "Such as"),
]


@pytest.mark.parametrize(("there", "instead", "key", "message", "suggestion"), CASES)
def test_what_cannot_be_meant_is_named_with_its_line(  # noqa: PLR0917 - a row of the table above
    write_project: Callable[..., Path], there: str, instead: str, key: str, message: str, suggestion: str
) -> None:
    assert there in SPEC
    text = SPEC.replace(there, instead)
    with pytest.raises(SpecError) as raised:
        load_all(write_project(text))
    found = [each for each in raised.value.problems if each.key == f"steps.tune.{key}"]
    assert len(found) == 1, raised.value.problems
    assert message in found[0].message
    assert suggestion in (found[0].suggestion or "")
    last = key.rpartition(".")[2]
    lines = [number for number, line in enumerate(text.splitlines(), 1) if f"{last}:" in line]
    assert found[0].line in (lines or range(7, 12))


@pytest.mark.parametrize(
    ("override", "key"),
    [
        ("max_parallel_jobs: 9", "environments.dev.steps.tune.max_parallel_jobs"),
        ("ranges: {rate: [0, 1]}", "environments.dev.steps.tune.ranges.rate"),
    ],
)
def test_an_environments_mistake_is_told_where_it_stands(
    write_project: Callable[..., Path], override: str, key: str
) -> None:
    place = "    account: '111111111111'\n    region: eu-west-1\n"
    environments = f"environments:\n  dev:\n{place}    steps: {{tune: {{{override}}}}}\n"
    with pytest.raises(SpecError) as raised:
        load_all(write_project(SPEC + environments))
    (problem,) = raised.value.problems
    assert (problem.key, problem.line) == (key, 16)


def test_a_grid_has_a_limit_too(write_project: Callable[..., Path]) -> None:
    values = list(range(30))
    text = SPEC.replace("max_jobs: 8", "strategy: grid").replace(RANGES, f"{{max_depth: {values}, rate: {values}}}")
    with pytest.raises(SpecError, match="900 combinations; 750 are allowed"):
        load_all(write_project(text))
