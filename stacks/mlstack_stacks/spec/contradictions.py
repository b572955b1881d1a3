"""Parts of a specification that are each valid and can't be together, each found by one function."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlstack_components.errors import Problem

from mlstack_stacks.spec.monitors import data_quality_of

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
    for key, message, next_step in (*_arm_serves_no_intel_image(spec), *_monitors(spec)):
        place = spec.place(key)
        line, shown = (place.line, place.key) if place else (0, key)
        yield Problem(file, line, shown, message, next_step)


def _monitors(spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    """Monitors compare captured calls, with AWS's analyzer."""
    if data_quality_of(spec) is None or spec.serving is None:
        return
    if not spec.serving.capture_percent:
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
    framework = steps.train.framework.name
    yield (
        "serving.instance_type",
        f'"{serving.instance_type}" has an Arm processor, and models are registered with the image of {framework}, '
        "which is for x86-64: no container would start.",
        'Write a type without Graviton, such as "ml.m5.large".',
    )
