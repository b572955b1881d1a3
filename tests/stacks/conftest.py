"""A project on disk, small enough to read in a test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SPEC = """\
name: churn
owner: ml-team
data: {source: data/churn.csv, target: churned}
steps:
  prepare: {entry_point: src/prepare.py, instance_type: ml.m5.large}
  train:
    entry_point: src/train.py
    framework: sklearn
    instance_type: ml.m5.xlarge
    hyperparameters: {max_depth: 6, rate: 0.1, loss: log_loss, warm: true}
  evaluate: {entry_point: src/evaluate.py, gates: {accuracy: ">= 0.80", log_loss: "< 0.5"}}
registry: {approval: manual}
serving: {kind: realtime, instance_type: ml.m5.large, instances: {min: 1}}
notifications: {emails: [ml-team@example.com]}
features: {customers: {record_identifier: id, event_time: at, schema: {id: string, at: string, visits: integer}}}
environments:
  local: {}
  dev: {account: "111111111111", region: eu-west-1}
  prod: {account: "222222222222", region: eu-west-1, serving: {instances: {min: 2}}}
"""


@pytest.fixture
def write_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes a project into the working directory and gives the path of its mlstack.yaml."""

    def write(spec: str | bytes = SPEC) -> Path:
        for name in ("src/prepare.py", "src/train.py", "src/evaluate.py", "src/serve.py", "data/churn.csv"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("")
        (tmp_path / "docker").mkdir(exist_ok=True)
        (tmp_path / "docker" / "Dockerfile").write_text("FROM python:3.12-slim\n")
        (tmp_path / "src" / "requirements.txt").write_text("scikit-learn>=1.2\n")
        file = tmp_path / "mlstack.yaml"
        file.write_bytes(spec if isinstance(spec, bytes) else spec.encode())
        return Path("mlstack.yaml")

    monkeypatch.chdir(tmp_path)
    return write


@pytest.fixture
def spec_text() -> str:
    """A specification with every part."""
    return SPEC
