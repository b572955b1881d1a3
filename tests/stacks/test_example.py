"""The example in stacks/project runs as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mlstack_stacks.plan.check import check
from mlstack_stacks.spec import load_all

if TYPE_CHECKING:
    from mlstack_localcloud.control import DaemonStatus

EXAMPLE = Path(__file__).parents[2] / "stacks" / "project"


def test_every_environment_of_the_example_can_be_planned() -> None:
    environments = load_all(EXAMPLE / "mlstack.yaml").environments
    assert set(environments) == {"local", "prod"}
    for spec in environments.values():
        plan = check(spec, EXAMPLE)
        assert plan.in_the_cloud > 50
        assert plan.outputs["endpoint_name"] == f"iris-{spec.environment}"


@pytest.mark.engine
@pytest.mark.slow
def test_the_example_comes_up_with_plain_pulumi_and_then_stays_as_it_is(
    tmp_path: Path, engine_path: Path, local_cloud: DaemonStatus, cache: Path
) -> None:
    project = shutil.copytree(EXAMPLE, tmp_path / "project", ignore=shutil.ignore_patterns("Pulumi.local.yaml"))
    environment = {"MLSTACK_HOME": str(local_cloud.home), "MLSTACK_CACHE": str(cache), "PYTHON": sys.executable}
    program = (
        'eval "$("$PYTHON" -m mlstack local env)" && pulumi stack init local && '
        "pulumi up -s local --yes --skip-preview && pulumi up -s local --yes --skip-preview --expect-no-changes"
    )
    ended = subprocess.run(
        ["bash", "-ec", program],
        cwd=project,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert 'pipeline_name           : "iris-local"' in ended.stdout
