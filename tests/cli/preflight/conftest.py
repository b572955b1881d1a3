"""Subjects of checks: a generated project, planned for real, on the worker's local cloud."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber
from mlstack.cloud.aws import AwsSession
from mlstack.preflight.subject import Subject
from mlstack.project_directory import ProjectDirectory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mlstack_localcloud.control import DaemonStatus

SPEC = """
name: {name}
steps:
  prepare: {{entry_point: src/prepare.py, instance_type: ml.m5.large}}
  train: {{entry_point: src/train.py, framework: sklearn, instance_type: ml.m5.xlarge}}
  evaluate: {{entry_point: src/evaluate.py, instance_type: ml.m5.2xlarge, gates: {{accuracy: ">= 0.8"}}}}
registry: {{approval: manual}}
serving: {{kind: realtime, instance_type: ml.m5.large, instances: {{min: 1, max: 4}}}}
budget: {{monthly_usd: {budget}}}
environments:
  local: {{}}
"""
PROGRAM = """
from pathlib import Path
from mlstack_stacks import Project
Project.from_spec(Path(__file__).parent.parent / "mlstack.yaml")
"""


@pytest.fixture
def make_subject(in_local_cloud: DaemonStatus, tmp_path: Path) -> Callable[..., Subject]:
    """Makes a project and looks at it."""

    def make(name: str, budget: float = 100_000) -> Subject:
        (tmp_path / "mlstack.yaml").write_text(SPEC.format(name=name, budget=budget))
        (tmp_path / "infra").mkdir(exist_ok=True)
        (tmp_path / "infra" / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
        (tmp_path / "infra" / "__main__.py").write_text(PROGRAM)
        (tmp_path / "src").mkdir(exist_ok=True)
        for script in ("prepare", "train", "evaluate", "serve"):
            (tmp_path / "src" / f"{script}.py").write_text("")
        project = ProjectDirectory(tmp_path)
        return Subject.of(project, project.load("local"))

    return make


def changed(subject: Subject, **changes: Any) -> Subject:
    """The subject with something else in it."""
    return replace(subject, _lock=threading.Lock(), **changes)


def in_account(subject: Subject, **changes: Any) -> Subject:
    """The same environment as one of an account: nothing is taken for granted as in the local one."""
    return changed(subject, spec=subject.spec.model_copy(update={"environment": "prod"}), **changes)


@pytest.fixture
def stub() -> Iterator[Callable[[Subject, str], Stubber]]:
    """Stubs the client of one service of a subject: what it answers, and that nothing else is asked."""
    stubbed: list[Stubber] = []

    def make(subject: Subject, service: str) -> Stubber:
        session = subject.require_session()
        assert isinstance(session, AwsSession)
        client: Any = session.client(service)
        stubber = Stubber(client)
        stubber.activate()
        stubbed.append(stubber)
        return stubber

    yield make
    for each in stubbed:
        each.assert_no_pending_responses()
