from collections.abc import Iterator
from dataclasses import replace

import pytest
from mlstack.training.execution import DefinedStep, Execution, Step
from mlstack.training.selection import check_steps, needed_from_before, source_execution
from mlstack_components.errors import MlstackError, UserError

STEPS = (
    DefinedStep("prepare", "Processing", frozenset()),
    DefinedStep("train", "Training", frozenset({"prepare"})),
    DefinedStep("evaluate", "Processing", frozenset({"train", "prepare"})),
    DefinedStep("gate", "Condition", frozenset({"evaluate"})),
    DefinedStep("register", "RegisterModel", frozenset({"gate", "train"}), branch=True),
)


def _execution(name: str, status: str, *succeeded: str) -> Execution:
    return Execution(f"arn:x/{name}", status, tuple(Step(step, status="Succeeded") for step in succeeded))


def test_selected_steps_come_in_the_pipeline_s_order() -> None:
    assert check_steps(["evaluate", "train"], STEPS) == ("train", "evaluate")


@pytest.mark.parametrize(
    ("name", "said"),
    [("trian", "has no step `trian`. It has prepare, train"), ("register", "only when the gate decides")],
)
def test_a_step_that_cannot_be_selected(name: str, said: str) -> None:
    with pytest.raises(UserError) as raised:
        check_steps([name], STEPS)
    assert said in str(raised.value)


@pytest.mark.parametrize(("name", "other"), [("train", "tune"), ("tune", "train")])
def test_what_trains_the_model_is_told_by_its_name(name: str, other: str) -> None:
    steps = [replace(step, name=other) if step.name == "train" else step for step in STEPS]
    with pytest.raises(UserError) as raised:
        check_steps([name], steps)
    assert f"The step `{other}` trains its model: --step {other}." in str(raised.value)


def test_what_the_selection_takes_from_before() -> None:
    assert needed_from_before(["prepare"], STEPS) == frozenset()
    assert needed_from_before(["train"], STEPS) == {"prepare"}
    assert needed_from_before(["train", "evaluate"], STEPS) == {"prepare"}


def test_the_newest_run_with_the_results_lends_them() -> None:
    runs = [
        _execution("running", "Executing", "prepare", "train"),
        _execution("failed-early", "Failed"),
        _execution("failed-late", "Failed", "prepare"),
        _execution("good", "Succeeded", "prepare", "train"),
    ]
    assert source_execution(frozenset({"prepare"}), runs) == "arn:x/failed-late"
    assert source_execution(frozenset({"prepare", "train"}), runs) == "arn:x/good"


def test_runs_are_read_only_as_far_as_needed() -> None:
    def runs() -> Iterator[Execution]:
        yield _execution("good", "Succeeded", "prepare")
        raise AssertionError("read further than needed")

    assert source_execution(frozenset({"prepare"}), runs()) == "arn:x/good"


def test_no_run_to_go_on_from() -> None:
    with pytest.raises(MlstackError, match=r"No earlier run has results of `prepare`.*without --step"):
        source_execution(frozenset({"prepare"}), [_execution("failed", "Failed")])
