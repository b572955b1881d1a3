"""A tuning job as frozen data: how far it is, and the best that it found."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sagemaker import SageMakerClient

_STILL_RUNNING = "InProgress"


@dataclass(frozen=True)
class Tuning:
    """One picture of a tuning job.

    Attributes:
        job: Its name.
        metric: What it looks for.
        total: How many training jobs there will be.
        ended: How many have ended, whatever became of them.
        best_job: The training job with the best value, or None as long as there is none.
        best_value: Its value of the metric.
        best: The hyperparameters that were chosen for it.
    """

    job: str
    metric: str
    total: int
    ended: int
    best_job: str | None = None
    best_value: float | None = None
    best: Mapping[str, str] = field(default_factory=dict)

    @property
    def progress(self) -> str:
        """How far it is, such as `2 of 8 jobs, best f1 0.713`."""
        jobs = f"{self.ended} of {self.total} jobs"
        return jobs if self.best_value is None else f"{jobs}, best {self.metric} {self.best_value:.4g}"

    def to_json(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        best = {"job": self.best_job, "value": self.best_value, "hyperparameters": dict(self.best)}
        return {
            "job": self.job,
            "metric": self.metric,
            "jobs": {"total": self.total, "ended": self.ended},
            "best": best if self.best_job else None,
        }


def read_tuning(sagemaker: SageMakerClient, job: str) -> Tuning:
    """Take a picture of a tuning job.

    Args:
        sagemaker: A client.
        job: Its name.
    """
    described: Any = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=job)
    return tuning_of(described)


def tuning_of(described: Mapping[str, Any]) -> Tuning:
    """The picture in DescribeHyperParameterTuningJob's answer."""
    config = described["HyperParameterTuningJobConfig"]
    counters = described.get("TrainingJobStatusCounters", {})
    best = described.get("BestTrainingJob", {})
    return Tuning(
        job=described["HyperParameterTuningJobName"],
        metric=config["HyperParameterTuningJobObjective"]["MetricName"],
        total=_total(config),
        ended=sum(count for status, count in counters.items() if status != _STILL_RUNNING),
        best_job=best.get("TrainingJobName"),
        best_value=best.get("FinalHyperParameterTuningJobObjectiveMetric", {}).get("Value"),
        best=best.get("TunedHyperParameters", {}),
    )


def _total(config: Mapping[str, Any]) -> int:
    given = config["ResourceLimits"].get("MaxNumberOfTrainingJobs")
    if given is not None:
        return int(given)
    choices = config.get("ParameterRanges", {}).get("CategoricalParameterRanges", [])
    return math.prod(len(each["Values"]) for each in choices)
