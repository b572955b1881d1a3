from typing import Any

from mlstack.training.report import tuning_table
from mlstack.training.tuning import Tuning, tuning_of
from rich.console import Console

CONFIG: dict[str, Any] = {
    "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "f1"},
    "ResourceLimits": {"MaxNumberOfTrainingJobs": 8, "MaxParallelTrainingJobs": 2},
}
DESCRIBED: dict[str, Any] = {
    "HyperParameterTuningJobName": "abc-tune-x",
    "HyperParameterTuningJobConfig": CONFIG,
    "TrainingJobStatusCounters": {"Completed": 2, "InProgress": 2, "NonRetryableError": 1, "Stopped": 0},
    "BestTrainingJob": {
        "TrainingJobName": "abc-tune-x-001",
        "TunedHyperParameters": {"max_depth": "7"},
        "FinalHyperParameterTuningJobObjectiveMetric": {"MetricName": "f1", "Value": 0.71254},
    },
}


def _shown(tuning: Tuning) -> str:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(tuning_table(tuning))
    return captured.get()


def test_jobs_that_have_ended_are_counted_with_the_best_so_far() -> None:
    tuning = tuning_of(DESCRIBED)
    assert tuning.progress == "3 of 8 jobs, best f1 0.7125"
    assert tuning.to_json()["best"] == {
        "job": "abc-tune-x-001",
        "value": 0.71254,
        "hyperparameters": {"max_depth": "7"},
    }
    assert _shown(tuning).split() == ["Best", "of", "3", "jobs:", "f1", "0.713", "max_depth", "7"]


def test_a_grid_has_as_many_jobs_as_combinations() -> None:
    choices = [{"Name": "a", "Values": ["1", "2"]}, {"Name": "b", "Values": ["1", "2", "3"]}]
    config = {
        **CONFIG,
        "ResourceLimits": {"MaxParallelTrainingJobs": 2},
        "ParameterRanges": {"CategoricalParameterRanges": choices},
    }
    assert tuning_of({**DESCRIBED, "HyperParameterTuningJobConfig": config}).total == 6


def test_as_long_as_there_is_no_best() -> None:
    described = {key: value for key, value in DESCRIBED.items() if key != "BestTrainingJob"}
    tuning = tuning_of(described)
    assert tuning.progress == "3 of 8 jobs"
    assert tuning.to_json()["best"] is None
    assert "found no best f1" in _shown(tuning)
