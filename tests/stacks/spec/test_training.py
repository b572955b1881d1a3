"""`steps.train` beyond one machine that is always there: what reaches the pipeline, and what can't be together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.aws.images import repository_arn
from mlstack_components.errors import SpecError
from mlstack_stacks.pipeline_steps import images, pipeline_steps
from mlstack_stacks.spec import load, load_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_components.aws.pipeline_args import TrainStepArgs

SPEC = """\
name: churn
data: {source: data/churn.csv}
steps:
  prepare: {entry_point: src/prepare.py}
  train:
    entry_point: src/train.py
    framework: sklearn
"""


@pytest.fixture
def train_of(write_project: Callable[..., Path]) -> Callable[..., TrainStepArgs]:
    """The pipeline's train step, with some lines more in the specification's."""

    def read(*lines: str) -> TrainStepArgs:
        text = SPEC + "".join(f"    {line}\n" for line in lines)
        spec = load(write_project(text), "local")
        assert spec.steps
        return pipeline_steps(spec, spec.steps, None).train

    return read


@pytest.fixture
def problems_of(write_project: Callable[..., Path]) -> Callable[..., dict[str, tuple[int, str, str | None]]]:
    """The problems of some more lines, by key."""

    def read(*lines: str, spec: str = SPEC) -> dict[str, tuple[int, str, str | None]]:
        text = spec + "".join(f"    {line}\n" for line in lines)
        with pytest.raises(SpecError) as caught:
            load_all(write_project(text))
        return {each.key: (each.line, each.message, each.suggestion) for each in caught.value.problems}

    return read


def test_options_reach_the_pipeline(train_of: Callable[..., TrainStepArgs]) -> None:
    step = train_of("spot: {max_wait_minutes: 90}", "instance_count: 3", "data_distribution: sharded")
    assert step.spot is not None
    assert step.spot.max_wait_seconds == 5400
    assert (step.instance_count, step.sharded, step.distribution) == (3, True, None)
    assert train_of("warm_pool_minutes: 30").keep_alive_seconds == 1800


def test_without_them_nothing_does(train_of: Callable[..., TrainStepArgs]) -> None:
    step = train_of()
    assert (step.spot, step.instance_count, step.sharded, step.distribution) == (None, 1, False, None)
    assert step.keep_alive_seconds is None


IMAGE = "111111111111.dkr.ecr.us-east-1.amazonaws.com/team/churn:1.0"
OWN = SPEC.replace("    entry_point: src/train.py\n    framework: sklearn\n", f"    image: {IMAGE}\n")


def test_an_image_of_ones_own_is_that_of_every_step(write_project: Callable[..., Path]) -> None:
    text = f"{OWN}    command: [train, --fast]\nregistry: {{}}\nserving: {{kind: realtime}}\n"
    spec = load(write_project(text), "local")
    assert spec.steps
    steps = pipeline_steps(spec, spec.steps, "churn")
    assert steps.prepare
    assert steps.register
    assert {steps.prepare.image_uri, steps.train.image_uri, steps.register.image_uri} == {IMAGE}
    assert (steps.train.entry_point, steps.train.command) == (None, ("train", "--fast"))


def test_each_step_gets_the_image_for_its_own_machine(write_project: Callable[..., Path]) -> None:
    text = SPEC.replace("framework: sklearn", "framework: pytorch\n    instance_type: ml.g5.xlarge")
    spec = load(
        write_project(f"{text}    distribution: torchrun\nregistry: {{}}\nserving: {{kind: realtime}}\n"), "local"
    )
    assert spec.steps
    steps = pipeline_steps(spec, spec.steps, "churn")
    assert steps.prepare
    assert steps.register
    names = [
        uri.rpartition("/")[2] for uri in (steps.prepare.image_uri, steps.train.image_uri, steps.register.image_uri)
    ]
    assert names == [
        "pytorch-training:2.6.0-cpu-py312",
        "pytorch-training:2.6.0-gpu-py312",
        "pytorch-inference:2.6.0-cpu-py312",
    ]
    assert steps.train.distribution == "torchrun"
    repositories = {repository_arn(uri) for uri in images(spec, spec.steps).addresses}
    registry = "arn:aws:ecr:us-east-1:763104351884:repository"
    assert repositories == {f"{registry}/pytorch-training", f"{registry}/pytorch-inference"}


@pytest.mark.parametrize(
    ("lines", "key", "line", "message"),
    [
        (("framework: sklearn",), "image", 6, "can't be together with framework"),
        (("entry_point: src/train.py", "command: [train]"), "command", 8, "can't be together with entry_point"),
        (("distribution: mpi",), "distribution", 7, "runs its own entry point"),
        (("command: []",), "command", 7, "must not be empty"),
        (("command: train",), "command", 7, "must be a list"),
    ],
)
def test_an_image_and_what_it_runs_are_said_once(
    problems_of: Callable[..., dict[str, tuple[int, str, str | None]]],
    lines: tuple[str, ...],
    key: str,
    line: int,
    message: str,
) -> None:
    found = problems_of(*lines, spec=OWN)
    assert found[f"steps.train.{key}"][0] == line
    assert message in found[f"steps.train.{key}"][1]


def test_an_image_of_another_region_is_not_pulled(write_project: Callable[..., Path]) -> None:
    text = f'{OWN}environments: {{dev: {{account: "111111111111", region: eu-west-1}}}}\n'
    with pytest.raises(SpecError) as caught:
        load_all(write_project(text))
    (problem,) = caught.value.problems
    assert (problem.key, problem.line) == ("steps.train.image", 6)
    assert "is in us-east-1, and jobs of eu-west-1" in problem.message


def test_what_has_neither_framework_nor_image_says_both_that_are_missing(
    problems_of: Callable[..., dict[str, tuple[int, str, str | None]]],
) -> None:
    bare = SPEC.replace("    entry_point: src/train.py\n    framework: sklearn\n", "    volume_size_gb: 31\n")
    found = problems_of(spec=bare)
    assert found["steps.train.framework"][1:] == ("is missing.", "Add `framework: sklearn`.")
    assert found["steps.train.entry_point"][1:] == ("is missing.", "Add `entry_point: src/train.py`.")


def test_a_command_is_for_an_image_of_ones_own(
    problems_of: Callable[..., dict[str, tuple[int, str, str | None]]],
) -> None:
    assert "for an image of your own" in problems_of("command: [train]")["steps.train.command"][1]


def test_an_accelerator_without_an_image_is_told_where_it_stands(
    problems_of: Callable[..., dict[str, tuple[int, str, str | None]]],
) -> None:
    found = problems_of("instance_type: ml.trn1.2xlarge")
    assert found["steps.train.instance_type"][0] == 8
    assert "don't run on ml.trn1.2xlarge" in found["steps.train.instance_type"][1]


def test_contradictions_are_told_at_once(
    problems_of: Callable[..., dict[str, tuple[int, str, str | None]]],
) -> None:
    found = problems_of(
        "max_runtime_minutes: 120",
        "spot: {max_wait_minutes: 119}",
        "warm_pool_minutes: 30",
        "distribution: torchrun",
        "data_distribution: sharded",
    )
    assert {key: line for key, (line, _, _) in found.items()} == {
        "steps.train.spot.max_wait_minutes": 9,
        "steps.train.warm_pool_minutes": 10,
        "steps.train.distribution": 11,
        "steps.train.data_distribution": 12,
    }
    assert "less than the 120 of max_runtime_minutes" in found["steps.train.spot.max_wait_minutes"][1]
    assert "image of sklearn" in found["steps.train.distribution"][1]
    assert all(suggestion for _, _, suggestion in found.values())


def test_one_file_has_no_shares(problems_of: Callable[..., dict[str, tuple[int, str, str | None]]]) -> None:
    alone = SPEC.replace("  prepare: {entry_point: src/prepare.py}\n", "")
    found = problems_of("instance_count: 2", "data_distribution: sharded", spec=alone)
    assert "without data" in found["steps.train.data_distribution"][1]


@pytest.mark.parametrize(
    ("line", "key", "message"),
    [
        ("spot: {}", "spot.max_wait_minutes", "is missing"),
        ("spot: true", "spot", "must be"),
        ("spot: {max_wait_minutes: 0}", "spot.max_wait_minutes", "at least 1"),
        ("spot: {max_wait_minutes: 40321}", "spot.max_wait_minutes", "at most 40320"),
        ("instance_count: 0", "instance_count", "at least 1"),
        ("instance_count: 101", "instance_count", "at most 100"),
        ("instance_count: two", "instance_count", "must be"),
        ("distribution: horovod", "distribution", "must be"),
        ("data_distribution: split", "data_distribution", "must be"),
        ("warm_pool_minutes: 0", "warm_pool_minutes", "at least 1"),
        ("warm_pool_minutes: 61", "warm_pool_minutes", "at most 60"),
        ("image: churn:1.0", "image", "is not the address of an image in ECR"),
        ("image: 111111111111.dkr.ecr.eu-west-1.amazonaws.com/churn", "image", "names no version"),
        ("image: 111111111111.dkr.ecr.eu-west-1.amazonaws.com/churn@sha256:0", "image", "is not the address"),
    ],
)
def test_what_can_not_be_meant_is_refused(
    problems_of: Callable[..., dict[str, tuple[int, str, str | None]]], line: str, key: str, message: str
) -> None:
    found = problems_of(line)
    assert message in found[f"steps.train.{key}"][1]
