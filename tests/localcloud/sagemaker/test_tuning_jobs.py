"""Tuning jobs really train: their candidates, their best, their ends."""
# ruff: noqa: PLR0917 - fixtures are arguments

import copy
import json
import time

import pytest
from botocore.exceptions import ClientError

TRAIN = """
import argparse, time
parser = argparse.ArgumentParser()
parser.add_argument("--max_depth", type=int)
parser.add_argument("--rate", type=float, default=0.0)
parser.add_argument("--criterion", default="gini")
given = parser.parse_args()
print(f"score={given.max_depth + given.rate + (10 if given.criterion == 'entropy' else 0)}")
"""
CONFIG = {
    "Strategy": "Random",
    "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "score"},
    "ResourceLimits": {"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 2},
    "ParameterRanges": {
        "IntegerParameterRanges": [{"Name": "max_depth", "MinValue": "2", "MaxValue": "12"}],
        "ContinuousParameterRanges": [{"Name": "rate", "MinValue": "0.01", "MaxValue": "0.3"}],
        "CategoricalParameterRanges": [{"Name": "criterion", "Values": ["gini", "entropy"]}],
    },
}
ENDED = {"Completed", "Failed", "Stopped"}


@pytest.fixture
def request_of(bucket, role, jobs):
    def request_of(name="tuning", **config):
        definition = jobs.training_request(bucket, role)
        del definition["TrainingJobName"]
        static = definition.pop("HyperParameters")
        del static["max_depth"]
        definition["StaticHyperParameters"] = static
        definition["AlgorithmSpecification"]["MetricDefinitions"] = [
            {"Name": "score", "Regex": "score=([0-9.]+)"},
        ]
        return {
            "HyperParameterTuningJobName": name,
            "HyperParameterTuningJobConfig": {**copy.deepcopy(CONFIG), **config},
            "TrainingJobDefinition": definition,
        }

    return request_of


@pytest.fixture
def tune(sagemaker, s3, bucket, jobs, request_of):
    def tune(script=TRAIN, **config):
        code = jobs.archive({"train.py": script})
        s3.put_object(Bucket=bucket, Key="code/sourcedir.tar.gz", Body=code)
        return sagemaker.create_hyper_parameter_tuning_job(**request_of(**config))

    return tune


def described(sagemaker, name="tuning"):
    return sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)


def ended(sagemaker, jobs, name="tuning"):
    return jobs.until(lambda: described(sagemaker, name), "HyperParameterTuningJobStatus", ENDED, 60)


def trials(sagemaker, name="tuning", **request):
    return sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName=name, **request)[
        "TrainingJobSummaries"
    ]


@pytest.mark.parametrize("goal", ["Maximize", "Minimize"])
@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_the_best_of_its_training_jobs_is_found(sagemaker, tune, jobs, strategy, goal):
    tune(Strategy=strategy, HyperParameterTuningJobObjective={"Type": goal, "MetricName": "score"})
    job = ended(sagemaker, jobs)
    assert job["HyperParameterTuningJobStatus"] == "Completed", job.get("FailureReason")
    assert job["TrainingJobStatusCounters"]["Completed"] == 3
    assert job["ObjectiveStatusCounters"] == {"Succeeded": 3, "Pending": 0, "Failed": 0}
    values = []
    for trial in trials(sagemaker):
        tuned = trial["TunedHyperParameters"]
        assert 2 <= int(tuned["max_depth"]) <= 12
        assert 0.01 <= float(tuned["rate"]) <= 0.3
        expected = int(tuned["max_depth"]) + float(tuned["rate"]) + (10 if tuned["criterion"] == "entropy" else 0)
        value = trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
        assert value == pytest.approx(expected, rel=1e-5)
        training = sagemaker.describe_training_job(TrainingJobName=trial["TrainingJobName"])
        assert training["TuningJobArn"] == job["HyperParameterTuningJobArn"]
        assert tuned.items() <= training["HyperParameters"].items()
        values.append(value)
    best = job["BestTrainingJob"]
    assert best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == (max if goal == "Maximize" else min)(values)


def test_training_jobs_are_listed_by_their_objective(sagemaker, tune, jobs):
    tune()
    best = ended(sagemaker, jobs)["BestTrainingJob"]["TrainingJobName"]
    ranked = trials(sagemaker, SortBy="FinalObjectiveMetricValue", SortOrder="Descending")
    values = [each["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for each in ranked]
    assert values == sorted(values, reverse=True)
    assert ranked[0]["TrainingJobName"] == best
    page = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName="tuning", SortBy="FinalObjectiveMetricValue", MaxResults=2
    )
    rest = trials(sagemaker, SortBy="FinalObjectiveMetricValue", MaxResults=2, NextToken=page["NextToken"])
    assert [each["TrainingJobName"] for each in rest] == [best]
    (summary,) = sagemaker.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]
    assert (summary["Strategy"], summary["TrainingJobStatusCounters"]["Completed"]) == ("Random", 3)


@pytest.mark.parametrize(("goal", "order"), [("Maximize", "Descending"), ("Minimize", "Ascending")])
def test_of_equal_ones_the_best_is_the_first_of_the_list(sagemaker, tune, jobs, goal, order):
    tune("print('score=1')", HyperParameterTuningJobObjective={"Type": goal, "MetricName": "score"})
    best = ended(sagemaker, jobs)["BestTrainingJob"]["TrainingJobName"]
    ranked = trials(sagemaker, SortBy="FinalObjectiveMetricValue", SortOrder=order)
    assert ranked[0]["TrainingJobName"] == best


def test_a_grid_tries_each_combination_once(sagemaker, tune, jobs):
    depths = {"Name": "max_depth", "Values": ["2", "4"]}
    criteria = {"Name": "criterion", "Values": ["gini", "entropy"]}
    tune(
        Strategy="Grid",
        ParameterRanges={"CategoricalParameterRanges": [depths, criteria]},
        ResourceLimits={"MaxParallelTrainingJobs": 2},
    )
    job = ended(sagemaker, jobs)
    found = {
        (each["TunedHyperParameters"]["max_depth"], each["TunedHyperParameters"]["criterion"])
        for each in trials(sagemaker)
    }
    assert found == {("2", "gini"), ("2", "entropy"), ("4", "gini"), ("4", "entropy")}
    assert job["BestTrainingJob"]["TunedHyperParameters"] == {"max_depth": "4", "criterion": "entropy"}


def test_no_more_training_jobs_run_at_once_than_allowed(sagemaker, tune, jobs):
    tune(TRAIN + "time.sleep(0.5)\n", ResourceLimits={"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2})
    ended(sagemaker, jobs)
    spans = [(each["CreationTime"], each["TrainingEndTime"]) for each in trials(sagemaker)]
    assert len(spans) == 4
    most = max(sum(begin <= moment < end for begin, end in spans) for moment, _ in spans)
    assert most == 2


def test_some_failures_do_not_fail_it(sagemaker, tune, jobs):
    tune(TRAIN + "assert given.criterion == 'gini'\n", Strategy="Grid", **GRID)
    job = ended(sagemaker, jobs)
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["NonRetryableError"] == 1
    assert job["BestTrainingJob"]["TunedHyperParameters"]["criterion"] == "gini"


GRID = {
    "ParameterRanges": {
        "CategoricalParameterRanges": [
            {"Name": "criterion", "Values": ["gini", "entropy"]},
            {"Name": "max_depth", "Values": ["3"]},
        ]
    },
    "ResourceLimits": {"MaxParallelTrainingJobs": 1},
}


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("raise SystemExit('no data')", "No training job succeeded after 2 attempts"),
        ("print(1)", "No objective metrics"),
    ],
)
def test_it_fails_where_nothing_succeeds(sagemaker, tune, jobs, script, reason):
    tune(script, Strategy="Grid", **GRID)
    job = ended(sagemaker, jobs)
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert reason in job["FailureReason"]
    assert "BestTrainingJob" not in job


def test_stopping_it_stops_its_training_jobs(sagemaker, tune, jobs):
    tune(TRAIN + "time.sleep(60)\n")
    jobs.until(lambda: {"now": any("TrainingStartTime" in each for each in trials(sagemaker))}, "now", {True})
    sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tuning")
    job = ended(sagemaker, jobs)
    assert job["HyperParameterTuningJobStatus"] == "Stopped"
    assert {each["TrainingJobStatus"] for each in trials(sagemaker)} == {"Stopped"}
    with pytest.raises(ClientError, match="the hyperparameter tuning job is in status Stopped"):
        sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tuning")


def test_a_restart_fails_it_and_keeps_what_was_found(cloud, tune, jobs):
    sagemaker = cloud.client("sagemaker")
    tune(TRAIN + "time.sleep(60 * (given.criterion == 'entropy'))\n", Strategy="Grid", **GRID)
    jobs.until(lambda: described(sagemaker)["TrainingJobStatusCounters"], "Completed", {1})
    time.sleep(0.5)
    cloud.restart()
    job = described(sagemaker)
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert "local cloud ended" in job["FailureReason"]
    assert job["BestTrainingJob"]["TunedHyperParameters"]["criterion"] == "gini"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"TrainingJobEarlyStoppingType": "Auto"}, "does not support the early stopping"),
        ({"Strategy": "Hyperband"}, "does not support the strategy Hyperband"),
        ({"Strategy": "Grid", "ResourceLimits": {"MaxParallelTrainingJobs": 1}}, "max_depth is none"),
        ({"ResourceLimits": {"MaxParallelTrainingJobs": 1}}, "MaxNumberOfTrainingJobs is needed"),
        ({"HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "f1"}}, "f1 is not in the Metric"),
    ],
)
def test_what_it_cannot_do_is_refused(sagemaker, tune, changes, message):
    with pytest.raises(ClientError, match=message):
        tune(**changes)
    assert sagemaker.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"] == []


def test_a_warm_start_is_refused(sagemaker, request_of):
    parent = {"HyperParameterTuningJobName": "before"}
    warm = {"ParentHyperParameterTuningJobs": [parent], "WarmStartType": "TransferLearning"}
    with pytest.raises(ClientError, match="does not support WarmStartConfig"):
        sagemaker.create_hyper_parameter_tuning_job(**request_of(), WarmStartConfig=warm)


@pytest.fixture
def execute(sagemaker, s3, bucket, role, jobs, request_of):
    """Runs a pipeline that tunes and registers the best model."""

    def execute(script=TRAIN, **config):
        code = jobs.archive({"train.py": script})
        s3.put_object(Bucket=bucket, Key="code/sourcedir.tar.gz", Body=code)
        arguments = request_of(**config)
        del arguments["HyperParameterTuningJobName"]
        folder = {"Get": "Steps.tune.TrainingJobDefinition.OutputDataConfig.S3OutputPath"}
        best = {"Get": "Steps.tune.TrainingJobSummaries[0].TrainingJobName"}
        register = {
            "ModelPackageGroupName": "weather",
            "InferenceSpecification": {
                "Containers": [
                    {
                        "Image": jobs.IMAGE,
                        "ModelDataUrl": {"Std:Join": {"On": "/", "Values": [folder, best, "output/model.tar.gz"]}},
                    }
                ],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        }
        steps = [
            {"Name": "tune", "Type": "Tuning", "Arguments": arguments},
            {"Name": "register", "Type": "RegisterModel", "Arguments": register},
        ]
        sagemaker.create_model_package_group(ModelPackageGroupName="weather")
        sagemaker.create_pipeline(
            PipelineName="weather",
            PipelineDefinition=json.dumps({"Version": "2020-12-01", "Steps": steps}),
            RoleArn=role,
            ClientRequestToken="0" * 32,
        )
        return sagemaker.start_pipeline_execution(PipelineName="weather")["PipelineExecutionArn"]

    return execute


def finished(sagemaker, jobs, arn):
    jobs.until(
        lambda: sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn),
        "PipelineExecutionStatus",
        {"Succeeded", "Failed", "Stopped"},
        60,
    )
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    return {step["StepName"]: step for step in steps}


@pytest.mark.parametrize(("goal", "criterion"), [("Maximize", "entropy"), ("Minimize", "gini")])
def test_a_pipeline_registers_the_best_model(cloud, sagemaker, jobs, execute, goal, criterion):
    objective = {"Type": goal, "MetricName": "score"}
    steps = finished(sagemaker, jobs, execute(Strategy="Grid", HyperParameterTuningJobObjective=objective, **GRID))
    assert {name: step["StepStatus"] for name, step in steps.items()} == {"tune": "Succeeded", "register": "Succeeded"}
    name = steps["tune"]["Metadata"]["TuningJob"]["Arn"].rsplit("/", 1)[-1]
    assert len(name) <= 32
    best = described(sagemaker, name)["BestTrainingJob"]
    assert best["TunedHyperParameters"]["criterion"] == criterion
    package = sagemaker.describe_model_package(ModelPackageName=steps["register"]["Metadata"]["RegisterModel"]["Arn"])
    (container,) = package["InferenceSpecification"]["Containers"]
    trained = sagemaker.describe_training_job(TrainingJobName=best["TrainingJobName"])
    assert container["ModelDataUrl"] == trained["ModelArtifacts"]["S3ModelArtifacts"]
    events = cloud.events.of("SageMaker HyperParameter Tuning Job State Change")
    assert [event["detail"]["HyperParameterTuningJobStatus"] for event in events] == ["InProgress", "Completed"]


def test_a_pipeline_fails_with_its_tuning(sagemaker, jobs, execute):
    steps = finished(sagemaker, jobs, execute("raise SystemExit('no data')", Strategy="Grid", **GRID))
    assert set(steps) == {"tune"}
    assert steps["tune"]["StepStatus"] == "Failed"
    assert "No training job succeeded" in steps["tune"]["FailureReason"]


def test_stopping_a_pipeline_stops_its_tuning(sagemaker, jobs, execute):
    arn = execute(TRAIN + "time.sleep(60)\n")
    jobs.until(lambda: {"now": len(sagemaker.list_training_jobs()["TrainingJobSummaries"])}, "now", {2})
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken="0" * 32)
    steps = finished(sagemaker, jobs, arn)
    assert steps["tune"]["StepStatus"] == "Stopped"
    name = steps["tune"]["Metadata"]["TuningJob"]["Arn"].rsplit("/", 1)[-1]
    assert described(sagemaker, name)["HyperParameterTuningJobStatus"] == "Stopped"
