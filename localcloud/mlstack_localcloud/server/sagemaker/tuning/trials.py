"""The training jobs of a tuning job: what each was, how it went, and which is the best."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_localcloud.server.sagemaker.ports import Document

_COUNTER = {
    "InProgress": "InProgress",
    "Stopping": "InProgress",
    "Completed": "Completed",
    "Failed": "NonRetryableError",
    "Stopped": "Stopped",
}
_KEPT = (
    "TrainingJobName",
    "TrainingJobArn",
    "CreationTime",
    "TrainingStartTime",
    "TrainingEndTime",
    "TrainingJobStatus",
    "FailureReason",
)
OBJECTIVE = "FinalHyperParameterTuningJobObjectiveMetric"
SORT_BY_OBJECTIVE = "FinalObjectiveMetricValue"


class _Trials(Listing):
    """Training jobs of a tuning job, which may also be sorted by their objective."""

    def _order(self, sort_by: str) -> Callable[[Document], tuple[Any, str]]:
        if sort_by == SORT_BY_OBJECTIVE:
            return _rank
        return super()._order(sort_by)


TRIALS = _Trials(
    result="TrainingJobSummaries",
    name="TrainingJobName",
    status="TrainingJobStatus",
    members=(*_KEPT, "TunedHyperParameters", OBJECTIVE, "ObjectiveStatus"),
    descending=False,
)


def objective_of(config: Document) -> Document:
    """Return the objective: its Type and MetricName."""
    found: Document = config["HyperParameterTuningJobObjective"]
    return found


def summary(job: Document, tuned: dict[str, str], objective: Document) -> Document:
    """Return a training job as a tuning job lists it.

    Args:
        job: The training job.
        tuned: The hyperparameters that the tuning job chose.
        objective: What is looked for.
    """
    result: Document = {key: job[key] for key in _KEPT if key in job}
    result["TunedHyperParameters"] = tuned
    value = _value(job, objective["MetricName"])
    status = job["TrainingJobStatus"]
    if _COUNTER.get(status) == "InProgress":
        return {**result, "ObjectiveStatus": "Pending"}
    if value is None:
        return {**result, "ObjectiveStatus": "Failed"}
    final = {"Type": objective["Type"], "MetricName": objective["MetricName"], "Value": value}
    succeeded = "Succeeded" if status == "Completed" else "Failed"
    return {**result, OBJECTIVE: final, "ObjectiveStatus": succeeded}


def overview(summaries: list[Document], objective: Document) -> Document:
    """Return the counters of a tuning job, and its best training job where one succeeded."""
    statuses = dict.fromkeys(("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped"), 0)
    objectives = dict.fromkeys(("Succeeded", "Pending", "Failed"), 0)
    for each in summaries:
        statuses[_COUNTER.get(each["TrainingJobStatus"], "NonRetryableError")] += 1
        objectives[each["ObjectiveStatus"]] += 1
    result: Document = {"TrainingJobStatusCounters": statuses, "ObjectiveStatusCounters": objectives}
    succeeded = [each for each in summaries if each["ObjectiveStatus"] == "Succeeded"]
    if succeeded:
        choose: Any = max if objective["Type"] == "Maximize" else min
        result["BestTrainingJob"] = choose(succeeded, key=_rank)
    return result


def _rank(each: Document) -> tuple[float, str]:
    # With the name, so that of equal values the best one is also the first one of the list.
    return float(each[OBJECTIVE]["Value"]), str(each["TrainingJobName"])


def _value(job: Document, metric: str) -> float | None:
    for found in job.get("FinalMetricDataList", []):
        if found["MetricName"] == metric and math.isfinite(found["Value"]):
            return float(found["Value"])
    return None
