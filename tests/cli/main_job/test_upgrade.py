"""What a former release left in the state comes up under this one, and nothing that holds data is replaced.

`checkpoints/<release>.yaml` is the specification, `<release>.json.gz` the state that the release made of it, without
paths and ports of the machine it was recorded on. At each release one more is recorded:

    MLSTACK_RECORD=0.2.0 .venv/bin/pytest tests/cli/main_job/test_upgrade.py -k record
"""

import gzip
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from mlstack_stacks.naming import Names

from .conftest import MINUTES, Project
from .plain_pulumi import pulumi

CHECKPOINTS = Path(__file__).parent / "checkpoints"
RELEASES = sorted(file.stem for file in CHECKPOINTS.glob("*.yaml"))
BOUNDARY = "boundary"
HOLDS = {
    "aws:ecr/repository:Repository",
    "aws:kms/key:Key",
    "aws:s3/bucket:Bucket",
    "aws:sagemaker/endpoint:Endpoint",
    "aws:sagemaker/featureGroup:FeatureGroup",
    "aws:sagemaker/modelPackageGroup:ModelPackageGroup",
}
"""What holds data, and what answers."""

pytestmark = [pytest.mark.xdist_group("upgrade"), pytest.mark.timeout(10 * MINUTES)]
RECORDED = os.environ.get("MLSTACK_RECORD")


@pytest.mark.parametrize("release", RELEASES)
def test_a_former_state_keeps_what_holds_data(machine: Project, release: str) -> None:
    project = machine.project("upgraded")
    shutil.copy(CHECKPOINTS / f"{release}.yaml", project.directory / "mlstack.yaml")
    state = json.loads(gzip.decompress((CHECKPOINTS / f"{release}.json.gz").read_bytes()))
    file = project.directory / "state.json"
    file.write_text(json.dumps(state))
    project.mlstack("local", "start")
    _point_at_release(project, state)
    pulumi(project, "stack select --create local")
    pulumi(project, f"stack import -s local --file {file}")
    preview = json.loads(pulumi(project, "preview -s local --json"))
    had = {each["type"] for each in state["deployment"]["resources"]}
    assert had >= HOLDS, "the state is one of everything that holds data"
    known = len(state["deployment"]["resources"])
    assert preview["changeSummary"]["same"] > known / 2, "it is the state of this very program"
    changed = [
        f"{step['op']} {step['urn']}"
        for step in preview["steps"]
        if step["urn"].split("::")[2].split("$")[-1] in HOLDS and step["op"] not in {"same", "update"}
    ]
    assert changed == []


@pytest.mark.skipif(RECORDED is None, reason="records a release")
def test_record(machine: Project) -> None:
    project = machine.project("upgraded")
    newest = CHECKPOINTS / f"{RECORDED}.yaml"
    shutil.copy(newest if newest.exists() else CHECKPOINTS / f"{RELEASES[-1]}.yaml", project.directory / "mlstack.yaml")
    project.mlstack("local", "start")
    allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    project.client("iam").create_policy(PolicyName=BOUNDARY, PolicyDocument=json.dumps(allowed))
    project.mlstack("up", "local")
    project.mlstack("run", "local")
    project.mlstack("models", "approve")
    project.mlstack("release", "local")
    state = json.loads(pulumi(project, "stack export -s local"))
    del state["deployment"]["secrets_providers"]
    text = re.sub(r'"/[^"]*/([^"/]+\.(?:tar\.gz|csv))"', r'"/project/\1"', json.dumps(state, separators=(",", ":")))
    text = re.sub(r"http://127\.0\.0\.1:[0-9]+", "http://127.0.0.1:1", text)
    assert str(project.directory) not in text
    shutil.copy(project.directory / "mlstack.yaml", newest)
    newest.with_suffix(".json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def _point_at_release(project: Project, state: Any) -> None:
    """The release pointer is no part of the state."""
    names = Names("upgraded", "local")
    (model,) = (each for each in state["deployment"]["resources"] if each["type"] == "aws:sagemaker/model:Model")
    values = {
        names.release_parameter: model["inputs"]["primaryContainer"]["modelPackageName"],
        names.instance_count_parameter: "1",
    }
    for name, value in values.items():
        project.client("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)
