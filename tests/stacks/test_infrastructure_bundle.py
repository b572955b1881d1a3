"""What a release that runs elsewhere gets: what the program reads, always in the same bytes, and no data."""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import UserError
from mlstack_stacks import infrastructure_bundle as module
from mlstack_stacks.infrastructure_bundle import RECORD, infrastructure_bundle, recorded
from mlstack_stacks.own_images import used_images
from mlstack_stacks.source_commit import source_commit
from mlstack_stacks.spec import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.infrastructure_bundle import Archive

SECRET = b"a row that nobody but the data bucket holds"
DATASETS = {"data": "weather@1"}


class Project:
    """A project on disk with a program, and what a bundle of it holds."""

    def __init__(self, root: Path, file: Path) -> None:
        self.root, self.file = root, file
        for name, content in {
            "infra/__main__.py": b"program\n",
            "infra/Pulumi.yaml": b"name: churn\n",
            "infra/Pulumi.dev.yaml": b"config: {}\n",
            "infra/Pulumi.prod.yaml": b"config: {of: prod}\n",
            "data/churn.csv": SECRET,
        }.items():
            self.write(name, content)

    def write(self, name: str, content: bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def bundle(self, commit: str | None = "c0ffee", datasets: dict[str, str] = DATASETS) -> Archive:
        return infrastructure_bundle(load(self.file, "dev"), commit, datasets)

    def files(self) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(self.bundle().content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def project(write_project: Callable[..., Path], tmp_path: Path) -> Project:
    return Project(tmp_path, write_project())


def test_it_holds_what_the_program_reads_and_a_stand_in_for_the_data(project: Project) -> None:
    project.write("notebooks/try.ipynb", b"{}")
    project.write("src/__pycache__/train.pyc", b"compiled")
    files = project.files()
    assert set(files) == {
        RECORD,
        "mlstack.yaml",
        "infra/__main__.py",
        "infra/Pulumi.yaml",
        "infra/Pulumi.dev.yaml",
        "src/prepare.py",
        "src/train.py",
        "src/evaluate.py",
        "src/serve.py",
        "src/requirements.txt",
        "data/churn.csv",
    }
    assert files["data/churn.csv"] == b""


def test_data_are_never_in_it(project: Project, spec_text: str) -> None:
    assert SECRET not in project.bundle().content  # The archive is stored, not compressed.
    project.file.write_text(spec_text.replace("source: data/churn.csv", "source: data/"))
    project.write("data/more/rows.csv", SECRET)
    files = project.files()
    assert [(name, content) for name, content in files.items() if name.startswith("data/")] == [("data/stand-in", b"")]
    assert SECRET not in project.bundle().content


def test_the_same_project_gives_the_same_bytes(project: Project) -> None:
    before = project.bundle()
    for path in sorted(project.root.rglob("*"), reverse=True):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        if path.is_file():
            path.chmod(path.stat().st_mode | 0o066)  # Of the mode, only that a file is a program counts.
    project.write("data/churn.csv", SECRET * 2)
    again = project.bundle(datasets=dict(reversed(DATASETS.items())))
    assert (again.content, again.digest) == (before.content, before.digest)


def test_files_are_in_no_order_of_the_disks(project: Project, write_project: Callable[..., Path]) -> None:
    names = [f"src/{letter}.py" for letter in "zam"]
    for name in names:
        project.write(name, b"")
    before = project.bundle().digest
    for name in names:
        (project.root / name).unlink()
    for name in sorted(names):
        project.write(name, b"")
    assert project.bundle().digest == before


@pytest.mark.parametrize("name", ["mlstack.yaml", "infra/__main__.py", "infra/Pulumi.dev.yaml", "src/train.py"])
def test_another_file_gives_another_name(project: Project, name: str) -> None:
    before = project.bundle().digest
    file = project.root / name
    file.write_bytes(file.read_bytes() + b"# changed\n")
    assert project.bundle().digest != before


def test_what_cannot_be_seen_in_it_is_part_of_its_name(project: Project) -> None:
    (project.root / "src" / "train.py").chmod(0o644)
    found = {project.bundle(commit, versions).digest for commit in ("a", None) for versions in (DATASETS, {})}
    (project.root / "src" / "train.py").chmod(0o755)
    found.add(project.bundle("a").digest)
    assert len(found) == 5


def test_the_stack_of_another_environment_is_not_its_business(project: Project) -> None:
    before = project.bundle().digest
    project.write("infra/Pulumi.prod.yaml", b"config: {of: nobody}\n")
    assert project.bundle().digest == before


def test_unpacked_it_gives_the_same_bundle_and_the_same_commit(project: Project, tmp_path: Path) -> None:
    before = project.bundle()
    root = tmp_path / "unpacked"
    with zipfile.ZipFile(io.BytesIO(before.content)) as archive:
        archive.extractall(root)
    assert recorded(project.root) is None
    assert recorded(root) == {"commit": "c0ffee", "datasets": DATASETS}
    assert source_commit(root) == "c0ffee"
    again = infrastructure_bundle(load(root / "mlstack.yaml", "dev"), source_commit(root), DATASETS)
    assert again.digest == before.digest


@pytest.mark.parametrize("name", ["infra/link", "src/link"])
def test_links_are_refused_by_name(project: Project, name: str) -> None:
    (project.root / name).symlink_to("/etc/hostname")
    with pytest.raises(UserError, match=r"link is a symbolic link\."):
        project.bundle()


def test_more_than_code_ever_is_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BUNDLE_BYTES", 2**20)
    project.write("src/model.bin", bytes(2**20))
    with pytest.raises(UserError, match=r"infra/ and src/ hold more than 1 MB\."):
        project.bundle()


def test_of_images_it_holds_dockerfiles_and_tags_and_an_unpacked_one_knows_them(
    project: Project, tmp_path: Path
) -> None:
    project.write("docker/Dockerfile", b"FROM scratch\nCOPY large.bin /\n")
    project.write("docker/large.bin", b"not for a release")
    text = project.file.read_text()
    start = text.index("steps:")
    images = (
        "images: {train: {dockerfile: docker/Dockerfile, context: docker}, base: {dockerfile: docker/Dockerfile}}\n"
    )
    project.file.write_text(text[:start] + images + text[start:].replace("framework: sklearn", "image: train", 1))
    spec = load(project.file, "dev")
    files = project.files()
    assert files["docker/Dockerfile"].startswith(b"FROM scratch")
    assert "docker/large.bin" not in files
    tags = used_images(spec)
    assert list(tags) == ["train"]
    root = tmp_path / "unpacked"
    with zipfile.ZipFile(io.BytesIO(project.bundle().content)) as archive:
        archive.extractall(root)
    unpacked = load(root / "mlstack.yaml", "dev")
    assert used_images(unpacked) == tags
    assert infrastructure_bundle(unpacked, source_commit(root), DATASETS) == project.bundle()
    project.write("docker/large.bin", b"another")
    assert used_images(spec) != tags
