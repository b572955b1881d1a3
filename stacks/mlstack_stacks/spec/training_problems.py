"""Options of `steps.train` that are each valid and can't be together, each found by one function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec.models import EnvironmentSpec
    from mlstack_stacks.spec.steps import Steps, Train

# The images whose training toolkit starts torchrun and mpirun (github.com/aws/deep-learning-containers).
DISTRIBUTED_FRAMEWORKS = frozenset({"pytorch"})


def training_problems(spec: EnvironmentSpec, file: Path) -> Iterator[Problem]:
    """The problems of a specification's training.

    Args:
        spec: The specification of an environment.
        file: Its file, as messages name it.
    """
    if spec.steps is None:
        return
    train = spec.steps.train
    for key, message, next_step in (
        *_of_spot(train),
        *_of_warm_pool(train),
        *_of_distribution(train),
        *_of_shares(spec.steps),
    ):
        whole = f"steps.train.{key}"
        place = spec.place(whole)
        line, shown = (place.line, place.key) if place else (0, whole)
        yield Problem(file, line, shown, message, next_step)


def _of_spot(train: Train) -> Iterator[tuple[str, str, str]]:
    spot, runtime = train.spot, train.max_runtime_minutes
    if spot is not None and spot.max_wait_minutes < runtime:
        message = f"is {spot.max_wait_minutes}, less than the {runtime} of max_runtime_minutes."
        yield "spot.max_wait_minutes", message, f"Write {runtime} or more: the waiting comes on top of the training."


def _of_warm_pool(train: Train) -> Iterator[tuple[str, str, str]]:
    # docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html, "Considerations"
    if train.spot is not None and train.warm_pool_minutes is not None:
        message = "can't be together with spot: machines that may be taken away are not kept."
        yield "warm_pool_minutes", message, "Remove it, or remove `spot`."


def _of_distribution(train: Train) -> Iterator[tuple[str, str, str]]:
    framework = train.framework.name
    if train.distribution != "none" and framework not in DISTRIBUTED_FRAMEWORKS:
        message = f'"{train.distribution}" is not in the image of {framework}.'
        yield "distribution", message, "Write `none`, and let the script join its machines (SM_HOSTS)."


def _of_shares(steps: Steps) -> Iterator[tuple[str, str, str]]:
    train = steps.train
    if train.data_distribution == "replicated":
        return
    if train.instance_count == 1:
        yield "data_distribution", '"sharded" has no meaning with one machine.', "Remove it, or raise instance_count."
    elif steps.prepare is None:
        message = '"sharded" leaves all machines but one without data: without `prepare` the data is one file.'
        yield "data_distribution", message, "Write `replicated`, or let `prepare` write several files."
