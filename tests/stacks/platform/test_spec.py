"""platform.yaml: what it may hold, and how its mistakes are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml
from mlstack_components.errors import SpecError, UserError
from mlstack_stacks.platform.load import load_platform, load_platforms
from mlstack_stacks.platform.schema import json_schema

from .conftest import SPEC

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_it_is_read_with_an_environments_overrides(write_platform: Callable[..., Path]) -> None:
    platforms = load_platforms(write_platform())
    assert set(platforms.environments) == {"local", "prod"}
    prod, local = platforms.environments["prod"], platforms.environments["local"]
    assert (prod.account, prod.region, local.account) == ("111111111111", "eu-west-1", "000000000000")
    assert prod.roles is not None
    assert local.roles is None
    assert prod.network is not None
    assert prod.network.zones == ("a", "b")


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ("owner: ", "ownr: ", 'platform.yaml:2: ownr: unknown key. Did you mean "owner"?'),
        ("days: 90", "days: 91", "platform.yaml:5: logs.retention_days: must be 1, 3, 5, 7, 14,"),
        ("acme/weather}", "acme/*}", 'continuous_integration.weather.github.repository: "acme/*" is not a repository.'),
        (
            "{github: {repository: acme/weather}}",
            "{}",
            "platform.yaml:11: continuous_integration.weather: says no CI service. Add `github: ",
        ),
        (
            "{github: {repository: acme/weather}}",
            "{github: {repository: acme/weather}, codepipeline: {build_project: up}}",
            "is deployed by one CI service, not by `github` and `codepipeline`. Remove one.",
        ),
        (
            "acme/ml/churn}}",
            "acme/ml/churn}}\n  other: {project: weather, gitlab: {project: a/b}}",
            "platform.yaml:13: continuous_integration.other: deploys weather in local, as `weather` does.",
        ),
        (
            "111111111111:policy",
            "333333333333:policy",
            "roles.permissions_boundary: belongs to the account 333333333333, and `prod` is in 111111111111.",
        ),
        ("region: eu-west-1}", "region: cn-north-1}", "no network can be made in cn-north-1."),
        ("secrets: true", "secret: true", 'network.secret: unknown key. Did you mean "secrets"?'),
        ("[ada, grace]", "[Ada]", "platform.yaml:14: workbench.users[0]"),
        ("idle_shutdown_minutes: 90", "idle_shutdown_minutes: 30", "workbench.idle_shutdown_minutes"),
        (
            "network: {zones: 2, cidr: 10.0.0.0/16, secrets: true}\n",
            "",
            "workbench: needs the platform's network: notebooks have no other way out.",
        ),
        ("[platform-team@example.com]", "[nobody]", "platform.yaml:6: notifications.emails"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_key(
    write_platform: Callable[..., Path], written: str, instead: str, message: str
) -> None:
    assert written in SPEC
    with pytest.raises(SpecError) as refused:
        load_platforms(write_platform(SPEC.replace(written, instead)))
    assert message in str(refused.value)


def test_an_environment_that_is_not_there_is_told(write_platform: Callable[..., Path]) -> None:
    with pytest.raises(UserError, match=r'platform\.yaml has no environment "prd". Did you mean "prod"\?'):
        load_platform(write_platform(), "prd")


def test_the_schema_accepts_what_is_read_and_describes_each_key() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(SPEC), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"name": "acme", "logs": {"retention_days": 2}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"name": "acme", "steps": {}}, schema)
    for definition in ("GitHub", "GitLab", "AzureDevOps", "CodePipeline", "State", "JobLogs"):
        for name, key in schema["$defs"][definition]["properties"].items():
            assert key.get("description"), f"{definition}.{name}"
