"""`continuous_deployment`: who may record what releases run, and where no release can go by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.spec import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HERE = "arn:aws:iam::111111111111:role/teams/ml/operator"
THERE = "arn:aws:iam::222222222222:user/operator"
DEV = 'environments:\n  dev: {account: "111111111111", region: eu-west-1}\n'
LOCAL = "environments:\n  local: {}\n"


def problem(write_project: Callable[..., Path], text: str) -> str:
    with pytest.raises(SpecError) as caught:
        load(write_project(f"name: churn\n{text}\n{DEV}"), "dev")
    (found,) = str(caught.value).splitlines()
    return found


@pytest.mark.parametrize(
    ("environments", "written", "deployers"),
    [
        (DEV, "{}", ()),
        (DEV, f"{{deployers: ['{HERE}']}}", (HERE,)),
        # `local` is no account of AWS: whoever is named for another environment does no harm there.
        (LOCAL, f"{{deployers: ['{HERE}', '{THERE}']}}", (HERE, THERE)),
    ],
)
def test_deployers(
    write_project: Callable[..., Path], environments: str, written: str, deployers: tuple[str, ...]
) -> None:
    file = write_project(f"name: churn\ncontinuous_deployment: {written}\n{environments}")
    part = load(file, "local" if environments == LOCAL else "dev").continuous_deployment
    assert part is not None
    assert part.deployers == deployers


def test_a_deployer_of_another_account_is_refused_by_name(write_project: Callable[..., Path]) -> None:
    found = problem(write_project, f"continuous_deployment:\n  deployers: ['{HERE}', '{THERE}']")
    assert found.startswith("mlstack.yaml:3: continuous_deployment.deployers: ")
    assert f"names {THERE}, and `dev` is in the account 111111111111, not in 222222222222." in found
    assert "below the environment that they are for" in found


@pytest.mark.parametrize(
    "arn",
    [
        "operator",
        "*",
        "arn:aws:iam::111111111111:role/*",
        "arn:aws:iam::111111111111:role/operato?",
        "arn:aws:iam::111111111111:role/*/operator",
        "arn:aws:iam::111111111111:root",
        "arn:aws:iam::*:role/operator",
        "arn:aws:sts::111111111111:assumed-role/operator/session",
    ],
)
def test_only_a_role_or_user_is_one(write_project: Callable[..., Path], arn: str) -> None:
    found = problem(write_project, f"continuous_deployment: {{deployers: ['{arn}']}}")
    assert found.startswith("mlstack.yaml:2: continuous_deployment.deployers[0]: ")
    assert "is not the ARN of a role or user." in found
    assert "arn:aws:iam::111111111111:role/operator" in found


def test_a_deployer_is_named_once(write_project: Callable[..., Path]) -> None:
    found = problem(write_project, f"continuous_deployment: {{deployers: ['{HERE}', '{HERE}']}}")
    assert "continuous_deployment.deployers" in found


def test_batches_are_not_released_by_themselves(write_project: Callable[..., Path]) -> None:
    text = "name: churn\nserving: {kind: batch, batch: {source: incoming/}}\n"
    with pytest.raises(SpecError) as caught:
        load(write_project(text + DEV.replace("{account", "{continuous_deployment: {}, account")), "dev")
    found = str(caught.value)
    assert found.startswith("mlstack.yaml:4: environments.dev.continuous_deployment: releases to endpoints")
    assert "Release by `mlstack release dev`, and write `continuous_deployment: null` for this environment." in found
    # For everywhere, and not for one.
    overridden = DEV.replace("{account", "{continuous_deployment: null, account")
    everywhere = text + "continuous_deployment: {}\n" + overridden
    with pytest.raises(SpecError, match="release local") as caught:
        load(write_project(everywhere), "dev")
    assert "release dev" not in str(caught.value)
