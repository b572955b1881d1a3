"""The local cloud's own keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from mlstack_localcloud.errors import StateError
from mlstack_localcloud.home import Home
from mlstack_localcloud.keys import ensure_keys, write_aws_files

if TYPE_CHECKING:
    from pathlib import Path


def test_keys_are_made_once_in_the_shape_of_aws(tmp_path: Path) -> None:
    home = Home(tmp_path).make()
    keys = ensure_keys(home)

    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", keys.access_key_id)
    assert len(keys.secret_access_key) == 40
    assert ensure_keys(home) == keys


def test_each_home_has_its_own(tmp_path: Path) -> None:
    first, second = (ensure_keys(Home(tmp_path / name).make()) for name in ("a", "b"))

    assert first.access_key_id != second.access_key_id
    assert first.session_secret != second.session_secret


@pytest.mark.parametrize("text", ["", "{", "[]", '{"access_key_id": "x"}'])
def test_damaged_keys_are_named(tmp_path: Path, text: str) -> None:
    home = Home(tmp_path).make()
    home.keys_file.write_text(text)

    with pytest.raises(StateError, match=r"keys\.json is damaged"):
        ensure_keys(home)


def test_unchanged_files_for_clients_are_left_alone(tmp_path: Path) -> None:
    home = Home(tmp_path).make()
    keys = ensure_keys(home)
    write_aws_files(home, keys, 4000)
    before = home.aws_config_file.stat().st_ino
    write_aws_files(home, keys, 4000)

    assert home.aws_config_file.stat().st_ino == before
    write_aws_files(home, keys, 4001)
    assert "http://127.0.0.1:4001" in home.aws_config_file.read_text()
