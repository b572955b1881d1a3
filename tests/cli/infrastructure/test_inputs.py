"""What AWS would refuse is told before anything is called, with its line and key in mlstack.yaml."""

from __future__ import annotations

import gc
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from mlstack.infrastructure import plan, up
from mlstack.infrastructure.inputs import refuse_inputs, refuse_pipeline
from mlstack.main import run
from mlstack.project_directory import ProjectDirectory
from mlstack_components.errors import MlstackError, SpecError
from mlstack_stacks.plan.check import check
from mlstack_stacks.spec import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec import EnvironmentSpec

SPEC = """\
name: storms
steps:
  prepare: {entry_point: src/prepare.py, instance_type: ml.m5.large}
  train:
    entry_point: src/train.py
    framework: sklearn
    hyperparameters: {depth: 6}
serving: {kind: realtime}
environments:
  dev: {account: "111111111111", region: eu-west-1}
  prod:
    account: "222222222222"
    region: eu-west-1
    steps: {train: {volume_size_gb: 40}}
"""
PROGRAM = """\
from pathlib import Path
import pulumi_aws as aws
from mlstack_stacks import Project
Project.from_spec(Path(__file__).parent.parent / "mlstack.yaml")
"""
OWN = """\
aws.kms.Key("own", aws.kms.KeyArgs(enable_key_rotation=True, rotation_period_in_days=7))
"""


class Directory:
    """A project on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("src/prepare.py", "src/train.py", "src/serve.py"):
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text("")
        (root / "infra").mkdir()
        (root / "infra" / "Pulumi.yaml").write_text("name: storms\nruntime: python\n")
        self.write()

    def write(self, spec: str = SPEC, own: str = "") -> None:
        (self.root / "mlstack.yaml").write_text(spec)
        (self.root / "infra" / "__main__.py").write_text(PROGRAM + own)

    def load(self, environment: str) -> EnvironmentSpec:
        return load(self.root / "mlstack.yaml", environment)

    def refuse(self, spec: EnvironmentSpec) -> Any:
        infra = self.root / "infra"
        return refuse_inputs(spec, check(self.load(spec.environment), infra), infra)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Directory]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))  # No engine, so that an environment is never taken for one that is up.
    yield Directory(tmp_path)
    gc.enable()  # A plan turns it off for the rest of its process.


def mlstack(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    return int(ended.value.code or 0)


def changed(spec: EnvironmentSpec, step: str, **values: Any) -> EnvironmentSpec:
    """A specification with values of a step that reading it would have refused."""
    assert spec.steps is not None
    step_spec = getattr(spec.steps, step).model_copy(update=values)
    return spec.model_copy(update={"steps": spec.steps.model_copy(update={step: step_spec})})


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_a_right_specification_is_planned(project: Directory, environment: str) -> None:
    assert project.refuse(project.load(environment)) == ()


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
@pytest.mark.parametrize("command", ["plan", "up"])
def test_an_unknown_instance_type_is_refused_by_every_command(
    project: Directory, capsys: pytest.CaptureFixture[str], environment: str, command: str
) -> None:
    project.write(SPEC.replace("ml.m5.large", "ml.q9.large"))
    assert mlstack(command, environment) == 2
    assert capsys.readouterr().err.endswith(
        'Error: mlstack.yaml:3: steps.prepare.instance_type: "ml.q9.large" is not an instance type that AWS knows for '
        'processing jobs. Did you mean "ml.m5.large"?\n'
    )


def test_everything_that_is_refused_is_told_at_once_with_its_key(project: Directory) -> None:
    spec = changed(project.load("prod"), "prepare", volume_size_gb=20000, max_runtime_minutes=0)
    spec = changed(spec, "train", volume_size_gb=-1, hyperparameters={"depth": "x" * 3000})
    for refuse in (refuse_pipeline, project.refuse):
        with pytest.raises(SpecError) as refused:
            refuse(spec)
        problems = {(problem.line, problem.key): problem.message for problem in refused.value.problems}
        assert list(problems) == [
            (3, "steps.prepare.max_runtime_minutes"),
            (3, "steps.prepare.volume_size_gb"),
            (7, "steps.train.hyperparameters.depth"),
            (14, "environments.prod.steps.train.volume_size_gb"),
        ]
        assert problems[3, "steps.prepare.volume_size_gb"] == (
            "AWS refuses it as Steps.prepare.Arguments.ProcessingResources.ClusterConfig.VolumeSizeInGB of "
            "storms-prod-pipeline: must be at most 16384, and is 20000 (CreateProcessingJob in the AWS API)."
        )
        assert str(refused.value.problems[0].file) == "mlstack.yaml"


def test_up_refuses_the_pipelines_requests_before_it_calls_anything(
    project: Directory, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = changed(project.load("dev"), "train", volume_size_gb=-1)
    monkeypatch.setattr(ProjectDirectory, "load", lambda self, environment: spec)
    monkeypatch.setattr(up, "ready", _reached)
    assert mlstack("up", "dev", "--yes") == 2
    assert "Error: mlstack.yaml:4: steps.train.volume_size_gb: AWS refuses it as" in capsys.readouterr().err


def test_what_is_up_is_checked_before_it_is_previewed(
    project: Directory, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "_is_up", lambda project, spec: True)
    monkeypatch.setattr(up, "ready", _reached)
    project.write(own=OWN)
    assert mlstack("plan", "dev") == 2
    assert "own.rotationPeriodInDays: must be at least 90" in capsys.readouterr().err
    # A program that reads the cloud may run only there.
    project.write(own='aws.get_availability_zones().names[0]["x"]\n')
    assert mlstack("plan", "dev") == 1
    assert "Error: the engine is reached" in capsys.readouterr().err


def _reached(*_arguments: Any) -> None:
    raise MlstackError("the engine is reached")


def test_a_resource_of_the_specification_is_told_by_its_key(project: Directory) -> None:
    spec = project.load("dev")
    planned = check(spec, project.root / "infra")
    (configuration,) = [each for each in planned.resources if each.type.endswith(":EndpointConfiguration")]
    configuration.properties["productionVariants"][0]["instanceType"] = "ml.m5.lrage"
    with pytest.raises(SpecError) as refused:
        refuse_inputs(spec, planned, project.root / "infra")
    (problem,) = refused.value.problems
    assert (problem.line, problem.key) == (8, "serving.instance_type")
    assert problem.suggestion == 'Did you mean "ml.m5.large"?'


@pytest.mark.parametrize("environment", ["local", "dev"])
def test_the_programs_own_resources_are_checked_too(
    project: Directory, capsys: pytest.CaptureFixture[str], environment: str
) -> None:
    project.write(own=OWN)
    assert mlstack("plan", environment, "--json") == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "spec"
    (problem,) = error["problems"]
    assert (problem["file"], problem["key"]) == ("infra/__main__.py", "own.rotationPeriodInDays")
    assert problem["message"].startswith("must be at least 90, and is 7 (EnableKeyRotation")


def test_types_that_can_not_be_checked_are_named_in_a_cloud_environment(
    project: Directory, capsys: pytest.CaptureFixture[str]
) -> None:
    project.write(own='aws.s3.BucketWebsiteConfiguration("site", aws.s3.BucketWebsiteConfigurationArgs(bucket="b"))\n')
    assert mlstack("plan", "dev", "--json") == 0
    warnings = {each["rule"]: each["message"] for each in json.loads(capsys.readouterr().out)["warnings"]}
    token = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration"
    assert warnings["types_not_checked"] == f"not checked against AWS's service models: {token}."
    # The local cloud would refuse it.
    assert mlstack("plan", "local") == 2
    assert "infra/__main__.py: site: the local cloud does not implement" in capsys.readouterr().err


def test_without_botocore_a_plan_says_that_nothing_was_checked(
    project: Directory, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(own=OWN)
    for name in [name for name in sys.modules if name.startswith("mlstack_localcloud.provider")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "botocore", None)
    assert mlstack("plan", "dev", "--json") == 0
    (warning,) = [
        each for each in json.loads(capsys.readouterr().out)["warnings"] if each["rule"] == "inputs_not_checked"
    ]
    assert "botocore is not installed" in warning["message"]
    refuse_pipeline(changed(project.load("dev"), "train", volume_size_gb=-1))
