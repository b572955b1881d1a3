"""Updates, from a platform team's plain git repositories to a user's project."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml
from mlstack.main import run
from mlstack.scaffold.update import apply

from .conftest import PlatformTeam, commit, git

if TYPE_CHECKING:
    from pathlib import Path

QUESTIONS = """
_subdirectory: template
_answers_file: .copier-answers.yml
_envops: {undefined: jinja2.StrictUndefined}
name: {type: str, default: churn, help: The name}
"""
ONE = {
    "copier.yml": QUESTIONS,
    "ownership.yml": 'owned: ["ci.yml"]\nseeded: ["*"]\n',
    "template/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml }}",
    "template/README.md.jinja": "# {{ name }}\n\nfirst\nsecond\nthird\nfourth\nfifth\n",
    "template/ci.yml": "steps: [test]\n",
    "template/old.txt": "old\n",
    "template/older.txt": "older\n",
}
TWO = {
    "copier.yml": QUESTIONS + "region: {type: str, default: eu-west-1, help: The region}\n",
    "template/README.md.jinja": "# {{ name }} in {{ region }}\n\nfirst\nsecond\nthird\nfourth\nfifth\n",
    "template/ci.yml": "steps: [lint, test]\n",
    "template/new/file.txt": "new\n",
    "template/old.txt": None,
    "template/older.txt": None,
}


def mlstack(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        run([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


@pytest.fixture
def project(platform_team: PlatformTeam, tmp_path: Path) -> Path:
    """A project of version 1.0.0, committed."""
    platform_team.publish("1.0.0", ONE)
    folder = tmp_path / "churn"
    assert mlstack("init", "acme/churn", folder, "--yes") == 0
    return folder


def everything(project: Path) -> dict[str, bytes]:
    files = (p for p in sorted(project.rglob("*")) if p.is_file() and ".git" not in p.relative_to(project).parts[:1])
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in files}


def update(capsys: pytest.CaptureFixture[str], project: Path, *options: str, code: int = 0) -> dict[str, object]:
    capsys.readouterr()
    assert mlstack("update", project, "--json", *options) == code
    out = capsys.readouterr().out
    return json.loads(out)


def kinds(result: dict[str, object]) -> dict[str, str]:
    return {file["path"]: file["kind"] for file in result["files"]}


def test_an_update_takes_in_what_is_new_and_keeps_the_users_edits(capsys, platform_team, project):
    file = project / "README.md"
    file.write_text(file.read_text() + "mine\n")
    (project / "own.txt").write_text("own\n")
    commit(project, "mine")
    sha = platform_team.publish("1.1.0", TWO, notes="Regions")
    result = update(capsys, project)
    assert kinds(result) == {
        ".copier-answers.yml": "clean",
        "README.md": "merged",
        "ci.yml": "clean",
        "new/file.txt": "new",
        "old.txt": "deleted",
        "older.txt": "deleted",
    }
    assert result["questions"] == ["region"]
    assert result["changelog"] == [{"version": "1.1.0", "notes": "Regions", "breaking": False}]
    assert file.read_text() == "# churn in eu-west-1\n\nfirst\nsecond\nthird\nfourth\nfifth\nmine\n"
    assert (project / "own.txt").read_text() == "own\n"
    assert not (project / "old.txt").exists()
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text())
    assert answers == {
        "_commit": "v1.1.0", "_src_path": str(platform_team.template), "name": "churn", "region": "eu-west-1",
    }  # fmt: skip
    lock = yaml.safe_load((project / ".mlstack/lock.yml").read_text())
    assert (lock["version"], lock["sha"], lock["range"]) == ("1.1.0", sha, "^1")
    commit(project, "updated")
    assert update(capsys, project)["files"] == []


def test_a_dry_run_says_the_same_and_writes_nothing(capsys, platform_team, project):
    platform_team.publish("1.1.0", TWO)
    before = everything(project)
    planned = update(capsys, project, "--dry-run")
    assert everything(project) == before
    assert git(project, "status", "--porcelain") == ""
    assert kinds(update(capsys, project)) == kinds(planned)


def test_a_conflict_is_left_to_the_user_and_the_lock_waits(capsys, platform_team, project):
    file = project / "README.md"
    file.write_text("# mine\n\nfirst\nsecond\nthird\nfourth\nfifth\n")
    commit(project, "mine")
    platform_team.publish("1.1.0", TWO)
    result = update(capsys, project, code=3)
    assert {f["path"]: f.get("lines") for f in result["files"] if f["kind"] == "conflict"} == {"README.md": [1]}
    assert git(project, "diff", "--name-only", "--diff-filter=U") == "README.md"
    assert yaml.safe_load((project / ".mlstack/lock.yml").read_text())["version"] == "1.0.0"
    assert mlstack("update", project) == 2
    assert "E154" in capsys.readouterr().err
    assert mlstack("update", project, "--continue") == 2
    assert "README.md:1" in capsys.readouterr().err
    file.write_text("# mine in eu-west-1\n")
    assert mlstack("update", project, "--continue") == 0
    assert yaml.safe_load((project / ".mlstack/lock.yml").read_text())["version"] == "1.1.0"
    commit(project, "updated")
    assert update(capsys, project)["files"] == []


def test_abort_brings_back_every_byte(capsys, platform_team, project):
    (project / "README.md").write_text("# mine\n")
    (project / "untracked.txt").write_text("here\n")
    commit_of_readme = git(project, "commit", "--quiet", "--all", "--message", "mine")
    before = everything(project)
    platform_team.publish("1.1.0", TWO)
    update(capsys, project, code=3)
    assert everything(project) != before
    assert mlstack("update", project, "--abort") == 0
    assert everything(project) == before
    assert not (project / "new").exists()
    assert git(project, "status", "--porcelain") == "?? untracked.txt"
    assert commit_of_readme == ""
    assert mlstack("update", project, "--abort") == 2
    assert "E156" in capsys.readouterr().err


def test_an_update_that_is_killed_can_be_taken_back(capsys, platform_team, project, monkeypatch):
    platform_team.publish("1.1.0", TWO)
    before = everything(project)
    real = apply._write
    written = []

    def killed(folder, change):
        real(folder, change)
        written.append(change.path)
        if len(written) == 3:
            raise RuntimeError("killed")

    # As after kill -9: nothing of ours runs any more.
    monkeypatch.setattr(apply, "_write", killed)
    monkeypatch.setattr(apply, "restore", lambda subject, note: None)
    assert mlstack("update", project, "--yes") != 0
    assert everything(project) != before
    monkeypatch.undo()
    assert mlstack("update", project, "--abort") == 0
    assert everything(project) == before


def test_an_update_that_fails_while_it_writes_takes_itself_back(capsys, platform_team, project, monkeypatch):
    platform_team.publish("1.1.0", TWO)
    before = everything(project)
    real = apply._write

    def full(folder, change):
        if change.path.startswith("new"):
            raise OSError(28, "No space left on device")
        real(folder, change)

    monkeypatch.setattr(apply, "_write", full)
    assert mlstack("update", project, "--yes") == 1
    assert everything(project) == before
    assert git(project, "status", "--porcelain") == ""


def test_a_file_that_the_user_changed_is_kept_though_the_template_has_it_no_more(capsys, platform_team, project):
    (project / "old.txt").write_text("old and mine\n")
    commit(project, "mine")
    platform_team.publish("1.1.0", TWO)
    result = kinds(update(capsys, project))
    assert (result["old.txt"], result["older.txt"]) == ("kept", "deleted")
    assert (project / "old.txt").read_text() == "old and mine\n"


def test_what_the_user_deleted_stays_deleted(capsys, platform_team, project):
    (project / "README.md").unlink()
    commit(project, "mine")
    platform_team.publish("1.1.0", TWO)
    assert "README.md" not in kinds(update(capsys, project))
    assert not (project / "README.md").exists()


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda project: (project / "README.md").write_text("changed\n"), "E151"),
        (lambda project: [(project / "new").mkdir(), (project / "new/file.txt").write_text("mine\n")], "E155"),
        (lambda project: [(project / "m.txt").write_text("<<<<<<< before updating\n"), commit(project, "m")], "E152"),
    ],
    ids=["not committed", "a file in the way", "an old marker"],
)
def test_what_an_update_could_lose_is_refused(capsys, platform_team, project, prepare, code):
    platform_team.publish("1.1.0", TWO)
    prepare(project)
    before = everything(project)
    assert mlstack("update", project, "--yes") == 2
    assert code in capsys.readouterr().err
    assert everything(project) == before


def test_a_major_version_is_told_and_needs_to_be_asked_for(capsys, platform_team, project):
    platform_team.publish("1.1.0", TWO)
    platform_team.publish("2.0.0", {"template/ci.yml": "steps: [all]\n"}, notes="All")
    assert update(capsys, project, "--dry-run")["to"] == "1.1.0"
    assert mlstack("update", project, "--dry-run") == 0
    assert "2.0.0 is out of your range ^1" in capsys.readouterr().out
    result = update(capsys, project, "--to", "^2")
    assert (result["to"], [entry["version"] for entry in result["changelog"]]) == ("2.0.0", ["2.0.0", "1.1.0"])
    assert yaml.safe_load((project / ".mlstack/lock.yml").read_text())["range"] == "^2"


def test_a_tag_that_was_moved_is_refused(capsys, platform_team, project):
    platform_team.publish("1.1.0", TWO)
    git(platform_team.template, "tag", "--force", "v1.0.0")
    assert mlstack("update", project, "--yes") == 2
    assert "E130 tag v1.0.0 now points to" in capsys.readouterr().err


def test_a_project_below_the_top_of_its_repository_is_updated_alone(capsys, platform_team, tmp_path):
    platform_team.publish("1.0.0", ONE)
    top = tmp_path / "mono"
    top.mkdir()
    git(top, "init", "--quiet", "--initial-branch=main")
    (top / "README.md").write_text("all\n")
    commit(top, "begin")
    assert mlstack("init", "acme/churn", top / "ml" / "churn", "--yes") == 0
    commit(top, "project")
    (top / "README.md").write_text("not committed, and none of the project's business\n")
    platform_team.publish("1.1.0", TWO)
    result = kinds(update(capsys, top / "ml" / "churn"))
    assert result["README.md"] == "clean"
    assert (top / "ml/churn/README.md").read_text().startswith("# churn in eu-west-1")
    assert git(top, "status", "--porcelain", "README.md") == "M README.md"


def test_without_a_network_the_versions_that_were_fetched_serve(capsys, platform_team, project):
    platform_team.publish("1.1.0", TWO)
    update(capsys, project, "--dry-run")
    moved = platform_team.template.rename(platform_team.template.with_name("away"))
    assert mlstack("update", project, "--yes") == 7
    assert "Cached: 1.1.0, 1.0.0; use --offline" in capsys.readouterr().err
    assert update(capsys, project, "--offline")["to"] == "1.1.0"
    assert moved.is_dir()


def test_a_new_answer_is_taken_with_the_update(capsys, platform_team, project):
    platform_team.publish("1.1.0", TWO)
    update(capsys, project, "--set", "region=us-east-1", "--set", "name=other")
    assert (project / "README.md").read_text().startswith("# other in us-east-1")


def test_a_wrong_answer_writes_nothing(capsys, platform_team, project):
    platform_team.publish("1.1.0", TWO)
    before = everything(project)
    assert mlstack("update", project, "--yes", "--set", "regoin=x") == 2
    assert 'E110 unknown answer "regoin" (did you mean "region"?)' in capsys.readouterr().err
    assert everything(project) == before


def test_migrations_run_only_when_the_catalog_trusts_them(capsys, platform_team, project):
    migration = QUESTIONS + "_migrations: [{version: v1.1.0, command: 'touch migrated'}]\n"
    platform_team.publish("1.1.0", {"copier.yml": migration})
    assert mlstack("update", project, "--yes") == 4
    assert "E131 runs migrations" in capsys.readouterr().err
    assert not (project / "migrated").exists()
    platform_team.write_catalog(recommended="1.1.0", trust=["migrations"])
    assert kinds(update(capsys, project))["migrated"] == "new"
