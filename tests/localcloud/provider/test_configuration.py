from __future__ import annotations

from typing import Any

import pytest
from mlstack_localcloud.provider.configuration import configuration_from
from mlstack_localcloud.provider.errors import ConfigurationRefusedError
from mlstack_localcloud.provider.values import UNKNOWN

ACCOUNT = "000000000000"


def test_nested_values_come_as_json() -> None:
    config = configuration_from(
        {
            "region": "eu-west-1",
            "defaultTags": '{"tags": {"team": "ml"}}',
            "ignoreTags": '{"keys": ["cost"], "keyPrefixes": ["auto:"]}',
            "assumeRoles": f'[{{"roleArn": "arn:aws:iam::{ACCOUNT}:role/deploy"}}]',
        },
        ACCOUNT.__eq__,
    )
    assert (config.region, config.default_tags) == ("eu-west-1", {"team": "ml"})
    assert config.role_arn == f"arn:aws:iam::{ACCOUNT}:role/deploy"
    assert [key for key in ("cost", "auto:x", "aws:x", "mine") if not config.ignores_tag(key)] == ["mine"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"allowedAccountIds": '["111111111111", "222222222222"]'},
        {"allowedAccountIds": ["111111111111"]},
        {"forbiddenAccountIds": f'["{ACCOUNT}"]'},
        {"assumeRole": '{"roleArn": "arn:aws:iam::111111111111:role/deploy"}'},
    ],
)
def test_another_account_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationRefusedError):
        configuration_from(arguments, ACCOUNT.__eq__)


@pytest.mark.parametrize("accounts", [f'["{ACCOUNT}"]', "[]", [UNKNOWN]])
def test_the_local_account_is_let_in(accounts: Any) -> None:
    assert configuration_from({"allowedAccountIds": accounts}, ACCOUNT.__eq__).account == ACCOUNT


def test_a_stack_works_in_the_open_account_that_it_allows() -> None:
    config = configuration_from({"allowedAccountIds": ["222222222222"]}, {ACCOUNT, "222222222222"}.__contains__)
    assert config.account == "222222222222"


def test_a_stack_that_allows_several_accounts_which_are_open_is_refused() -> None:
    accounts = ["111111111111", "222222222222"]
    with pytest.raises(ConfigurationRefusedError, match="has several of them"):
        configuration_from({"allowedAccountIds": accounts}, {ACCOUNT, *accounts}.__contains__)
