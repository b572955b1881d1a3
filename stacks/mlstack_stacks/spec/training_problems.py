"""Options of `steps.train` that are each valid and can't be together, each found by one function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import Problem

from mlstack_stacks.spec.images import is_name
from mlstack_stacks.spec.problems import MISSING
from mlstack_stacks.spec.training import image_region

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
        *_of_image(train),
        *_of_region(train, spec),
        *_of_spot(train),
        *_of_warm_pool(train),
        *_of_distribution(train),
        *_of_shares(spec.steps, spec),
    ):
        place, step = spec.place(f"steps.train.{key}"), spec.place("steps.train")
        if place is not None:
            yield Problem(file, place.line, place.key, message, next_step)
        elif step is not None:
            yield Problem(file, step.line, f"{step.key}.{key}", message, next_step)


def _of_image(train: Train) -> Iterator[tuple[str, str, str]]:
    framework, image = train.framework, train.image
    if image is not None and framework is not None:
        yield "image", "can't be together with framework: both say what the steps run in.", "Remove one of the two."
    if image is None and framework is None:
        yield "framework", MISSING, "Add `framework: sklearn`."
    if image is None and train.entry_point is None:
        yield "entry_point", MISSING, "Add `entry_point: src/train.py`."
    if train.command is None:
        return
    if image is None:
        yield "command", "is for an image of your own: a framework's runs entry_point.", "Remove it, or add `image`."
    elif train.entry_point is not None:
        message = "can't be together with entry_point: both say what the image runs."
        yield "command", message, "Remove one of the two."


def _of_region(train: Train, spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    # The local cloud pulls nothing, and its region is no choice of the project's.
    if (problem := region_problem(train.image, spec)) is not None:
        yield "image", *problem


def region_problem(image: str | None, spec: EnvironmentSpec) -> tuple[str, str] | None:
    """What is wrong with an image that lies in another region, and what to do; None where it doesn't.

    Args:
        image: The value of `image`.
        spec: The specification of an environment.
    """
    if image is None or spec.is_local or is_name(image) or (region := image_region(image)) == spec.region:
        return None
    message = f"is in {region}, and jobs of {spec.region} pull from their own region alone."
    return message, f"Copy it to {spec.region}, and name it here or in the environment."


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
    launcher, framework = train.distribution, train.framework
    if launcher == "none":
        return
    if framework is not None and framework.name not in DISTRIBUTED_FRAMEWORKS:
        message = f'"{launcher}" is not in the image of {framework.name}.'
        yield "distribution", message, "Write `none`, and let the script join its machines (SM_HOSTS)."
    elif framework is None and train.entry_point is None:
        message = f'"{launcher}" starts a script, and the image runs its own entry point.'
        yield "distribution", message, "Add `entry_point`, or write `none`."


def _of_shares(steps: Steps, spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    train, data = steps.train, spec.data
    if train.data_distribution == "replicated":
        return
    if train.instance_count == 1:
        yield "data_distribution", '"sharded" has no meaning with one machine.', "Remove it, or raise instance_count."
    elif steps.prepare is None and data is not None and (spec.root / data.source).is_file():
        message = '"sharded" leaves all machines but one without data: without `prepare` the data is one file.'
        yield "data_distribution", message, "Write `replicated`, or let `prepare` write several files."
