"""What stays in infra/ of a local cloud that was reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack.engine.stack_file import forget_passphrase

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("encryptionsalt: v1:abc\n", None),
        ("encryptionsalt: v1:abc\nconfig:\n  x: 1\n", "config:\n  x: 1\n"),
        ("config:\n  x: 1\n", "config:\n  x: 1\n"),
        (
            "encryptionsalt: v1:abc\nconfig:\n  x:\n    secure: v1:y\n",
            "encryptionsalt: v1:abc\nconfig:\n  x:\n    secure: v1:y\n",
        ),
    ],
)
def test_only_the_check_value_goes_and_secrets_keep_theirs(before: str, after: str | None, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.local.yaml"
    file.write_text(before)
    forget_passphrase(tmp_path, "local")
    assert (file.read_text() if file.exists() else None) == after


def test_no_file_is_no_matter(tmp_path: Path) -> None:
    forget_passphrase(tmp_path, "local")
    assert list(tmp_path.iterdir()) == []
