"""What the tests share: the real data, prepared, and a model trained on it as the pipeline does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent


def run(script, *arguments, **environment):
    """Runs a script of src/ as a job does: in a process of its own."""
    return subprocess.run(
        [sys.executable, ROOT / "src" / script, *map(str, arguments)],
        env={**os.environ, **{name: str(value) for name, value in environment.items()}},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def spec():
    return yaml.safe_load((ROOT / "mlstack.yaml").read_text())


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, spec):
    folder = tmp_path_factory.mktemp("prepared")
    result = run("prepare.py", "--input", (ROOT / spec["data"]["source"]).parent, "--output", folder)
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture(scope="session")
def train(prepared, spec, tmp_path_factory):
    """Trains with the hyperparameters of mlstack.yaml, some of them replaced; returns the model's folder."""

    def train(**replaced):
        folder = tmp_path_factory.mktemp("model")
        hyperparameters = {**spec["steps"]["train"]["hyperparameters"], **replaced}
        options = [text for name, value in hyperparameters.items() for text in (f"--{name}", value)]
        result = run("train.py", *options, SM_CHANNEL_TRAIN=prepared / "train", SM_MODEL_DIR=folder)
        assert result.returncode == 0, result.stderr
        return folder

    return train


@pytest.fixture(scope="session")
def model(train):
    return train()


@pytest.fixture(scope="session")
def evaluate(prepared, tmp_path_factory):
    """Evaluates a model's folder; returns evaluation.json."""

    def evaluate(model):
        folder = tmp_path_factory.mktemp("evaluation")
        result = run("evaluate.py", "--model", model, "--test", prepared / "test", "--output", folder)
        assert result.returncode == 0, result.stderr
        return json.loads((folder / "evaluation.json").read_text())

    return evaluate
