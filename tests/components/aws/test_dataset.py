"""A dataset's version follows from its contents alone, and what is left out of it is told."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
from typing import TYPE_CHECKING

import pytest
from mlstack_components.aws.dataset import check_dataset_name, dataset_name, find_files, read_dataset
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "Weather Data"
    (root / "2024").mkdir(parents=True)
    (root / "2024" / "january.csv").write_text("day,weather\n1,rain\n")
    (root / "2024-notes.txt").write_text("wet\n")
    return root


def _paths(folder: Path) -> list[str]:
    return [each.path for each in find_files(folder).files]


def test_files_are_found_in_the_order_of_their_keys(folder: Path) -> None:
    assert _paths(folder) == sorted(["2024-notes.txt", "2024/january.csv"])
    assert find_files(folder).size == sum(each.size for each in find_files(folder).files) == 23


def test_a_file_is_a_dataset_of_its_own_name(folder: Path) -> None:
    assert _paths(folder / "2024" / "january.csv") == ["january.csv"]


def test_the_version_is_of_paths_and_contents_and_of_nothing_else(folder: Path, tmp_path: Path) -> None:
    version = read_dataset(find_files(folder)).version
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    os.utime(copy / "2024-notes.txt", (0, 0))
    (copy / "2024" / "january.csv").chmod(0o755)
    assert read_dataset(find_files(copy)).version == version
    (copy / "2024-notes.txt").write_text("dry\n")
    changed = read_dataset(find_files(copy)).version
    (copy / "2024-notes.txt").write_text("wet\n")
    (copy / "2024-notes.txt").rename(copy / "2024-notes.md")
    renamed = read_dataset(find_files(copy)).version
    assert len({version, changed, renamed}) == 3


def test_each_file_is_hashed(folder: Path) -> None:
    sizes: list[int] = []
    dataset = read_dataset(find_files(folder), sizes.append)
    assert dataset.digests["2024-notes.txt"] == hashlib.sha256(b"wet\n").hexdigest()
    assert sorted(sizes) == [4, 19]


def test_what_is_left_out_is_told(folder: Path) -> None:
    (folder / ".DS_Store").write_text("")
    (folder / "__pycache__").mkdir()
    (folder / "nothing").symlink_to(folder / "gone")
    (folder / "years").symlink_to(folder / "2024")
    (folder / "same.csv").symlink_to(folder / "2024" / "january.csv")
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(folder)
        server.bind("socket")
    found = find_files(folder)
    assert [each.path for each in found.files] == ["2024-notes.txt", "2024/january.csv", "same.csv"]
    assert sorted(found.skipped) == [
        ".DS_Store (never data)",
        "__pycache__ (never data)",
        "nothing (a link to nothing)",
        "socket (neither a file nor a folder)",
        "years (a link to a folder)",
    ]


def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("")
    (folder / "2024" / "link.csv").symlink_to("../../secret")
    with pytest.raises(UserError, match=r"link\.csv leads out of"):
        find_files(folder)


def test_a_folder_without_files_and_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "empty" / "below").mkdir(parents=True)
    with pytest.raises(UserError, match="holds no files"):
        find_files(tmp_path / "empty")
    with pytest.raises(UserError, match="neither a file nor a folder"):
        find_files(tmp_path / "gone")


@pytest.mark.parametrize(("name", "said"), [("a\nb", "can't be printed"), ("é" * 127, None), (b"\xff", "no text")])
def test_names_that_can_be_no_key(tmp_path: Path, name: str | bytes, said: str | None) -> None:
    (tmp_path / os.fsdecode(name)).write_text("")
    if said is None:
        assert len(find_files(tmp_path).files) == 1
    else:
        with pytest.raises(UserError, match=said):
            find_files(tmp_path)


def test_a_path_that_is_too_long_for_a_key(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["f" * 200] * 5)
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text("")
    with pytest.raises(UserError, match="too long for an object's key"):
        find_files(tmp_path)


def test_a_file_that_changed_since_is_noticed(folder: Path) -> None:
    (each, _) = find_files(folder).files
    assert each.is_unchanged
    each.file.write_text("dry, really\n")
    assert not each.is_unchanged
    each.file.unlink()
    assert not each.is_unchanged


def test_names_of_datasets(folder: Path) -> None:
    assert dataset_name(folder) == "weather-data"
    assert dataset_name(folder / "2024" / "january.csv") == "january"
    assert dataset_name(folder / ".hidden") == "hidden"
    with pytest.raises(UserError, match="Name it with --name"):
        dataset_name(folder / "...")
    assert check_dataset_name("weather_2.0-b") == "weather_2.0-b"
    for name in ("", "Weather", "a/b", ".a", "a" * 64, "a@b"):
        with pytest.raises(UserError, match="can't be named"):
            check_dataset_name(name)
