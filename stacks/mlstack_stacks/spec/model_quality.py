"""The monitor of model quality of the part `monitoring`: how right the model is, once labels are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.monitors import MonitorSchedule  # noqa: TC001 - pydantic reads it
from mlstack_stacks.spec.values import ProcessingInstanceType  # noqa: TC001 - pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec.models import EnvironmentSpec

Problem = Literal["binary", "multiclass", "regression"]

_OF_NUMBERS = frozenset({"mae", "mse", "rmse", "r2"})
_KEY = "monitoring.model_quality"


class ModelQuality(SpecModel):
    """Compares the endpoint's predictions with the labels that come after them."""

    schedule: MonitorSchedule
    """When: `hourly`, `daily`, or cron, every few hours at the most, in UTC."""
    problem: Problem | None = None
    """What is predicted: `binary` (`1` or not), `multiclass`, or `regression`; by default what the gates and the
    objective of tuning measure: `regression` for mae, mse, rmse and r2, else `multiclass`."""
    instance_type: ProcessingInstanceType = "ml.m5.xlarge"
    """The machine of each run, and of the pipeline's step that measures the evaluation's predictions."""


def model_quality_of(spec: EnvironmentSpec) -> ModelQuality | None:
    """The monitor of model quality, where the environment has all that it works on.

    Args:
        spec: The specification.

    Returns:
        The monitor; None where there is none, or a part is off that it needs.
    """
    if spec.monitoring is None or spec.training is None or spec.registry is None or spec.serving is None:
        return None
    return None if spec.serving.kind == "batch" else spec.monitoring.model_quality


def problem_of(spec: EnvironmentSpec, monitor: ModelQuality) -> Problem:
    """What the model predicts: as written, or as what it is measured by tells.

    Args:
        spec: The specification.
        monitor: Its monitor of model quality.
    """
    steps = spec.training
    if monitor.problem is not None or steps is None:
        return monitor.problem or "multiclass"
    measured = set() if steps.evaluate is None else set(steps.evaluate.gates)
    measured |= set() if steps.tune is None else {steps.tune.objective.metric}
    return "regression" if _OF_NUMBERS & {each.lower() for each in measured} else "multiclass"


def model_quality_contradictions(spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    """The parts that a monitor of model quality can't be with, or without: key, message, next step each.

    Args:
        spec: The specification.
    """
    if model_quality_of(spec) is None or spec.serving is None:
        return
    if spec.serving.kind != "realtime":
        message = f"looks at captured calls, and `kind: {spec.serving.kind}` keeps none."
        yield _KEY, message, "Write `monitoring: {model_quality: null}` for this environment, or `kind: realtime`."
        return
    if not spec.serving.capture_percent:
        message = "looks at captured calls, and `serving.capture_percent` is 0: there would be none."
        yield _KEY, message, "Write `capture_percent: 100` below `serving`, or a smaller share."
    if spec.steps is not None and spec.steps.evaluate is None:
        message = "compares with the predictions of the evaluation, and there is no `steps.evaluate`."
        yield _KEY, message, "Add `evaluate: {entry_point: src/evaluate.py}` below `steps`."
    if spec.data is not None and spec.data.target is None:
        message = "has to know which column the model predicts, and `data.target` does not say it."
        yield _KEY, message, "Write `target` below `data`."
    from mlstack_components.aws.monitor_image import has_analyzer

    if not has_analyzer(spec.region):
        message = f"AWS has no analyzer of Model Monitor in {spec.region}."
        yield (
            _KEY,
            message,
            "Write `model_quality: null` for that environment, or choose another region.",
        )
