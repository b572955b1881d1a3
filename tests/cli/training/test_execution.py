from datetime import UTC, datetime, timedelta
from typing import Any

from mlstack.training.execution import Job, changes, defined_steps, picture

DEFINITION: dict[str, Any] = {
    "Steps": [
        {"Name": "prepare", "Type": "Processing", "Arguments": {}},
        {
            "Name": "train",
            "Type": "Training",
            "Arguments": {"Uri": {"Get": "Steps.prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"}},
        },
        {
            "Name": "evaluate",
            "Type": "Processing",
            "Arguments": {"Inputs": [{"Std:Join": {"Values": [{"Get": "Steps.train.ModelArtifacts.S3"}]}}]},
            "DependsOn": ["prepare"],
        },
        {
            "Name": "gate",
            "Type": "Condition",
            "Arguments": {
                "Conditions": [{"LeftValue": {"Get": "Steps.evaluate.X"}}],
                "IfSteps": [
                    {"Name": "register", "Type": "RegisterModel", "Arguments": {"A": {"Get": "Steps.train.M"}}}
                ],
                "ElseSteps": [{"Name": "gate-failed", "Type": "Fail", "Arguments": {}}],
            },
        },
    ]
}
STEPS = defined_steps(DEFINITION)
START = datetime(2026, 1, 1, tzinfo=UTC)


def _described(status: str = "Executing") -> dict[str, Any]:
    return {"PipelineExecutionArn": "arn:aws:sagemaker:r:a:pipeline/p/execution/abc", "PipelineExecutionStatus": status}


def _entry(name: str, status: str, **more: Any) -> dict[str, Any]:
    return {"StepName": name, "StepStatus": status, **more}


def test_what_each_step_needs() -> None:
    assert {step.name: (set(step.needs), step.branch) for step in STEPS} == {
        "prepare": (set(), False),
        "train": ({"prepare"}, False),
        "evaluate": ({"train", "prepare"}, False),
        "gate": ({"evaluate"}, False),
        "register": ({"gate", "train"}, True),
        "gate-failed": ({"gate"}, True),
    }


def test_steps_that_have_not_started_wait_in_the_pipeline_s_order() -> None:
    execution = picture(_described(), [_entry("train", "Executing"), _entry("prepare", "Succeeded")], STEPS)
    assert [(step.name, step.status) for step in execution.steps][:3] == [
        ("prepare", "Succeeded"),
        ("train", "Executing"),
        ("evaluate", "Waiting"),
    ]
    assert (execution.id, execution.finished, execution.gate_outcome) == ("abc", False, None)


def test_a_step_knows_its_job_and_time() -> None:
    metadata = {"TrainingJob": {"Arn": "arn:aws:sagemaker:r:a:training-job/pipelines-abc-train"}}
    entry = _entry("train", "Succeeded", Metadata=metadata, StartTime=START, EndTime=START + timedelta(seconds=3))
    step = picture(_described(), [entry], STEPS).steps[1]
    assert step.job == Job("TrainingJobs", "pipelines-abc-train")
    assert step.seconds == 3.0


def test_a_tuning_step_knows_its_job() -> None:
    metadata = {"TuningJob": {"Arn": "arn:aws:sagemaker:r:a:hyper-parameter-tuning-job/abc-tune-x"}}
    after = picture(_described(), [_entry("tune", "Executing", Metadata=metadata)], ())
    assert after.steps[0].job == Job("HyperParameterTuningJobs", "abc-tune-x")


def test_registered_model_and_verdict() -> None:
    entries = [
        _entry("gate", "Succeeded", Metadata={"Condition": {"Outcome": "True"}}),
        _entry("register", "Succeeded", Metadata={"RegisterModel": {"Arn": "arn:model-package/g/3"}}),
    ]
    execution = picture(_described("Succeeded"), entries, STEPS)
    assert (execution.model_package_arn, execution.gate_outcome, execution.finished) == (
        "arn:model-package/g/3",
        True,
        True,
    )


def test_a_model_of_an_earlier_run_is_not_this_run_s() -> None:
    reused = _entry(
        "register",
        "Succeeded",
        Metadata={"RegisterModel": {"Arn": "arn:model-package/g/3"}},
        SelectiveExecutionResult={"SourcePipelineExecutionArn": "arn:x"},
    )
    assert picture(_described("Succeeded"), [reused], STEPS).model_package_arn is None


def test_the_fail_step_is_the_gate_s_word_not_a_failing_step() -> None:
    entries = [
        _entry("gate", "Succeeded", Metadata={"Condition": {"Outcome": "False"}}),
        _entry("gate-failed", "Failed"),
    ]
    execution = picture(_described("Failed"), entries, STEPS)
    assert (execution.gate_outcome, execution.failed_steps) == (False, ())
    failing = picture(_described("Failed"), [_entry("train", "Failed")], STEPS)
    assert [step.name for step in failing.failed_steps] == ["train"]


def test_changes_between_two_pictures() -> None:
    first = picture(_described(), [_entry("prepare", "Executing")], STEPS)
    second = picture(_described(), [_entry("prepare", "Succeeded"), _entry("train", "Starting")], STEPS)
    assert [step.name for step in changes(None, first)] == ["prepare"]
    assert [(step.name, step.status) for step in changes(first, second)] == [
        ("prepare", "Succeeded"),
        ("train", "Starting"),
    ]
    assert changes(second, second) == ()
