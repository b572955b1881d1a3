"""Where data may come from: a file, a folder of the project, a prefix in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.spec import data_source, load
from mlstack_stacks.spec.data_source import S3Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture
def read(write_project: Callable[..., Path], spec_text: str) -> Callable[[str], object]:
    def run(data: str) -> object:
        return load(write_project(spec_text.replace("{source: data/churn.csv, target: churned}", data)), "dev").data

    return run


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("data/churn.csv", None),
        ("data", None),
        ("data/", None),
        ("s3://lake/raw/churn/", S3Place("lake", "raw/churn/")),
        ("s3://lake/", S3Place("lake", "")),
        ("s3:///datasets/churn/", S3Place(None, "datasets/churn/")),
    ],
)
def test_a_source_is_a_path_or_a_prefix(read: Callable[[str], object], source: str, place: S3Place | None) -> None:
    assert read(f"{{source: '{source}'}}").s3 == place  # type: ignore[attr-defined]


@pytest.mark.parametrize("source", ["src/churn.csv", "src", "./src/data/"])
def test_data_below_the_code_would_be_in_every_bundle(read: Callable[[str], object], source: str) -> None:
    with pytest.raises(SpecError, match="whose files go into every code bundle"):
        read(f"{{source: '{source}'}}")


def test_a_bucket_of_others_has_a_key_of_others(read: Callable[[str], object]) -> None:
    assert read(f"{{source: s3://lake/raw/, encryption_key: '{KEY}'}}").encryption_key == KEY  # type: ignore[attr-defined]


def _refused(read: Callable[[str], object]) -> str:
    with pytest.raises(SpecError) as told:
        read("{source: data}")
    (problem,) = told.value.problems
    assert (problem.line, problem.key) == (3, "data.source")
    return str(problem)


def test_a_folder_that_is_too_large_is_to_be_pushed(
    read: Callable[[str], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read("{source: data}")
    (tmp_path / "data" / "more.csv").write_text("a" * 1000)
    monkeypatch.setattr(data_source, "MAX_FOLDER_FILES", 1)
    assert "holds 2 files; 1 are read on each command. Push it with `mlstack data push`" in _refused(read)
    monkeypatch.setattr(data_source, "MAX_FOLDER_FILES", 2)
    monkeypatch.setattr(data_source, "MAX_FOLDER_BYTES", 999)
    assert "are read on each command" in _refused(read)


def test_a_folder_with_a_link_out_of_it(read: Callable[[str], object], tmp_path: Path) -> None:
    read("{source: data}")
    (tmp_path / "data" / "link").symlink_to(tmp_path / "mlstack.yaml")
    assert "leads out of" in _refused(read)


def test_a_folder_outside_of_the_project(
    read: Callable[[str], object], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "a.csv").write_text("")
    (tmp_path / "linked").symlink_to(outside)
    with pytest.raises(SpecError, match="linked"):
        read("{source: linked}")
