import signal
import time
from pathlib import Path
from typing import Any

from .conftest import Project

STEPS = ["prepare", "train", "evaluate", "gate", "register"]


def _versions(project: Project) -> list[int]:
    return [version["version"] for version in project.json("models", "list")]


def test_a_run_registers_a_model_and_shows_its_metrics(first_run: Any) -> None:
    assert first_run["execution"]["status"] == "Succeeded"
    assert {step["name"]: step["status"] for step in first_run["steps"] if step["name"] in STEPS} == dict.fromkeys(
        STEPS, "Succeeded"
    )
    assert first_run["model"]["version"] == 1
    assert first_run["gate"]["passed"] is True
    assert all(condition["passed"] for condition in first_run["gate"]["conditions"])
    evaluation = first_run["evaluation"]
    assert {"accuracy", "precision", "recall", "f1"} <= evaluation["metrics"].keys()
    assert {"rain", "sun"} <= evaluation["classes"].keys()
    assert evaluation["cross_validation"]["f1"]["standard_deviation"] > 0


def test_logs_of_a_step(up: Project, first_run: Any) -> None:
    shown = up.mlstack("logs", "local", "--step", "train").stdout
    assert shown.strip()
    assert all(line.startswith("train ") for line in shown.splitlines())
    everything = up.mlstack("logs", "local", "--run", first_run["execution"]["id"]).stdout
    assert {line.split()[0] for line in everything.splitlines()} >= {"train"}
    assert "has no step `nothing`" in up.mlstack("logs", "local", "--step", "nothing", exit_code=2).stderr


def test_changed_code_needs_no_up(up: Project, first_run: Any, source: Path) -> None:
    (source / "train.py").write_text((source / "train.py").read_text() + "\n# changed\n")
    ended = up.mlstack("run", "local", "--set", "max_depth=8")
    assert "src/ changed since the last update: uploaded." in ended.stderr
    assert "macro" in ended.stdout
    assert "cross-validation" in ended.stdout
    assert "Gate passed." in ended.stdout
    newest = up.json("models", "show")
    assert f"Registered model version {newest['version']}." in ended.stdout
    assert "/runs/code/" in newest["metadata"]["code_uri"]
    job = up.json("status", "local")["execution"]["id"]
    described = up.client("sagemaker").list_training_jobs(NameContains=job, MaxResults=1)["TrainingJobSummaries"]
    trained = up.client("sagemaker").describe_training_job(TrainingJobName=described[0]["TrainingJobName"])
    assert trained["HyperParameters"]["max_depth"] in {"8", '"8"'}


def test_a_refusing_gate_registers_nothing_and_exits_1(up: Project, first_run: Any) -> None:
    before = _versions(up)
    results = up.json("run", "local", "--set", "max_depth=1", "--set", "n_estimators=1", exit_code=1)
    assert results["error"]["code"] == "gate-refused"
    assert results["gate"]["passed"] is False
    assert results["model"] is None
    assert _versions(up) == before
    said = up.mlstack("run", "local", "--attach", "last", exit_code=1)
    assert "Gate refused the model." in said.stdout
    assert "not met" in said.stdout
    assert "is not registered" in said.stderr


def test_a_failing_script_shows_its_own_last_lines_and_registers_nothing(
    up: Project, first_run: Any, source: Path
) -> None:
    before = _versions(up)
    (source / "train.py").write_text('raise RuntimeError("the well is dry")\n')
    ended = up.mlstack("run", "local", exit_code=1)
    assert "RuntimeError: the well is dry" in ended.stderr
    assert "The step `train` failed" in ended.stderr
    assert "mlstack logs local --step train" in ended.stderr
    assert _versions(up) == before
    assert "the well is dry" in up.mlstack("logs", "local", "--step", "train").stdout


def test_one_step_on_the_last_results_of_the_others(up: Project, first_run: Any) -> None:
    results = up.json("run", "local", "--step", "train", "--set", "max_depth=4")
    steps = {step["name"]: step for step in results["steps"]}
    assert (steps["prepare"]["status"], steps["prepare"]["reused"]) == ("Succeeded", True)
    assert (steps["train"]["status"], steps["train"]["reused"]) == ("Succeeded", False)
    assert results["model"] is None
    assert "has no step `trian`" in up.mlstack("run", "local", "--step", "trian", exit_code=2).stderr


def test_a_wrong_parameter_starts_nothing(up: Project, first_run: Any) -> None:
    last = up.json("status", "local")["execution"]["id"]
    assert "Did you mean `max_depth`?" in up.mlstack("run", "local", "--set", "maxdepth=8", exit_code=2).stderr
    assert "takes an integer" in up.mlstack("run", "local", "--set", "max_depth=deep", exit_code=2).stderr
    assert up.json("status", "local")["execution"]["id"] == last


def test_detached_then_stopped(up: Project, first_run: Any) -> None:
    started = up.json("run", "local", "--detach")["execution"]["id"]
    up.mlstack("run", "local", "--stop", started)
    results = up.json("run", "local", "--attach", started, exit_code=1)
    assert results["execution"]["status"] == "Stopped"
    assert results["error"]["code"] == "run-failed"


def test_an_interrupt_leaves_the_run_going(up: Project, first_run: Any) -> None:
    watching = up.start("run", "local")
    assert watching.stderr is not None
    line = watching.stderr.readline()
    while "prepare" not in line:
        line = watching.stderr.readline()
    watching.send_signal(signal.SIGINT)
    _, said = watching.communicate(timeout=30)
    assert watching.returncode == 130
    assert "goes on without being watched" in said
    run = said.split("--attach ")[1].split("`")[0]
    deadline = time.monotonic() + 120
    while up.json("status", "local")["execution"]["status"] == "Executing" and time.monotonic() < deadline:
        time.sleep(0.5)
    assert up.json("run", "local", "--attach", run)["model"]["version"] >= 1
