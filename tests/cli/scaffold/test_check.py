"""`mlstack check`: what of a project is no more what its template made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from .conftest import PlatformTeam, commit
from .test_update import ONE, TWO, everything, mlstack

if TYPE_CHECKING:
    from pathlib import Path

MINE = {
    **ONE,
    "ownership.yml": 'owned: ["ci.yml"]\npartial: [".gitignore"]\nseeded: ["*"]\n',
    "template/.gitignore": "*.pyc\n\n/data/\n",
}


@pytest.fixture
def project(platform_team: PlatformTeam, tmp_path: Path) -> Path:
    platform_team.publish("1.0.0", MINE)
    folder = tmp_path / "churn"
    assert mlstack("init", "acme/churn", folder, "--yes") == 0
    return folder


def check(capsys: pytest.CaptureFixture[str], project: Path, *options: str, code: int = 0) -> dict[str, object]:
    capsys.readouterr()
    assert mlstack("check", project, "--json", *options) == code
    return json.loads(capsys.readouterr().out)


def test_a_project_as_it_was_made_has_no_difference(capsys, project):
    result = check(capsys, project)
    assert (result["findings"], result["update"], result["version"]) == ([], None, "1.0.0")
    assert mlstack("check", project) == 0
    assert "acme/churn 1.0.0: no difference." in capsys.readouterr().out


def test_what_is_the_templates_may_not_differ_and_what_is_the_users_may(capsys, project):
    (project / "README.md").write_text("mine\n")
    (project / "old.txt").unlink()
    assert check(capsys, project)["findings"] == []
    (project / "ci.yml").write_text("steps: [test]\nmore: true\n")
    (project / ".gitignore").write_text("/mine/\n*.pyc\n")
    result = check(capsys, project, code=5)
    assert [(f["rule"], f["path"], f["line"]) for f in result["findings"]] == [
        ("owned-changed", "ci.yml", 2),
        ("partial-lines-missing", ".gitignore", 0),
    ]
    assert '"/data/"' in result["findings"][1]["message"]
    (project / "ci.yml").unlink()
    (project / ".gitignore").unlink()
    rules = [finding["rule"] for finding in check(capsys, project, code=5)["findings"]]
    assert rules == ["owned-missing", "partial-missing"]


def test_fix_restores_the_templates_files_and_nothing_else(capsys, project):
    before = (project / "ci.yml").read_bytes()
    (project / "ci.yml").write_text("changed\n")
    (project / "README.md").write_text("mine\n")
    assert check(capsys, project, "--fix")["fixed"] == ["ci.yml"]
    assert (project / "ci.yml").read_bytes() == before
    assert (project / "README.md").read_text() == "mine\n"
    assert check(capsys, project)["findings"] == []


def test_the_lock_file_can_not_say_that_an_owned_file_is_the_users(capsys, project):
    lock = project / ".mlstack" / "lock.yml"
    lock.write_text(lock.read_text().replace("class: owned", "class: seeded"))
    (project / "ci.yml").write_text("changed\n")
    assert len(check(capsys, project, code=5)["findings"]) == 1


def test_a_waiver_counts_until_its_day_and_with_a_reason(capsys, project):
    (project / "ci.yml").write_text("changed\n")
    file = project / ".mlstack" / "waivers.yml"
    file.write_text("- {path: ci.yml, reason: Our runners, until: 2999-01-31}\n")
    assert check(capsys, project)["findings"][0]["waived"] == "Our runners (until 2999-01-31)"
    file.write_text("- {path: ci.yml, reason: Our runners, until: 2020-01-31}\n")
    assert check(capsys, project, code=5)["findings"][0]["waived"] is None


@pytest.mark.parametrize(
    "content",
    [
        "- {path: ci.yml, until: 2999-01-31}\n",
        "- {path: ci.yml, reason: '', until: 2999-01-31}\n",
        "- {path: ci.yml, reason: x, until: soon}\n",
        "path: ci.yml\n",
        "- [\n",
    ],
)
def test_a_waiver_that_nobody_could_answer_for_is_refused(capsys, project, content):
    (project / ".mlstack" / "waivers.yml").write_text(content)
    assert mlstack("check", project) == 2
    assert "waivers.yml" in capsys.readouterr().err


def test_a_newer_version_and_a_deprecation_are_told(capsys, platform_team, project):
    platform_team.publish("1.1.0", TWO, deprecated={"since": "2026-01-01", "use": "churn-next"})
    result = check(capsys, project)
    assert (result["update"], result["newest"]) == ("1.1.0", "1.1.0")
    assert result["deprecated"] == "deprecated since 2026-01-01; use churn-next"
    assert check(capsys, project, "--fail-outdated", code=6)["update"] == "1.1.0"
    assert mlstack("check", project) == 0
    out = capsys.readouterr().out
    assert "1.1.0 is there: mlstack update --dry-run" in out
    assert "deprecated since 2026-01-01; use churn-next" in out


def test_a_machine_that_knows_no_catalog_checks_all_the_same(capsys, project, monkeypatch, tmp_path):
    monkeypatch.setenv("MLSTACK_CATALOGS", str(tmp_path / "platform" / "nowhere"))
    monkeypatch.setenv("MLSTACK_CACHE", str(tmp_path / "another cache"))
    (project / "ci.yml").write_text("changed\n")
    result = check(capsys, project, code=5)
    assert "E140" in str(result["unknown"])
    assert len(result["findings"]) == 1


def test_markers_of_an_update_are_found(capsys, project):
    (project / "README.md").write_text("a\n<<<<<<< before updating\nb\n")
    commit(project, "marked")
    assert [(f["rule"], f["line"]) for f in check(capsys, project, code=5)["findings"]] == [("conflict-marker", 2)]


def test_code_scanning_reads_it(capsys, project):
    (project / "ci.yml").write_text("changed\n")
    capsys.readouterr()
    assert mlstack("check", project, "--format", "sarif") == 5
    document = json.loads(capsys.readouterr().out)
    (run,) = document["runs"]
    (result,) = run["results"]
    assert document["version"] == "2.1.0"
    assert result["ruleId"] in {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("ci.yml", 1)


def test_checking_writes_nothing(capsys, project):
    (project / "ci.yml").write_text("changed\n")
    before = everything(project)
    check(capsys, project, code=5)
    assert everything(project) == before


def test_what_is_no_project_is_refused(capsys, tmp_path):
    assert mlstack("check", tmp_path) == 2
    assert "was not made by mlstack init" in capsys.readouterr().err


def test_after_an_update_there_is_no_difference(capsys, platform_team, project):
    platform_team.publish("1.1.0", TWO)
    assert mlstack("update", project, "--yes") == 0
    assert check(capsys, project)["findings"] == []
    assert yaml.safe_load((project / ".mlstack" / "lock.yml").read_text())["version"] == "1.1.0"
