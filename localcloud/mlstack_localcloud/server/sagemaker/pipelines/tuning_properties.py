"""The properties of a Tuning step: what two operations answer about its tuning job.

Source: the sagemaker SDK's TuningStep, whose properties are those of DescribeHyperParameterTuningJob and
ListTrainingJobsForHyperParameterTuningJob, with the 50 best training jobs, the best first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_localcloud.server.sagemaker.ports import Document, Origin

_BEST = 50


def with_best_first(described: Document, call: Callable[[str, Document, Origin], Document], caller: Origin) -> Document:
    """Return a tuning job with its best training jobs.

    Args:
        described: What DescribeHyperParameterTuningJob answered.
        call: Runs an operation of the service.
        caller: On whose behalf.
    """
    objective = described["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    request = {
        "HyperParameterTuningJobName": described["HyperParameterTuningJobName"],
        "StatusEquals": "Completed",
        "SortBy": "FinalObjectiveMetricValue",
        "SortOrder": "Descending" if objective["Type"] == "Maximize" else "Ascending",
        "MaxResults": _BEST,
    }
    return {**described, **call("ListTrainingJobsForHyperParameterTuningJob", request, caller)}
