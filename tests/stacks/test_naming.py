"""Names fit, are valid and differ wherever their environments do."""

from __future__ import annotations

import re
from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlstack_stacks.naming import MAX_FEATURE_GROUP, MAX_NAME, MAX_RESOURCE_PREFIX, Names, qualified_name
from mlstack_stacks.spec.feature_group import MAX_GROUP_NAME
from mlstack_stacks.spec.values import MAX_ENVIRONMENT_NAME, MAX_MODEL_NAME, MAX_PROJECT_NAME

WORDS = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def _names(maximum: int) -> st.SearchStrategy[str]:
    # A small alphabet, so that names collide where they can.
    free = st.from_regex(WORDS, fullmatch=True)
    narrow = st.from_regex(r"[a-b](-?[ab0])*", fullmatch=True)
    return st.one_of(free, narrow).filter(lambda name: len(name) <= maximum)


projects = _names(MAX_PROJECT_NAME)
environments = _names(MAX_ENVIRONMENT_NAME)
limits = st.sampled_from([20, MAX_RESOURCE_PREFIX, MAX_NAME])


@given(projects, environments, limits)
def test_a_name_fits_and_is_of_the_same_form(project: str, environment: str, maximum: int) -> None:
    name = qualified_name(project, environment, maximum)
    assert len(name) <= maximum
    assert WORDS.fullmatch(name)
    assert name == qualified_name(project, environment, maximum)


@given(projects, environments, projects, environments, limits)
def test_two_environments_never_share_a_name(one: str, its: str, other: str, others: str, maximum: int) -> None:
    same = (one, its) == (other, others)
    assert (qualified_name(one, its, maximum) == qualified_name(other, others, maximum)) == same
    assert (Names(one, its).release_parameter == Names(other, others).release_parameter) == same


groups = st.one_of(
    st.from_regex(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", fullmatch=True), st.from_regex(r"[a-b](_?[ab0])*", fullmatch=True)
).filter(lambda name: len(name) <= MAX_GROUP_NAME)


@pytest.fixture(scope="module")
def feature_group_name() -> dict[str, Any]:
    """AWS's rules for the name of a feature group."""
    service = botocore.session.get_session().get_service_model("sagemaker")
    return dict(service.shape_for("FeatureGroupName").metadata)


@given(project=projects, environment=environments, group=groups)
def test_a_feature_group_has_a_name_that_aws_takes(
    feature_group_name: dict[str, Any], project: str, environment: str, group: str
) -> None:
    name = Names(project, environment).feature_group(group)
    assert len(name) <= feature_group_name["max"] == MAX_FEATURE_GROUP
    assert re.fullmatch(feature_group_name["pattern"], name)
    assert name == Names(project, environment).feature_group(group)


@given(st.tuples(projects, environments, groups), st.tuples(projects, environments, groups))
def test_two_feature_groups_never_share_a_name(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    names = [Names(project, environment).feature_group(group) for project, environment, group in (one, other)]
    assert (names[0] == names[1]) == (one == other)


@given(st.from_regex(r"[ab](-[ab0]){0,5}", fullmatch=True))
def test_moving_a_hyphen_gives_another_feature_group(words: str) -> None:
    parts = [*words.split("-"), "c", "d"]
    splits = [("-".join(parts[:cut]), "-".join(parts[cut:-1]), parts[-1]) for cut in range(1, len(parts) - 1)]
    valid = [split for split in splits if WORDS.fullmatch(split[1])]
    assert len({Names(project, environment).feature_group(group) for project, environment, group in valid}) == len(
        valid
    )


def test_a_feature_groups_name_reads_as_it_is_meant() -> None:
    assert Names("churn", "prod").feature_group("user_clicks") == "churn-prod-user_clicks"
    assert re.fullmatch(
        r"churn-pre-prod-user_clicks-0[0-9a-f]{7}", Names("churn", "pre-prod").feature_group("user_clicks")
    )


@given(st.from_regex(r"[ab](-[ab0]){0,5}", fullmatch=True), st.data())
def test_moving_a_hyphen_gives_another_name(words: str, data: st.DataObject) -> None:
    parts = [*words.split("-"), "c", "d"]
    splits = [("-".join(parts[:cut]), "-".join(parts[cut:])) for cut in range(1, len(parts))]
    valid = [(project, environment) for project, environment in splits if WORDS.fullmatch(environment)]
    assert len({qualified_name(project, environment, MAX_NAME) for project, environment in valid}) == len(valid)


def test_a_short_name_reads_as_it_is_meant() -> None:
    names = Names("churn", "prod")
    assert names.endpoint == names.pipeline == names.model_package_group == names.resource_prefix == "churn-prod"
    assert names.release_parameter == "/mlstack/churn/prod/release/model-package-arn"
    assert re.fullmatch(r"churn-pre-prod-0[0-9a-f]{7}", Names("churn", "pre-prod").endpoint)


@pytest.mark.parametrize(
    ("operation", "member", "attribute"),
    [
        ("CreateModelPackageGroup", "ModelPackageGroupName", "model_package_group"),
        ("CreateEndpoint", "EndpointName", "endpoint"),
        ("CreatePipeline", "PipelineName", "pipeline"),
    ],
)
def test_the_longest_names_are_valid_for_the_cloud(operation: str, member: str, attribute: str) -> None:
    service = botocore.session.get_session().get_service_model("sagemaker")
    shape = service.operation_model(operation).input_shape.members[member]
    name = getattr(Names("p" * MAX_PROJECT_NAME, "e-" + "e" * (MAX_ENVIRONMENT_NAME - 2)), attribute)
    assert len(name) <= shape.metadata["max"]
    assert re.fullmatch(shape.metadata["pattern"], name)


def test_a_bucket_and_a_role_have_room_for_what_the_provider_adds() -> None:
    longest = Names("p" * MAX_PROJECT_NAME, "e" * MAX_ENVIRONMENT_NAME).resource_prefix
    assert len(f"{longest}-artifacts-1234567") <= 63
    assert len(f"{longest}-evaluate-role-1234567") <= 64


of_models = st.tuples(projects, environments, st.one_of(st.none(), _names(MAX_MODEL_NAME)))


@given(of_models, of_models)
def test_two_models_never_share_a_name(one: tuple[str, str, str | None], other: tuple[str, str, str | None]) -> None:
    its, others = Names(*one), Names(*other)
    same = one == other
    assert (its.resource_prefix == others.resource_prefix) == same
    assert (its.endpoint == others.endpoint) == same
    assert (its.batch_pipeline == others.batch_pipeline) == same
    assert its.batch_pipeline != others.pipeline
    assert (its.release_parameter == others.release_parameter) == same


@given(of_models)
def test_a_models_names_fit_and_begin_as_those_of_its_environment(of: tuple[str, str, str | None]) -> None:
    names, project = Names(*of), Names(*of[:2])
    assert len(names.resource_prefix) <= MAX_RESOURCE_PREFIX
    for name in (names.endpoint, names.batch_pipeline):
        assert len(name) <= MAX_NAME
        assert re.fullmatch("[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", name)
        assert any(
            name.startswith(start[:-1]) if start.endswith("*") else f"{name}-".startswith(f"{start}-")
            for start in project.beginnings
        )


@given(st.from_regex(r"[ab](-[ab0]){0,4}", fullmatch=True), st.sampled_from([None, "batch", "a", "a-batch"]))
def test_no_pipeline_has_the_name_of_another(words: str, model: str | None) -> None:
    parts = [*words.split("-"), "c", "batch"]
    splits = [("-".join(parts[:cut]), "-".join(parts[cut:])) for cut in range(1, len(parts))]
    splits += [("-".join(parts[:cut]), "-".join(parts[cut:-1])) for cut in range(1, len(parts) - 1)]
    every = [Names(*each, model) for each in splits if WORDS.fullmatch(each[1])]
    names = [name for each in every for name in (each.pipeline, each.batch_pipeline)]
    assert len(set(names)) == len(names)


def test_an_environment_called_batch_has_another_pipeline_than_batches_of_a_project() -> None:
    assert Names("shop", "prod").batch_pipeline == "shop-prod-batch"
    assert re.fullmatch("shop-prod-batch-0[0-9a-f]{7}", Names("shop-prod", "batch").pipeline)
    assert Names("shop-prod", "batch").endpoint == "shop-prod-batch", "whose name nothing else can have"


def test_a_models_name_is_no_other_projects() -> None:
    assert Names("shop", "prod", "churn").endpoint == "shop-prod--churn"
    assert Names("shop", "prod", "churn").endpoint != Names("shop-prod", "churn").endpoint
    assert Names("shop", "prod", "churn").endpoint != Names("shop-churn", "prod").endpoint
