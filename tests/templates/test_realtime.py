"""The template `realtime`: every combination of answers gives a valid project, and what it says of itself is true."""

from __future__ import annotations

import ast
import csv
import hashlib
import itertools
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import copier
import pytest
import sagemaker
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from mlstack.scaffold import git, plain
from mlstack.scaffold.answers import check
from mlstack.scaffold.catalog import builtin
from mlstack.scaffold.catalog.releases import tree_of
from mlstack.scaffold.errors import ScaffoldError
from mlstack.scaffold.template import Origin, Template
from mlstack_stacks.spec import load, load_all
from mlstack_stacks.spec.files import missing_files
from mlstack_stacks.spec.regions import AWS_REGIONS
from mlstack_stacks.spec.values import check_project_name
from packaging.requirements import Requirement
from pydantic_core import PydanticCustomError

# The sources; that projects are made of just these is a test of its own.
ROOT = builtin.root() / "realtime"
TEMPLATE = Template(Origin("mlstack", "realtime", "0", "", "", "^0", str(ROOT)), ROOT)

# What AWS's image 1.9-0 holds (aws/deep-learning-containers, docker/sklearn/1.9-0/pyproject.toml).
IMAGE = {"numpy": "2.5.1", "pandas": "2.2.3", "scikit-learn": "1.9.0"}

# Every pair of values of any two of these appears together.
DEV, PROD, NOTIFY = ("", "111111111111"), ("", "222222222222"), ("", "ml-team@example.com")
COMBINATIONS = [
    {"dev_account": dev, "prod_account": prod, "notify": notify, "ci": ci}
    for (dev, prod), (notify, ci) in zip(
        itertools.product(DEV, PROD),
        [(NOTIFY[0], "github"), (NOTIFY[1], "none"), (NOTIFY[1], "github"), (NOTIFY[0], "none")],
        strict=True,
    )
]


@pytest.fixture(params=COMBINATIONS, ids=lambda answers: "-".join(value or "no" for value in answers.values()))
def answers(request: pytest.FixtureRequest) -> dict[str, str]:
    return check(TEMPLATE, {"name": "seattle", "region": "eu-west-1", **request.param}, {})


@pytest.fixture
def project(answers: dict[str, str], tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    plain.render(TEMPLATE, answers, folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_it_is_plain():
    assert plain.is_plain(TEMPLATE)


def test_what_is_released_are_the_sources():
    """After a change: `make templates NAME=realtime VERSION=... NOTES=...`."""
    newest = builtin.catalog().templates["realtime"].releases[0]
    mirror = builtin.mirror("realtime")
    assert mirror.commit_of(newest.ref) == newest.sha
    released = git.output(mirror.folder, "rev-parse", f"{newest.sha}^{{tree}}")
    assert tree_of(mirror.folder, TEMPLATE.root) == released


def test_copier_gives_the_same_bytes(project, answers, tmp_path):
    copier.run_copy(str(TEMPLATE.root), tmp_path / "copier", data=answers, defaults=True, quiet=True)
    assert files(project) == files(tmp_path / "copier")


def test_its_tuning_is_valid_when_it_is_switched_on(project):
    file = project / "mlstack.yaml"
    assert load(file, "local").steps.tune is None
    before, after = file.read_text().split("  # tune:\n")
    file.write_text(before + "  tune:\n" + after.replace("  #   ", "    ", 4))
    tune = load(file, "local").steps.tune
    assert set(tune.ranges) == {"max_depth", "min_samples_leaf", "class_weight"}


def test_mlstack_yaml_is_valid_and_says_what_was_answered(project, answers):
    spec = load_all(project / "mlstack.yaml")
    assert spec.name == "seattle"
    wanted = {"local"} | {name for name in ("dev", "prod") if answers[f"{name}_account"]}
    assert set(spec.environments) == wanted
    for name, environment in spec.environments.items():
        assert list(missing_files(environment, environment.file)) == []
        assert (environment.notifications is not None) == bool(answers["notify"])
        if name != "local":
            assert (environment.account, environment.region) == (answers[f"{name}_account"], "eu-west-1")
    if "prod" in wanted:
        assert spec.environments["prod"].serving.instances.min >= 2


def test_pulumi_lets_a_cloud_environment_into_its_own_account_only(project, answers):
    settings = {path.name: yaml.safe_load(path.read_text()) for path in (project / "infra").glob("Pulumi.*.yaml")}
    assert settings == {
        f"Pulumi.{name}.yaml": {
            "config": {"aws:region": "eu-west-1", "aws:allowedAccountIds": [answers[f"{name}_account"]]}
        }
        for name in ("dev", "prod")
        if answers[f"{name}_account"]
    }


def test_every_file_is_valid_in_its_language(project):
    for path, content in files(project).items():
        text = content.decode()
        assert "\r" not in text, path
        assert text.endswith("\n"), path
        assert "{%" not in text, path
        if path.endswith((".yml", ".yaml")):
            yaml.safe_load(text)
        elif path.endswith(".ipynb"):
            json.loads(text)
        elif path.endswith(".py"):
            compile(text, path, "exec")


def test_ci_runs_only_actions_that_are_pinned_by_commit_and_may_read_only(project, answers):
    workflow = project / ".github" / "workflows" / "ci.yml"
    if answers["ci"] == "none":
        assert not workflow.parent.exists()
        return
    content = yaml.safe_load(workflow.read_text())
    assert content["permissions"] == {"contents": "read"}
    uses = [step["uses"] for job in content["jobs"].values() for step in job["steps"] if "uses" in step]
    assert uses
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) for action in uses)
    planned = content["jobs"]["plan"]["strategy"]["matrix"]["environment"]
    assert planned == list(load_all(project / "mlstack.yaml").environments)


def test_the_scripts_import_no_cloud_sdk_and_nothing_that_is_not_required(project):
    allowed = sys.stdlib_module_names | {"joblib", "numpy", "pandas", "sklearn"}
    scripts = list((project / "src").glob("*.py"))
    assert len(scripts) >= 4
    own = {script.stem for script in scripts}
    for script in scripts:
        for node in ast.walk(ast.parse(script.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert {name.partition(".")[0] for name in names} <= allowed | own, script


def names(text: str) -> bool:
    """Whether mlstack.yaml takes it as a project's name."""
    try:
        check_project_name(text)
    except PydanticCustomError:
        return False
    return True


@given(st.one_of(st.from_regex(r"[a-z0-9-]{0,12}", fullmatch=True), st.text(max_size=45)))
@example("weather\n")
@example("xn")
@example("xn-a")
@example("awsome")
@example("aws")
@example("aws-x")
@example("a" * 40)
@example("a" * 41)
@example("a--b")
def test_a_name_is_refused_exactly_where_mlstack_yaml_refuses_it(name):
    if names(name):
        assert check(TEMPLATE, {"name": name}, {})["name"] == name
    else:
        with pytest.raises(ScaffoldError, match=r"^E114 name="):
            check(TEMPLATE, {"name": name}, {})


def test_the_regions_are_those_of_mlstack_yaml():
    assert TEMPLATE.questions["region"]["choices"] == list(AWS_REGIONS)


def test_the_image_exists_and_the_requirements_take_what_it_holds(tmp_path):
    plain.render(TEMPLATE, check(TEMPLATE, {}, {}), tmp_path)
    version = load(tmp_path / "mlstack.yaml", "local").steps.train.framework.version
    images = Path(next(iter(sagemaker.__path__)), "core", "image_uri_config", "sklearn.json")
    known = json.loads(images.read_text())
    assert version in known["training"]["versions"]
    assert version in known["inference"]["versions"]
    lines = (tmp_path / "src" / "requirements.txt").read_text().splitlines()
    required = {each.name: each for each in map(Requirement, (line for line in lines if line[0] != "#"))}
    assert set(IMAGE) <= set(required)
    for package, version in IMAGE.items():
        assert version in required[package].specifier
        assert any(operator.operator in {"<", "=="} for operator in required[package].specifier), package


@pytest.fixture(scope="session")
def data() -> Path:
    return TEMPLATE.root / "template" / "data"


def test_the_data_is_the_file_that_its_description_names(data):
    content = (data / "weather.csv").read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    description = (data / "DATA.md").read_text()
    assert blob in description
    assert "public domain" in description


def test_the_description_of_the_drift_is_true(data):
    rows = list(csv.DictReader((data / "weather.csv").open()))
    assert len(rows) >= 1000
    table = re.findall(r"^\| (20\d\d) \|(.*)\|$", (data / "DATA.md").read_text(), flags=re.MULTILINE)
    assert [year for year, _ in table] == ["2012", "2013", "2014", "2015"]
    for year, cells in table:
        of_year = [row for row in rows if row["date"].startswith(year)]
        counts = Counter(row["weather"] for row in of_year)
        mean = sum(float(row["temp_max"]) for row in of_year) / len(of_year)
        *labels, warmth = (cell.strip() for cell in cells.split("|"))
        assert [int(label) for label in labels] == [counts[name] for name in ("drizzle", "fog", "rain", "snow", "sun")]
        assert float(warmth) == round(mean, 1)


def test_the_sample_holds_days_of_the_data(data):
    days = {row["date"]: row for row in csv.DictReader((data / "weather.csv").open())}
    sample = list(csv.DictReader((data.parent / "sample.csv").open()))
    assert len(sample) >= 3
    for row in sample:
        assert row.items() <= days[row["date"]].items()


@pytest.mark.slow
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_requirements_install_on_every_python(python):
    requirements = TEMPLATE.root / "template" / "requirements-dev.txt"
    command = ["uv", "pip", "compile", "--quiet", "--python-version", python, "--only-binary", ":all:", requirements]
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_tests_of_a_new_project_pass_in_an_environment_of_its_requirements(tmp_path):
    project = tmp_path / "seattle"
    python = project / ".venv" / "bin" / "python"
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([sys.executable, "-m", "mlstack", "init", "realtime", project, "--yes"], check=True)
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, ".venv"], cwd=project, check=True)
    # Without --python, uv run as a module would install into the environment of these tests.
    install = ["pip", "install", "--quiet", "--compile-bytecode", "--python", python, "-r", "requirements-dev.txt"]
    subprocess.run([*uv, *install], cwd=project, check=True)
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\d\d+ passed", done.stdout, flags=re.MULTILINE)
