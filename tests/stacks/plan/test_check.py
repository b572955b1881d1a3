"""Check mode runs a project's program whole, with no cloud, and says what it would consist of."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import UserError
from mlstack_stacks.plan.check import check
from mlstack_stacks.plan.program import ProgramError
from mlstack_stacks.plan.tree import summary, tree_lines
from mlstack_stacks.spec import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_stacks.plan.resources import Plan

PROGRAM = """\
from pathlib import Path
from mlstack_stacks import Project
project = Project.from_spec(Path(__file__).parent.parent / "mlstack.yaml")
"""


@pytest.fixture
def plan_of(write_project: Callable[..., Path], spec_text: str, tmp_path: Path) -> Callable[..., Plan]:
    """Plans a project with the given specification and program."""

    def plan(spec: str = spec_text, program: str = PROGRAM, environment: str = "dev", settings: str = "") -> Plan:
        file = write_project(spec)
        infra = tmp_path / "infra"
        infra.mkdir(exist_ok=True)
        (infra / "Pulumi.yaml").write_text("name: churn\nruntime: python\n")
        (infra / "__main__.py").write_text(textwrap.dedent(program))
        (infra / f"Pulumi.{environment}.yaml").write_text(settings or "config: {}\n")
        return check(load(file, environment), infra)

    return plan


def _components(plan: Plan) -> set[str]:
    return {resource.type for resource in plan.resources if not resource.custom}


def test_a_plan_has_every_part_of_the_specification(plan_of: Callable[..., Plan]) -> None:
    plan = plan_of()
    parts = "ArtifactStore EncryptionKey Endpoint FeatureStore ImageRegistry JobRoles ModelRegistry Notifications"
    expected = {f"mlstack:aws:{part}" for part in (*parts.split(), "TrainingPipeline")}
    assert _components(plan) == {"mlstack:stacks:Project", *expected}
    assert plan.in_the_cloud == len(plan.resources) - 10
    roots = [resource for resource in plan.resources if resource.parent is None]
    assert [resource.type for resource in roots] == ["mlstack:stacks:Project"]


def test_the_endpoint_is_planned_before_anything_is_released(plan_of: Callable[..., Plan]) -> None:
    plan = plan_of()
    model = next(resource for resource in plan.resources if resource.short_type == "aws:sagemaker:Model")
    package = model.properties["primaryContainer"]["modelPackageName"]
    assert package == "arn:aws:sagemaker:eu-west-1:111111111111:model-package/churn-dev/1"
    assert "endpoint_waits_for" not in plan.outputs


def test_what_serves_has_urns_of_its_own(plan_of: Callable[..., Plan]) -> None:
    serving = {r.short_type for r in plan_of().resources if "mlstack:aws:Endpoint$" in r.urn}
    names = {"Model", "EndpointConfiguration", "Endpoint"}
    assert serving == {"aws:cloudwatch:LogGroup", *(f"aws:sagemaker:{name}" for name in names)}


@pytest.mark.parametrize(
    ("part", "components", "outputs"),
    [
        ("serving", {"Endpoint"}, {"endpoint_name", "release_parameter_path"}),
        ("features", {"FeatureStore"}, {"feature_group_names"}),
        ("notifications", {"Notifications"}, {"notification_topic_arn"}),
        ("registry", {"ModelRegistry", "ImageRegistry"}, {"model_package_group_name", "image_repository_url"}),
        ("steps", {"TrainingPipeline"}, {"pipeline_name", "pipeline_arn", "code_uri"}),
    ],
)
def test_a_part_that_is_off_is_absent_and_breaks_no_other(
    plan_of: Callable[..., Plan], spec_text: str, part: str, components: set[str], outputs: set[str]
) -> None:
    whole = plan_of()
    rest = plan_of(spec_text.replace("region: eu-west-1}\n  prod", f"region: eu-west-1, {part}: null}}\n  prod"))
    assert _components(whole) - _components(rest) == {f"mlstack:aws:{name}" for name in components}
    assert set(whole.outputs) - set(rest.outputs) == outputs


def test_a_project_of_a_name_only_has_its_key_and_its_buckets(plan_of: Callable[..., Plan]) -> None:
    plan = plan_of("name: churn\n", environment="local")
    assert _components(plan) == {"mlstack:stacks:Project", "mlstack:aws:ArtifactStore", "mlstack:aws:EncryptionKey"}
    assert not any(resource.short_type == "aws:s3:BucketObjectv2" for resource in plan.resources)


def test_parts_that_are_off_import_nothing(plan_of: Callable[..., Plan], tmp_path: Path) -> None:
    plan_of("name: churn\n", environment="local")
    code = (
        "import sys; from pathlib import Path; from mlstack_stacks.spec import load; "
        "from mlstack_stacks.plan.check import check; "
        "check(load(Path('mlstack.yaml'), 'local'), Path('infra')); print('\\n'.join(sys.modules))"
    )
    modules = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.split()
    # pulumi_aws has a placeholder for each service from the start; what is below it comes with its first use.
    assert "pulumi_aws.s3.bucket" in modules
    for absent in ("sagemaker", "ecr", "sns", "sqs", "cloudwatch", "iam", "ssm", "ec2", "vpc"):
        assert not any(name.startswith(f"pulumi_aws.{absent}.") for name in modules), absent
    assert "boto3" not in modules
    assert "rich" not in modules


def test_a_users_own_resources_and_configuration_are_in_the_plan(plan_of: Callable[..., Plan]) -> None:
    program = PROGRAM + (
        "import pulumi, pulumi_aws as aws\n"
        "settings = pulumi.Config()\n"
        "topic = aws.sns.Topic('mine', display_name=settings.require('title'),"
        " tags={'n': str(settings.require_int('n'))},"
        " fifo_topic=settings.require_object('flags')['fifo'], kms_master_key_id=project.outputs.encryption_key_arn)\n"
        "pulumi.export('mine', topic.arn)\npulumi.export('title', topic.display_name)\n"
    )
    settings = "config: {title: Hello, churn:n: 3, flags: {fifo: true}}\n"
    plan = plan_of(program=program, settings=settings)
    mine = next(resource for resource in plan.resources if resource.name == "mine")
    assert mine.parent is None
    assert mine.properties["displayName"] == "Hello"
    assert mine.properties["tags"] == {"n": "3"}
    assert mine.properties["fifoTopic"] is True
    assert mine.properties["kmsMasterKeyId"] == "<known after apply>"
    assert plan.outputs["mine"] == "<known after apply>"
    assert plan.outputs["title"] == "Hello"


def test_a_secret_is_never_shown(plan_of: Callable[..., Plan]) -> None:
    program = (
        "import pulumi, pulumi_aws as aws\n"
        "aws.ssm.Parameter('token', type='SecureString', value=pulumi.Output.secret('hunter2'))\n"
        "aws.sns.Topic('t', tags={'nested': pulumi.Output.secret('hunter2')})\n"
        "pulumi.export('token', pulumi.Output.secret('hunter2'))\n"
    )
    plan = plan_of(program=program)
    assert "hunter2" not in json.dumps([resource.properties for resource in plan.resources])
    assert plan.outputs["token"] == "<secret>"


def test_a_plan_is_the_same_every_time(plan_of: Callable[..., Plan]) -> None:
    assert list(tree_lines(plan_of())) == list(tree_lines(plan_of()))


def test_the_tree_shows_each_resource_below_its_parent(plan_of: Callable[..., Plan]) -> None:
    plan = plan_of("name: churn\n", environment="local")
    lines = list(tree_lines(plan))
    assert lines[:2] == ["churn in local (account 000000000000, us-east-1)", "└─ mlstack:stacks:Project  churn"]
    assert "   └─ mlstack:aws:EncryptionKey  churn-local" in lines
    assert "      └─ aws:kms:Key  churn-local-key" in lines
    assert len(lines) == len(plan.resources) + 1
    assert summary(plan) == f"{plan.in_the_cloud} resources in 3 components."


def test_the_shells_region_has_no_say_in_a_plan(plan_of: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert plan_of().region == "eu-west-1"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            "config: {aws:region: us-west-2}",
            r"Pulumi.dev.yaml says the region us-west-2, mlstack.yaml:18 says eu-west-1",
        ),
        (
            "config: {aws:allowedAccountIds: ['222222222222']}",
            r"allows the accounts .*222222222222.* says 111111111111",
        ),
        ("config: {aws:allowedAccountIds: x}", r"allows the accounts x"),
    ],
)
def test_a_configuration_that_contradicts_the_specification_is_refused(
    plan_of: Callable[..., Plan], settings: str, message: str
) -> None:
    with pytest.raises(ProgramError, match=message):
        plan_of(settings=settings)


def test_a_cloud_environment_without_allowed_accounts_is_warned_of(plan_of: Callable[..., Plan]) -> None:
    warnings = plan_of().warnings
    assert [warning.rule for warning in warnings] == ["program"]
    assert "does not say which account may be touched" in warnings[0].message
    assert plan_of(settings="config: {aws:allowedAccountIds: ['111111111111']}").warnings == ()
    assert plan_of(environment="local").warnings == ()


def test_a_further_account_of_the_local_cloud_is_named_to_its_provider(
    plan_of: Callable[..., Plan], spec_text: str
) -> None:
    spec = spec_text.replace('dev: {account: "111111111111",', 'dev: {account: "111111111111", local: true,')
    region = "config: {aws:region: eu-west-1"
    with pytest.raises(ProgramError, match=r"the local cloud would take its own, and mlstack\.yaml says 111111111111"):
        plan_of(spec, settings=f"{region}}}")
    assert plan_of(spec, settings=f"{region}, aws:allowedAccountIds: ['111111111111']}}").account == "111111111111"


def test_a_failing_program_is_shown_by_its_own_lines(plan_of: Callable[..., Plan], tmp_path: Path) -> None:
    with pytest.raises(ProgramError) as caught:
        plan_of(program="import pulumi\n\ndef declare():\n    return missing\n\ndeclare()\n")
    message = caught.value.message
    assert "fails at __main__.py:4" in message
    assert "NameError: name 'missing' is not defined" in message
    assert "runpy" not in message
    assert "asyncio" not in message


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("def broken(:", "SyntaxError"),
        ("import pulumi; raise pulumi.RunError('not today')", "^not today"),
        (
            "import pulumi_aws as aws\naws.sns.Topic('a')\naws.sns.Topic('a')",
            "Two resources have the type aws:sns/topic:Topic and the name a",
        ),
        (
            "import pulumi, pulumi_aws as aws\n"
            "aws.sns.Topic('a', tags={'x': pulumi.Output.from_input(1).apply(lambda n: 1 / 0)})",
            "ZeroDivisionError",
        ),
    ],
)
def test_every_way_to_fail_is_one_error(plan_of: Callable[..., Plan], program: str, message: str) -> None:
    with pytest.raises(Exception, match=message) as caught:
        plan_of(program=program)
    assert caught.value.code in {"program", "failure"}


def test_a_failed_plan_leaves_the_process_as_it_was(plan_of: Callable[..., Plan], tmp_path: Path) -> None:
    before = (Path.cwd(), sys.path.copy(), sys.argv.copy())
    with pytest.raises(ProgramError):
        plan_of(program="raise ValueError")
    assert before == (Path.cwd(), sys.path, sys.argv)
    assert plan_of("name: churn\n", environment="local").in_the_cloud > 0


def test_a_programs_own_words_stay_out_of_the_plan(
    plan_of: Callable[..., Plan], capsys: pytest.CaptureFixture[str]
) -> None:
    plan_of(program="print('hello')\n")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "hello\n"


def test_main_may_name_another_file(plan_of: Callable[..., Plan], tmp_path: Path) -> None:
    plan_of("name: churn\n", environment="local")
    infra = tmp_path / "infra"
    (infra / "Pulumi.yaml").write_text("name: churn\nruntime: {name: python}\nmain: app/\n")
    (infra / "app").mkdir()
    (infra / "app" / "__main__.py").write_text("import helper\n")
    (infra / "app" / "helper.py").write_text("import pulumi; pulumi.export('helped', True)\n")
    assert check(load(tmp_path / "mlstack.yaml", "local"), infra).outputs == {"helped": True}


@pytest.mark.parametrize("text", ["", "runtime: python\n", "name: [\n"])
def test_a_broken_project_file_is_a_users_mistake(plan_of: Callable[..., Plan], tmp_path: Path, text: str) -> None:
    plan_of("name: churn\n", environment="local")
    (tmp_path / "infra" / "Pulumi.yaml").write_text(text)
    with pytest.raises(UserError, match=r"Pulumi\.yaml"):
        check(load(tmp_path / "mlstack.yaml", "local"), tmp_path / "infra")
