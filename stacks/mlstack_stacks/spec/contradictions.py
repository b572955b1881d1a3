"""Parts of a specification that are each valid and can't be together, each found by one function."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from mlstack_components.errors import Problem

from mlstack_stacks.spec.batch import batch_contradictions
from mlstack_stacks.spec.continuous_deployment import continuous_deployment_contradictions
from mlstack_stacks.spec.idle_shutdown import idle_shutdown_contradictions
from mlstack_stacks.spec.images import built_image, image_contradictions
from mlstack_stacks.spec.instance_counts import instance_count_contradictions
from mlstack_stacks.spec.model_quality import model_quality_contradictions
from mlstack_stacks.spec.monitors import data_quality_of
from mlstack_stacks.spec.serving_kinds import serving_kind_contradictions
from mlstack_stacks.spec.storage import replicas_nowhere
from mlstack_stacks.spec.tracking import tracking_contradictions
from mlstack_stacks.spec.training_problems import region_problem
from mlstack_stacks.spec.variants import variants_contradictions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec.models import EnvironmentSpec

# A `g` among a family's options says Graviton, an Arm processor; before its number it says a graphics processor
# (docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
_ARM = re.compile(r"ml\.[a-z]+\d+g[a-z]*\.")


def contradictions(spec: EnvironmentSpec, file: Path) -> Iterator[Problem]:
    """The problems of parts that contradict each other.

    Args:
        spec: The specification.
        file: Its file, as messages name it.
    """
    for key, message, next_step in chain.from_iterable(find(spec) for find in _FINDERS):
        place = spec.place(key)
        line, shown = (place.line, place.key) if place else (0, key)
        yield Problem(file, line, shown, message, next_step)


def _monitors(spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    """Monitors compare captured calls, with AWS's analyzer."""
    if data_quality_of(spec) is None or spec.serving is None:
        return
    if spec.serving.kind != "realtime":
        yield (
            "monitoring.data_quality",
            f"compares captured calls, and `kind: {spec.serving.kind}` keeps none.",
            "Write `monitoring: {data_quality: null}` for this environment, or `kind: realtime`.",
        )
    elif not spec.serving.capture_percent:
        yield (
            "monitoring.data_quality",
            "compares captured calls, and `serving.capture_percent` is 0: there would be none.",
            "Write `capture_percent: 100` below `serving`, or a smaller share.",
        )
    from mlstack_components.aws.monitor_image import has_analyzer

    if not has_analyzer(spec.region):
        yield (
            "monitoring.data_quality",
            f"AWS has no analyzer of Model Monitor in {spec.region}.",
            "Write `monitoring: {data_quality: null}` below that environment, or choose another region.",
        )


def _arm_serves_no_intel_image(spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    """The image that a model is registered with is the one of training, which is for x86-64."""
    serving, steps = spec.serving, spec.steps
    if serving is None or steps is None or not _ARM.match(serving.instance_type):
        return
    if (own := built_image(spec, serving.image or steps.train.image)) is not None:
        yield (
            "serving.instance_type",
            f'"{serving.instance_type}" has an Arm processor, and the image {own} is built for x86-64: no container '
            "would start.",
            'Write a type without Graviton, such as "ml.m5.large".',
        )
    if steps.train.framework is None or serving.image is not None:
        return
    framework = steps.train.framework.name
    yield (
        "serving.instance_type",
        f'"{serving.instance_type}" has an Arm processor, and models are registered with the image of {framework}, '
        "which is for x86-64: no container would start.",
        'Write a type without Graviton, such as "ml.m5.large".',
    )


def _image_of_another_region(spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    """Endpoints pull from their own region alone."""
    image = None if spec.serving is None else spec.serving.image
    if (problem := region_problem(image, spec)) is not None:
        yield "serving.image", *problem


def _monitor_of_another_account(spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    """Monitors of cost anomalies are seen only by the account that made them."""
    monitor = None if spec.budget is None else spec.budget.anomaly_monitor
    if monitor is None or monitor.split(":")[4] == spec.account:
        return
    yield (
        "budget.anomaly_monitor",
        f"belongs to the account {monitor.split(':')[4]}, and `{spec.environment}` is in {spec.account}.",
        "Name one of that account, or write it below the environment that it is for.",
    )


_FINDERS = (
    _arm_serves_no_intel_image,
    serving_kind_contradictions,
    instance_count_contradictions,
    image_contradictions,
    _image_of_another_region,
    batch_contradictions,
    variants_contradictions,
    replicas_nowhere,
    _monitors,
    model_quality_contradictions,
    _monitor_of_another_account,
    idle_shutdown_contradictions,
    tracking_contradictions,
    continuous_deployment_contradictions,
)
"""Each yields the key, what is wrong, and what to do."""
