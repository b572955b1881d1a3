"""Finding the project that a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack.project_directory import ProjectDirectory
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_found_from_any_directory_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mlstack.yaml").write_text("")
    (tmp_path / "src" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "src" / "deep")
    assert ProjectDirectory.find().root == tmp_path
    assert ProjectDirectory.find(tmp_path / "src").spec_file == tmp_path / "mlstack.yaml"


def test_the_nearest_one_counts(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for directory in (tmp_path, tmp_path / "inner"):
        (directory / "mlstack.yaml").write_text("")
    assert ProjectDirectory.find(tmp_path / "inner").root == tmp_path / "inner"


def test_none_is_a_users_mistake_that_names_the_place(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=str(tmp_path)) as raised:
        ProjectDirectory.find(tmp_path)
    assert "mlstack init" in str(raised.value.next_step)


def test_a_project_without_a_program_is_told(tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    with pytest.raises(UserError, match=r"infra/Pulumi\.yaml is missing"):
        ProjectDirectory(tmp_path).require_infra()
    (tmp_path / "infra" / "Pulumi.yaml").write_text("name: x\n")
    assert ProjectDirectory(tmp_path).require_infra() == tmp_path / "infra"
