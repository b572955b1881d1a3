"""Names of the state: valid and told apart for any account and region."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from mlstack.engine.backend import StateBackend

_ACCOUNTS = st.from_regex(r"[0-9]{12}", fullmatch=True)
# Regions of today have up to 16 characters, such as us-northcentral-1 may have tomorrow.
_REGIONS = st.from_regex(r"[a-z]{2}(-[a-z]{1,30}){1,4}-[1-9]", fullmatch=True)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\Z")
_ALIAS = re.compile(r"alias/[a-zA-Z0-9/_-]{1,250}\Z")


@given(_ACCOUNTS, _REGIONS)
def test_names_are_valid_and_the_secrets_provider_tells_them_all(account: str, region: str) -> None:
    backend = StateBackend.of(account, region)
    assert _BUCKET.match(backend.bucket)
    assert _ALIAS.match(backend.key_alias)
    assert account in backend.bucket
    assert StateBackend.parse(backend.secrets_provider) == backend


@given(st.tuples(_ACCOUNTS, _REGIONS), st.tuples(_ACCOUNTS, _REGIONS))
def test_two_places_never_share_a_bucket(one: tuple[str, str], other: tuple[str, str]) -> None:
    same = StateBackend.of(*one).bucket == StateBackend.of(*other).bucket
    assert same is (one == other)


def test_names_of_today_can_be_read() -> None:
    assert StateBackend.of("222222222222", "ap-southeast-7").bucket == "mlstack-state-222222222222-ap-southeast-7"
