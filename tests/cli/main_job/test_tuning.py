"""The realtime project with tuning: the model that is registered is the best of those that were trained."""

import io
import json
import tarfile
from typing import Any
from urllib.parse import urlsplit

import pytest

from .conftest import Project

TUNE = """\
  tune:
    objective: {metric: f1}
    max_jobs: 2
    max_parallel_jobs: 2
    strategy: random
    ranges: {max_depth: [3, 9], class_weight: [balanced, none]}
  evaluate:
"""
GATES = 'gates: {accuracy: ">= 0.80", precision: ">= 0.70", recall: ">= 0.70"}'


@pytest.fixture(scope="module")
def tuned(machine: Project) -> Project:
    """A project of its own on the same local cloud, with tuning on and gates that any model passes."""
    made = machine.project("tuned")
    file = made.directory / "mlstack.yaml"
    text = file.read_text()
    assert GATES in text
    assert "\n  evaluate:\n" in text
    file.write_text(text.replace("  evaluate:\n", TUNE).replace(GATES, 'gates: {accuracy: ">= 0.1"}'))
    made.mlstack("up", "local")
    return made


@pytest.fixture(scope="module")
def run(tuned: Project) -> Any:
    """The results of a run, as its user sees them and as data."""
    return tuned.mlstack("run", "local")


def _artifact(project: Project, uri: str) -> dict[str, bytes]:
    place = urlsplit(uri)
    body = project.client("s3").get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}  # type: ignore[union-attr]


def test_the_registered_model_is_the_best_one(tuned: Project, run: Any) -> None:
    sagemaker = tuned.client("sagemaker")
    (job,) = sagemaker.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]
    name = job["HyperParameterTuningJobName"]
    trials = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    values = {
        each["TrainingJobName"]: each["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
        for each in trials["TrainingJobSummaries"]
    }
    assert len(values) == 2
    # Both may have come out alike.
    best = {
        sagemaker.describe_training_job(TrainingJobName=each)["ModelArtifacts"]["S3ModelArtifacts"]
        for each, value in values.items()
        if value == max(values.values())
    }
    version = tuned.json("models", "show")
    package = sagemaker.describe_model_package(ModelPackageName=version["arn"])
    (container,) = package["InferenceSpecification"]["Containers"]
    assert container["ModelDataUrl"] in best
    # What the objective was read from is what that very model's script measured.
    scores = json.loads(_artifact(tuned, container["ModelDataUrl"])["cross_validation.json"])
    assert scores["f1"]["mean"] == pytest.approx(max(values.values()), abs=1e-4)


def test_the_run_shows_its_jobs_and_the_best_hyperparameters(run: Any) -> None:
    assert "tune" in run.stderr
    assert "2 of 2 jobs, best f1 0." in run.stderr
    assert "Best of 2 jobs: f1 0." in run.stdout
    assert "max_depth" in run.stdout
    assert "class_weight" in run.stdout


def test_its_logs_are_those_of_its_training_jobs(tuned: Project, run: Any) -> None:
    lines = tuned.mlstack("logs", "local", "--step", "tune").stdout.splitlines()
    assert all(line.startswith("tune ") for line in lines)
    assert sum("cross-validation f1=" in line for line in lines) == 2
    assert "--step tune" in tuned.mlstack("logs", "local", "--step", "train", exit_code=2).stderr


def test_steps_after_it_run_again_on_its_best_model(tuned: Project, run: Any) -> None:
    results = tuned.json("run", "local", "--step", "evaluate")
    assert results["tuning"]["jobs"] == {"total": 2, "ended": 2}
    assert {step["name"]: step["reused"] for step in results["steps"] if step["job"]}["tune"] is True
    assert results["evaluation"]["metrics"]["accuracy"] > 0.1


def test_what_is_tuned_is_not_set(tuned: Project, run: Any) -> None:
    assert "Tuning chooses it" in tuned.mlstack("run", "local", "--set", "max_depth=3", exit_code=2).stderr
    assert "--step tune" in tuned.mlstack("run", "local", "--step", "train", exit_code=2).stderr
