from __future__ import annotations

import io
import zipfile

import pytest
from mlstack_components.aws.dockerignore import Ignored
from mlstack_components.aws.image_source import base_images, image_source
from mlstack_components.errors import UserError


@pytest.fixture
def project(tmp_path):
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "Dockerfile").write_text("FROM python:3.12-slim\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "train.py").write_text("print()\n")
    (tmp_path / "app" / "data.csv").write_text("1\n")
    return tmp_path


def source(project):
    return image_source(project / "docker" / "Dockerfile", project / "app")


def names(project):
    return zipfile.ZipFile(io.BytesIO(source(project).content)).namelist()


def test_it_holds_the_dockerfile_and_the_context(project):
    assert names(project) == ["context/", "Dockerfile", "context/data.csv", "context/train.py"]


def test_the_same_contents_are_the_same_bytes(project):
    before = source(project)
    (project / "app" / "train.py").write_text("print()\n")
    assert source(project) == before
    assert before.tag("model") == f"model-{before.digest[:16]}"


@pytest.mark.parametrize("changed", ["docker/Dockerfile", "app/train.py"])
def test_one_changed_line_makes_another_image(project, changed):
    before = source(project)
    (project / changed).write_text("# another\n")
    assert source(project).digest != before.digest


def test_what_is_ignored_changes_nothing(project):
    (project / "app" / ".dockerignore").write_text("*.csv\n")
    before = source(project)
    assert names(project) == ["context/", "Dockerfile", "context/train.py"]
    (project / "app" / "data.csv").write_text("2\n")
    assert source(project).digest == before.digest


def test_a_link_is_refused_unless_it_is_ignored(project):
    (project / "app" / "link").symlink_to("/etc/hosts")
    with pytest.raises(UserError, match="link is no file"):
        source(project)
    (project / "app" / ".dockerignore").write_text("link\n")
    assert "context/link" not in names(project)


def test_an_executable_stays_one(project):
    (project / "app" / "train.py").chmod(0o755)
    archive = zipfile.ZipFile(io.BytesIO(source(project).content))
    assert archive.getinfo("context/train.py").external_attr >> 16 & 0o777 == 0o755
    assert archive.getinfo("context/data.csv").external_attr >> 16 & 0o777 == 0o644


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("data", True),
        ("data/a.csv", True),
        ("data/keep.csv", False),
        ("database", False),
        ("a/b/c.pyc", True),
        ("c.pyc", True),
        ("a/temporary", True),
        ("a/b/temporary", False),
        ("x/y", True),
        ("#not", False),
        ("v1.txt", True),
        ("v3.txt", False),
    ],
)
def test_patterns_are_read_as_docker_reads_them(path, ignored):
    rules = Ignored("# a comment\ndata\n!data/keep.csv\n**/*.pyc\n*/temp*\n/x/\nv[12].txt\n\n")
    assert (path in rules) is ignored


def test_base_images_are_found_without_the_own_stages():
    text = "FROM --platform=linux/amd64 python:3.12 AS build\nRUN true\nfrom scratch\nFROM build\nFROM python:3.12\n"
    assert base_images(text) == ("python:3.12",)
