"""Every role that the full specifications make: each of its statements is needed, and a test shows its use.

The documents are those that are registered. Each statement is held against the local cloud's evaluation: with the whole
document each of its actions is allowed, on a request that meets its resources and conditions; without the statement
at least one is refused by name, or it would be dispensable. What uses the statement in the local cloud is named in
`SHOWN_BY`; a new role without an entry fails.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mlstack_localcloud.server.authorization.context import Context
from mlstack_localcloud.server.authorization.evaluate import Policies, Principal, reason_to_refuse

from . import registered
from .test_parts import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .registered import Registered

ROOT = Path(__file__).parents[2]
SERVED = "serving: {kind: realtime, instances: {min: 2}, capture_percent: 20, shadow: {percent: 50}}"
WATCHED = "monitoring: {alarms: {}, data_quality: daily, model_quality: daily}"
DELIVERED = 'continuous_deployment: {deployers: ["arn:aws:iam::111111111111:role/operator"]}'
ASYNCHRONOUS = "serving: {kind: asynchronous, instances: {min: 0, max: 3}, asynchronous: {notify: everything}}"
BATCH = "serving: {kind: batch, batch: {source: incoming/, on_new_data: true}}"
SHUT_DOWN = 'serving: {kind: realtime, instances: {min: 1}, idle_shutdown: "0 20 * * *"}'
PLATFORM = """\
name: acme
owner: platform-team
network: {zones: 2, cidr: 10.0.0.0/16, secrets: true}
logs: {retention_days: 90}
notifications: {emails: [platform-team@example.com]}
state: {bucket: acme-state, key: "arn:aws:kms:eu-west-1:111111111111:key/state"}
continuous_integration:
  weather: {github: {repository: acme/weather}}
  churn: {codepipeline: {build_project: up, plan_project: look, pipeline: churn, artifact_bucket: acme-artifacts}}
tracking: {size: medium}
workbench: {users: [ada]}
environments:
  prod: {account: "111111111111", region: eu-west-1}
"""
MODELS = """\
name: shop
owner: ml-team
models:
  churn:
    data: {source: data/churn.csv}
    steps: {train: {entry_point: src/train.py, framework: sklearn}}
    registry: {images: false}
    serving: {kind: realtime, capture_percent: 100, instances: {min: 2}}
  demand:
    data: {source: data/churn.csv}
    steps: {train: {entry_point: src/train.py, framework: sklearn}}
    registry: {images: false}
    serving: {kind: batch, batch: {source: incoming/}}
environments:
  dev: {account: "111111111111", region: eu-west-1}
"""
SPECIFICATIONS = {
    "everything": EVERYTHING,
    "asynchronous": EVERYTHING.replace(SERVED, ASYNCHRONOUS).replace(WATCHED, "monitoring: {alarms: {}}"),
    "batch": EVERYTHING.replace(SERVED, BATCH)
    .replace("{experiment: churn}", "{server: platform}")
    .replace(WATCHED, "")
    .replace(DELIVERED, ""),
    "shutdown": EVERYTHING.replace(SERVED, SHUT_DOWN).replace(WATCHED, "monitoring: {alarms: {}}"),
    "models": MODELS,
}

_SAGEMAKER, _SERVER = "tests/localcloud/sagemaker", "tests/localcloud/server"
_SERVICES = f"{_SERVER}/authorization/test_service_roles.py"
_JOBS = f"{_SAGEMAKER}/test_roles.py"
SHOWN_BY = {
    "processing": _JOBS,
    "training": _JOBS,
    "pipeline": _JOBS,
    "serving": _JOBS,
    "monitoring": _JOBS,
    "batch-pipeline": f"{_SAGEMAKER}/test_batch_roles.py",
    "batch-start": f"{_SAGEMAKER}/test_batch_roles.py",
    "replication": f"{_SERVER}/test_replication.py",
    "features": _SERVICES,
    "shutdown": _SERVICES,
    "flow-logs-role": _SERVICES,
    "tracking": _SERVICES,
    "workbench-ada": _SERVICES,
    "workbench": _SERVICES,
    "images-build": _SERVICES,
    "release-build": "tests/components/aws/test_release_automation.py",
    "release-start": "tests/components/aws/test_release_automation.py",
    "weather-deploy": "tests/components/aws/test_continuous_integration.py",
    "weather-plan": "tests/components/aws/test_continuous_integration.py",
    "churn-deploy": "tests/components/aws/test_continuous_integration.py",
    "churn-plan": "tests/components/aws/test_continuous_integration.py",
    "churn-pipeline": "tests/components/aws/test_continuous_integration.py",
}
"""Where the use of a role's statements is tested, by the end of the role's logical name."""

OVERLAPS = {
    (
        "release-build",
        "DecryptSource",
    ): "All builds that have a source have it; a release's needs more of the same key.",
}
"""Statements that others make dispensable, and why they stand there all the same."""

SESSION = Principal("111111111111", "arn:aws:sts::111111111111:assumed-role/r/s", "arn:aws:iam::111111111111:role/r")
_Statements = list[dict[str, Any]]


def _kind(logical_name: str) -> str:
    name = logical_name
    for prefix in ("churn-dev-", "acme-prod-", "shop-dev--churn-", "shop-dev--demand-", "shop-dev-"):
        name = name.removeprefix(prefix)
    return name


@pytest.fixture
def roles(write_project: Callable[..., Path]) -> dict[str, _Statements]:
    """The statements of the roles of all specifications, by where they are from and their logical names."""
    shared = {
        "tracking_server_arn": "arn:aws:sagemaker:eu-west-1:111111111111:mlflow-tracking-server/acme",
        "encryption_key_arn": "arn:aws:kms:eu-west-1:111111111111:key/platform",
    }
    found: dict[str, _Statements] = {}
    for name, text in SPECIFICATIONS.items():
        made: Registered = registered.project(write_project(text), platform=shared)
        found |= {f"{name}: {role}": statements for role, statements in made.role_documents().items()}
    file = Path("platform.yaml")
    file.write_text(PLATFORM)
    return found | {f"platform: {name}": each for name, each in registered.platform(file).role_documents().items()}


def _samples(statement: dict[str, Any]) -> Iterator[tuple[str, str, Context]]:
    """Requests that a statement allows: each action on each resource, with what the conditions ask for."""
    # All tags of the resource and of the request are known: there are none but those that a condition asks for.
    keys: dict[str, tuple[str, ...]] = {"aws:resourcetag/": ("all",), "aws:requesttag/": ("all",)}
    for values in statement.get("Condition", {}).values():
        for key, value in values.items():
            keys[key.lower()] = tuple(
                each.replace("*", "x") for each in (value if isinstance(value, list) else [value])
            )
    for action in statement["Action"]:
        for resource in statement["Resource"]:
            asked = {key: values[:1] for key, values in keys.items()}
            yield action, resource.replace("*", "x").replace("?", "x"), Context(asked)


def _refusals(statements: _Statements, about: dict[str, Any]) -> list[str]:
    policies = Policies(identity=(registered.document(statements),))
    asked = [(action, arn, context) for action, arn, context in _samples(about)]
    return [reason for each in asked if (reason := reason_to_refuse(SESSION, *each, policies))]


def test_each_role_has_a_test_that_uses_its_statements(roles: dict[str, _Statements]) -> None:
    kinds = {_kind(name.partition(": ")[2]) for name in roles}
    assert kinds - SHOWN_BY.keys() == set(), "a role whose use nothing shows"
    assert SHOWN_BY.keys() - kinds == set(), "roles that no full specification makes"
    assert [file for file in SHOWN_BY.values() if not (ROOT / file).is_file()] == []


def test_each_statement_is_evaluated_and_none_is_dispensable(roles: dict[str, _Statements]) -> None:
    refused, dispensable, needed = {}, set(), set()
    for name, statements in roles.items():
        kind = _kind(name.partition(": ")[2])
        for statement in statements:
            if reasons := _refusals(statements, statement):
                refused[name, statement["Sid"]] = reasons
            without = _refusals([each for each in statements if each is not statement], statement)
            told = any("because no identity-based policy allows the" in reason for reason in without)
            (needed if told else dispensable).add((kind, statement["Sid"]))
    assert refused == {}, "what is not allowed, or has a condition that is not evaluated"
    assert sorted(dispensable - needed) == sorted(OVERLAPS)


def test_no_statement_is_wider_than_it_must_be(roles: dict[str, _Statements]) -> None:
    allowed = [(name, each) for name, statements in roles.items() for each in statements if each["Effect"] == "Allow"]
    assert len(allowed) > 200
    wild = {(name, action) for name, each in allowed for action in each["Action"] if "*" in action or "?" in action}
    assert wild == set()
    passing = [each for _, each in allowed if "iam:PassRole" in each["Action"]]
    assert passing
    for each in passing:
        assert "iam:PassedToService" in each["Condition"]["StringEquals"]
        assert "*" not in each["Resource"]
