"""Which environment's registry an environment uses, and what can't be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.spec import load_all

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
name: churn
registry: {environment: dev}
steps: {train: {entry_point: src/train.py, framework: sklearn}}
environments:
"""
DEV = '  dev: {account: "111111111111", region: eu-west-1, registry: {share_with: ["222222222222"]}}\n'
PROD = '  prod: {account: "222222222222", region: eu-west-1}\n'


def _problems(tmp_path: Path, environments: str) -> str:
    file = tmp_path / "mlstack.yaml"
    file.write_text(HEAD + environments)
    with pytest.raises(SpecError) as caught:
        load_all(file, check_files=False)
    return str(caught.value)


def test_versions_come_from_the_environment_that_has_the_registry(tmp_path: Path) -> None:
    file = tmp_path / "mlstack.yaml"
    file.write_text(HEAD + DEV + PROD)
    found = load_all(file, check_files=False).environments
    prod, dev, local = found["prod"], found["dev"], found["local"]
    assert prod.registry_source is dev
    assert (prod.steps, prod.training) == (None, dev.steps)
    assert dev.steps is not None
    assert (dev.registry_source, dev.registry_users) == (None, (prod,))
    assert local.registry_source is None
    assert local.steps is not None


@pytest.mark.parametrize(
    ("environments", "message"),
    [
        (
            DEV + PROD.replace("}", ", registry: {environment: dve}}"),
            'prod.registry.environment: there is no environment "dve". Did you mean "dev"?',
        ),
        (
            DEV.replace("222222222222", "333333333333") + PROD,
            "`dev` does not share its registry with the account 222222222222",
        ),
        (DEV + PROD.replace("eu-west-1", "us-east-1"), "models of us-east-1 are made from versions there only"),
        (DEV.replace("region", "local: true, region") + PROD, "`dev` lives in the local cloud, and `prod` in a cloud"),
        (
            DEV + PROD + '  qa: {account: "222222222222", region: eu-west-1, registry: {environment: prod}}\n',
            "`prod` uses the registry of `dev`",
        ),
        (
            DEV + PROD.replace("}", ", steps: {train: {entry_point: src/other.py}}}"),
            ": `prod` uses the registry of `dev`, so it trains nothing",
        ),
        (DEV + PROD + "  local: {registry: {environment: dev}}\n", "`local` always has a registry of its own"),
        ('  dev: {account: "111111111111", region: eu-west-1, registry: null}\n' + PROD, "`dev` has no registry"),
    ],
)
def test_what_cannot_be_is_told_where_it_stands(tmp_path: Path, environments: str, message: str) -> None:
    assert message in _problems(tmp_path, environments)


def test_all_of_it_is_told_at_once(tmp_path: Path) -> None:
    told = _problems(
        tmp_path,
        DEV
        + PROD.replace("}", ", steps: {train: {entry_point: src/other.py}}}").replace("222222222222", "444444444444"),
    )
    assert "does not share its registry with the account 444444444444" in told
    assert "it trains nothing" in told
