"""Names of models that can't be beside each other: `churn-endpoint` is what the endpoint of `churn` is called.

Resources are named from their model's name on, so that one name begins with another is fine as long as no resource of
the shorter one's is called like the longer one, or like something of it.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

from mlstack_components.errors import Problem

from mlstack_stacks.spec.project_models import parts_beside_models

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec.models import EnvironmentSpec

RESOURCE_NAMES = (
    *("training", "processing", "pipeline", "serving", "monitoring"),
    *("training-policy", "processing-policy", "pipeline-policy", "serving-policy", "monitoring-policy"),
    *("models", "models-policy"),
    *("endpoint", "endpoint-logs", "endpoint-configuration", "model", "model-*"),
    *("scaling", "scaling-policy", "scaling-schedule-*", "variant-*"),
    *("backlog-policy", "waking", "waking-policy"),
    *("shutdown", "shutdown-policy", "shutdown-schedule"),
    *("batch", "batch-pipeline", "batch-pipeline-policy", "batch-start", "batch-start-policy", "batch-undelivered"),
    *(
        "batch-undelivered-policy",
        "batch-schedule",
        "batch-schedule-target",
        "data-events",
        "new-data",
        "new-data-target",
    ),
    *("latency", "latency-of-*", "errors", "errors-of-*", "client-errors", "client-errors-of-*"),
    *("cpu", "memory", "disk", "queue-age", "failed-runs", "dashboard"),
    *("preprocessor", "data-quality", "watch-data", "prediction-rows", "model-quality", "watch-model"),
)
"""What the logical names of a model's resources have after the model's; any characters stand for `*`, which is last.

A test compares them with what is planned.
"""


def taken(rest: str) -> bool:
    """Whether resources of a model are called as if they belonged to another, longer one.

    Args:
        rest: What the longer name has more, after the hyphen.
    """
    return any(_begins(name, rest) for name in RESOURCE_NAMES)


def _begins(name: str, rest: str) -> bool:
    fixed = name.removesuffix("*")
    if f"{fixed}-".startswith(f"{rest}-"):
        return True
    return fixed != name and rest.startswith(fixed)


def model_problems(spec: EnvironmentSpec, file: Path) -> Iterator[Problem]:
    """The problems of an environment's models together.

    Args:
        spec: The specification.
        file: Its file, as messages name it.
    """
    yield from parts_beside_models(spec, file)
    yield from _called_like_resources(spec, file)


def _called_like_resources(spec: EnvironmentSpec, file: Path) -> Iterator[Problem]:
    """The pairs of models of which one would be taken for a part of the other."""
    for short, long in permutations(spec.models or (), 2):
        rest = long.removeprefix(f"{short}-")
        key = f"models.{long}"
        if rest != long and taken(rest) and (place := spec.place(key)) is not None:
            message = f"can't be beside the model {short}, which has resources that are called {long}, too."
            yield Problem(file, place.line, place.key, message, f"Choose another name, such as `{rest}-{short}`.")
