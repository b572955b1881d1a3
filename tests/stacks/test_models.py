"""Several models in one project: each has names, roles and parts of its own, and the rest is there once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.naming import Names
from mlstack_stacks.plan.check import check
from mlstack_stacks.plan.checks import run_checks
from mlstack_stacks.plan.definition import planned_definition
from mlstack_stacks.spec import load
from mlstack_stacks.spec.project_models import MODEL_PARTS
from mlstack_stacks.spec_keys import place_near, spec_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.plan.resources import Plan

SPEC = """\
name: shop
owner: ml-team
notifications: {emails: [ml-team@example.com]}
models:
  churn:
    data: {source: data/churn.csv, target: churned}
    steps:
      train: {entry_point: src/train.py, framework: sklearn, hyperparameters: {max_depth: 6}}
      evaluate: {entry_point: src/evaluate.py, gates: {accuracy: ">= 0.80"}}
    registry: {images: false, share_with: ["333333333333"]}
    serving: {kind: realtime, capture_percent: 100}
    monitoring: {alarms: {latency_p99_ms: 500}, data_quality: daily}
  churn-eu:
    data: {source: data/churn.csv}
    steps: {train: {entry_point: src/train.py, framework: sklearn, instance_type: ml.m5.xlarge}}
    registry: {images: false}
    serving: {kind: batch, batch: {source: incoming/, on_new_data: true}}
environments:
  prod:
    account: "222222222222"
    region: eu-west-1
    models: {churn: {serving: {instances: {min: 2}}}}
"""
PROGRAM = """\
from pathlib import Path
from mlstack_stacks import Project
Project.from_spec(Path(__file__).parent.parent / "mlstack.yaml")
"""


@pytest.fixture
def plan(write_project: Callable[..., Path]) -> Plan:
    file = write_project(SPEC)
    return _plan(file)


def _plan(file: Path) -> Plan:
    infra = file.absolute().parent / "infra"
    infra.mkdir(exist_ok=True)
    (infra / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (infra / "__main__.py").write_text(PROGRAM)
    return check(load(file, "prod"), infra)


def _named(plan: Plan, kind: str) -> list[str]:
    return sorted(each.name for each in plan.resources if each.short_type == kind)


def test_each_model_has_its_own_and_the_rest_is_there_once(plan: Plan) -> None:
    assert _named(plan, "aws:sagemaker:Pipeline") == [
        "shop-prod--churn-eu-batch",
        "shop-prod--churn-eu-pipeline",
        "shop-prod--churn-pipeline",
    ]
    assert _named(plan, "aws:sagemaker:Endpoint") == ["shop-prod--churn-endpoint"]
    assert len(_named(plan, "aws:sagemaker:ModelPackageGroup")) == 2
    assert _named(plan, "mlstack:stacks:Model") == ["shop-prod--churn", "shop-prod--churn-eu"]
    for shared in ("mlstack:aws:EncryptionKey", "mlstack:aws:ArtifactStore", "mlstack:aws:Notifications"):
        assert _named(plan, shared) == ["shop-prod"]
    objects = _named(plan, "aws:s3:BucketObjectv2")
    assert objects == ["shop-prod--churn-preprocessor", "shop-prod-code", "shop-prod-dataset-churn"], "one file once"


def test_what_a_model_consists_of_is_below_its_component(plan: Plan) -> None:
    components = {each.urn: each.name for each in plan.resources if each.short_type == "mlstack:stacks:Model"}
    below = [each for each in plan.resources if each.parent in components]
    assert {each.short_type for each in below if components[str(each.parent)] == "shop-prod--churn"} == {
        "mlstack:aws:Alarms",
        "mlstack:aws:Dashboard",
        "mlstack:aws:Endpoint",
        "mlstack:aws:JobRoles",
        "mlstack:aws:ModelRegistry",
        "mlstack:aws:TrainingPipeline",
    }
    parts = {each.short_type for each in plan.resources if "shop-prod--" in each.name}
    assert "aws:kms:Key" not in parts
    assert all(
        each.properties["tags"]["mlstack:model"]
        for each in plan.resources
        if each.short_type == "aws:iam:Role" and "--" in each.name
    )


def test_the_notifications_tell_of_all_models(plan: Plan) -> None:
    rules = {each.name: each for each in plan.resources if each.short_type == "aws:cloudwatch:EventRule"}
    pattern = json.loads(rules["shop-prod-pipeline-ended"].properties["eventPattern"])
    assert [arn.rpartition("/")[2] for arn in pattern["detail"]["pipelineArn"]] == [
        "shop-prod--churn",
        "shop-prod--churn-eu",
    ]


def test_the_outputs_of_a_model_are_below_its_name(plan: Plan) -> None:
    models = plan.outputs["models"]
    assert models["churn"]["endpoint_name"] == "shop-prod--churn"
    assert models["churn"]["release_parameter_path"] == "/mlstack/shop/prod/release/churn"
    assert models["churn-eu"]["batch_pipeline_name"] == "shop-prod--churn-eu--batch"
    assert plan.outputs.get("endpoint_name") is None


def test_an_environment_overrides_one_model(write_project: Callable[..., Path]) -> None:
    views = load(write_project(SPEC), "prod").views()
    assert {name: view.serving and view.serving.instances.min for name, view in views.items()} == {
        "churn": 2,
        "churn-eu": 1,
    }
    assert views["churn"].model == "churn"
    assert load(write_project(SPEC), "local").views()["churn"].serving.instances.min == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("nothing", ["", " null", " ~", " {}"])
def test_a_model_without_a_value_has_what_it_inherits(write_project: Callable[..., Path], nothing: str) -> None:
    named = SPEC.replace("models: {churn: {serving: {instances: {min: 2}}}}", f"models:\n      churn:{nothing}")
    file = write_project(named.replace("environments:", f"  basket:{nothing}\nenvironments:"))
    views = load(file, "prod").views()
    local = load(file, "local").views()["churn"]
    assert [getattr(views["churn"], part) for part in MODEL_PARTS] == [getattr(local, part) for part in MODEL_PARTS]
    assert local.serving is not None
    assert {getattr(views["basket"], part) for part in MODEL_PARTS} == {None}
    assert _named(_plan(file), "mlstack:stacks:Model") == [
        "shop-prod--basket",
        "shop-prod--churn",
        "shop-prod--churn-eu",
    ]


def test_commands_are_told_which_of_several_models(write_project: Callable[..., Path]) -> None:
    views = load(write_project(SPEC), "prod").views()
    assert [view.address for view in views.values()] == ["prod --model churn", "prod --model churn-eu"]
    alone = load(
        write_project(SPEC.replace("  churn-eu:", "environments_of_old:").partition("environments_of")[0]), "local"
    )
    assert [view.address for view in alone.views().values()] == ["local"], "one needs no option"
    assert load(write_project(), "prod").address == "prod"


def test_a_project_without_models_is_its_own_view(write_project: Callable[..., Path]) -> None:
    spec = load(write_project(), "prod")
    assert spec.views() == {None: spec}


@pytest.mark.parametrize("part", ["data", "steps", "registry", "serving", "monitoring"])
def test_a_models_part_does_not_stand_beside_models(write_project: Callable[..., Path], part: str) -> None:
    values = {
        "data": "{source: data/churn.csv}",
        "steps": "{train: {entry_point: src/train.py, framework: sklearn}}",
        "registry": "{}",
        "serving": "{kind: realtime}",
        "monitoring": "{}",
    }
    with pytest.raises(SpecError) as raised:
        load(write_project(SPEC.replace("models:\n", f"{part}: {values[part]}\nmodels:\n", 1)), "prod")
    (problem,) = raised.value.problems
    assert (problem.line, problem.key) == (4, part)
    assert "below `models: {churn" in str(problem.suggestion)


def test_a_problem_of_a_model_is_told_where_the_model_has_it(write_project: Callable[..., Path]) -> None:
    wrong = SPEC.replace("capture_percent: 100", "capture_percent: 0")
    with pytest.raises(SpecError) as raised:
        load(write_project(wrong), "prod")
    assert [problem.key for problem in raised.value.problems] == ["models.churn.monitoring.data_quality"]


def test_a_misspelt_key_of_a_model_gets_a_suggestion(write_project: Callable[..., Path]) -> None:
    with pytest.raises(SpecError) as raised:
        load(write_project(SPEC.replace("    registry: {images: false}", "    registri: {}")), "prod")
    (problem,) = raised.value.problems
    assert (problem.key, problem.suggestion) == ("models.churn-eu.registri", 'Did you mean "registry"?')


def test_warnings_name_the_model(write_project: Callable[..., Path]) -> None:
    found = run_checks(load(write_project(SPEC), "prod"))
    places = {str(each.place) for each in found if each.rule == "no_gates"}
    assert len(places) == 1
    assert "models.churn-eu.steps" in places.pop()


def test_a_property_comes_from_the_key_of_its_model(write_project: Callable[..., Path]) -> None:
    spec = load(write_project(SPEC), "prod")
    configuration = "productionVariants[0].initialInstanceCount"
    key = spec_key(spec, "shop-prod--churn-endpoint-configuration", configuration)
    assert key == "models.churn.serving.instances.min"
    assert place_near(spec, key).key == "environments.prod.models.churn.serving.instances.min"
    path = "pipelineDefinition.Steps.train.Arguments.ResourceConfig.InstanceType"
    assert spec_key(spec, "shop-prod--churn-eu-pipeline", path) == "models.churn-eu.steps.train.instance_type"
    assert spec_key(spec, "shop-prod-dataset-churn", "key") == "models.churn.data.source"
    assert spec_key(spec, "shop-prod-notifications", "tags") == "owner"


def test_each_model_has_a_definition_of_its_own(write_project: Callable[..., Path]) -> None:
    views = load(write_project(SPEC), "prod").views()
    definitions = {name: json.dumps(planned_definition(view)) for name, view in views.items()}
    assert "ml.m5.xlarge" in definitions["churn-eu"]
    assert Names("shop", "prod", "churn-eu").model_package_group not in definitions["churn"]
