"""The table of resource types says what is true: of AWS's operations, and of the official provider's properties."""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any

import pulumi_aws
import pytest
from mlstack_localcloud.provider.difference import difference, replaces
from mlstack_localcloud.provider.patterns import compile_pattern
from mlstack_localcloud.provider.registry import DATA_SOURCES, RESOURCE_TYPES, data_source, resource_type

from .services import CONFIG, requests_of

if TYPE_CHECKING:
    from mlstack_localcloud.provider.model import Call, ResourceType

each_type = pytest.mark.parametrize("token", RESOURCE_TYPES)


def sdk_class(token: str) -> Any:
    module, _, name = token.removeprefix("aws:").partition("/")
    return getattr(importlib.import_module(f"pulumi_aws.{module}"), name.rpartition(":")[2])


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def sdk_inputs(token: str) -> set[str]:
    names = inspect.signature(sdk_class(token)._internal_init).parameters
    return {camel(name) for name in names if not name.startswith("__")} - {"resourceName", "opts"}


def sdk_outputs(token: str) -> set[str]:
    properties = inspect.getmembers(sdk_class(token), lambda member: isinstance(member, property))
    return {camel(name) for name, _ in properties}


@each_type
def test_a_type_is_registered_under_its_token(token: str) -> None:
    assert resource_type(token).token == token
    assert RESOURCE_TYPES[token].partition(".")[0] == token.removeprefix("aws:").partition("/")[0]


@each_type
def test_each_input_of_the_official_provider_is_implemented_or_refused_by_name(token: str) -> None:
    type_ = resource_type(token)
    ours = {*type_.by_name, *type_.not_implemented}
    ours |= ({"tags"} if type_.tags else set()) | ({"region"} if type_.regional else set())
    assert sdk_inputs(token) == ours


# What the id is made from, which the official provider keeps as the id alone; and what a second call asks by.
NOT_SHOWN = {
    "aws:cloudcontrol/resource:Resource": {"identifier"},
    "aws:iam/policy:Policy": {"defaultVersionId"},
}


@each_type
def test_each_output_is_one_of_the_official_provider(token: str) -> None:
    ours = {output.name for output in resource_type(token).outputs} - NOT_SHOWN.get(token, set())
    assert ours <= sdk_outputs(token)


def calls_of(type_: ResourceType) -> list[Call]:
    found = [type_.create, *type_.reads, *type_.updates, *type_.deletes, *type_.answers]
    if type_.tags:
        found += [each for each in (type_.tags.put, type_.tags.remove, type_.tags.read, type_.tags.clear) if each]
    for collection in type_.collections:
        found += [collection.add, collection.remove, collection.read]
    for clear in type_.clears:
        found += [clear.read, clear.delete]
    for sweep in (*type_.sweeps, *type_.prunes):
        found += [sweep.read, sweep.delete]
    return found


@each_type
def test_each_call_is_one_of_aws_and_can_be_built(token: str) -> None:
    requests = requests_of(token)
    for call in calls_of(requests.type):
        request = requests.build(call, dict.fromkeys(requests.type.by_name, "x"), ())
        assert set(request.parameters) <= set(requests.operation(call).input_shape.members)
        assert set(requests.takes(call)) <= set(requests.type.by_name)
        assert set(call.on or ()) <= set(requests.type.by_name)


@each_type
def test_an_exception_from_the_rule_on_replacements_names_its_source(token: str) -> None:
    exceptions = [each for each in resource_type(token).properties if each.replaces is not None]
    assert [each.name for each in exceptions if not each.source] == []


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("aws:s3/bucket:Bucket", {"bucket", "bucketPrefix", "objectLockEnabled"}),
        ("aws:iam/role:Role", {"name", "namePrefix", "path"}),
        ("aws:sagemaker/endpoint:Endpoint", {"name"}),
        ("aws:sagemaker/pipeline:Pipeline", {"pipelineName"}),
        (
            "aws:sagemaker/featureGroup:FeatureGroup",
            {
                "featureGroupName",
                "description",
                "eventTimeFeatureName",
                "featureDefinitions",
                "offlineStoreConfig",
                "recordIdentifierFeatureName",
                "roleArn",
            },
        ),
        ("aws:ecr/lifecyclePolicy:LifecyclePolicy", {"policy", "repository"}),
        ("aws:kms/alias:Alias", {"name", "namePrefix"}),
        ("aws:sns/topicSubscription:TopicSubscription", {"topic", "protocol", "endpoint"}),
    ],
)
def test_what_replaces_follows_from_the_operations(token: str, expected: set[str]) -> None:
    requests = requests_of(token)
    assert {each.name for each in requests.type.properties if replaces(requests, each)} == expected


@pytest.mark.parametrize(
    ("store", "replaced"),
    [
        ({"enableOnlineStore": True, "ttlDuration": {"unit": "Days", "value": 8}}, False),
        ({"enableOnlineStore": True}, False),
        ({"enableOnlineStore": False, "ttlDuration": {"unit": "Days", "value": 7}}, True),
        ({"enableOnlineStore": True, "securityConfig": {"kmsKeyId": "arn:aws:kms:x:1:key/abc"}}, True),
        (None, True),
    ],
)
def test_a_property_of_which_an_update_takes_a_part_replaces_by_the_rest(store: Any, replaced: bool) -> None:
    old = {"featureGroupName": "g", "onlineStoreConfig": {"enableOnlineStore": True, "ttlDuration": {"value": 7}}}
    new = {**old, "onlineStoreConfig": store}
    found = difference(requests_of("aws:sagemaker/featureGroup:FeatureGroup"), old, new, {}, CONFIG)
    assert found.properties == ("onlineStoreConfig",)
    assert bool(found.replaced_by) is replaced
    assert found.delete_first is replaced, "a group of the same name can't be made beside it"


def test_each_data_source_is_one_of_the_official_provider() -> None:
    for token in DATA_SOURCES:
        assert data_source(token).token == token
        module, _, name = token.removeprefix("aws:").partition("/")
        home = pulumi_aws if module == "index" else getattr(pulumi_aws, module)
        function = name.rpartition(":")[2]
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in function)
        result = getattr(home, f"{function[:1].upper()}{function[1:]}Result".replace("Get", "Get", 1))
        assert callable(getattr(home, snake))
        members = {camel(n) for n, _ in inspect.getmembers(result, lambda m: isinstance(m, property))}
        assert set(data_source(token).outputs) <= members


def test_the_patterns_that_cannot_be_checked_are_few() -> None:
    missed: set[str] = set()
    for token in RESOURCE_TYPES:
        requests = requests_of(token)
        for call in calls_of(requests.type):
            _collect(requests.operation(call).input_shape, missed, set())
    assert missed == set()


def test_a_class_of_java_stands_for_its_characters_within_brackets_and_outside() -> None:
    alone, within = compile_pattern(r"\p{Print}+"), compile_pattern(r"[\p{L}\-]+")
    assert alone is not None
    assert within is not None
    assert alone.fullmatch("track-1")
    assert not alone.fullmatch("a\x07")
    hyphen = compile_pattern(r"[\p{Z}-_]+")
    assert hyphen is not None
    assert hyphen.fullmatch(" -_")
    assert not hyphen.fullmatch("A")
    letters = compile_pattern(r"arn:[\p{Alnum}\-]+")
    assert letters is not None
    assert letters.fullmatch("arn:aws-cn")
    assert not letters.fullmatch("arn:ü")
    assert within.fullmatch("k-ü")
    assert not within.fullmatch("k ü")


def _collect(shape: Any, missed: set[str], seen: set[str]) -> None:
    if shape is None or shape.name in seen:
        return
    seen.add(shape.name)
    pattern = shape.metadata.get("pattern")
    if pattern and compile_pattern(pattern) is None:
        missed.add(pattern)
    children = list(getattr(shape, "members", {}).values())
    children += [each for each in (getattr(shape, "member", None), getattr(shape, "value", None)) if each is not None]
    for child in children:
        _collect(child, missed, seen)
