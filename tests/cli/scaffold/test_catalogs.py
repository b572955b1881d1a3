"""Catalogs: what is in them, what is wrong with them, and the one that mlstack carries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml
from mlstack.main import run
from mlstack.scaffold.catalog import builtin, releases
from mlstack_components.errors import UserError

from .conftest import commit, git
from .test_update import ONE, TWO

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def mlstack(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        run([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def test_templates_of_all_catalogs_are_listed_the_users_first(capsys, platform_team):
    platform_team.publish("1.0.0", ONE, tags=["batch"])
    assert mlstack("template", "list", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [template["name"] for template in listed] == ["acme/churn", "mlstack/realtime"]
    assert mlstack("template", "list", "--tag", "batch") == 0
    out = capsys.readouterr().out
    assert "acme/churn" in out
    assert "realtime" not in out


def test_a_template_is_shown_with_its_versions_and_questions(capsys, platform_team):
    platform_team.publish("1.0.0", ONE)
    platform_team.publish("1.1.0", TWO, notes="Regions [bold]\x1b[31m")
    assert mlstack("template", "show", "acme/churn@1.0.0", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert [release["version"] for release in shown["versions"]] == ["1.1.0", "1.0.0"]
    assert [question["name"] for question in shown["questions"]] == ["name"]
    assert shown["ownership"]["owned"] == ["ci.yml"]
    assert mlstack("template", "show", "acme/churn") == 0
    out = capsys.readouterr().out
    assert "Regions [bold]\N{REPLACEMENT CHARACTER}[31m" in out
    assert "region" in out


def test_a_name_without_a_catalog_is_the_first_catalogs(capsys, platform_team, tmp_path):
    platform_team.publish("1.0.0", ONE)
    assert mlstack("init", "churn", tmp_path / "a", "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out)["catalog"] == "acme"


def test_a_range_chooses_a_version_and_the_project_stays_in_it(capsys, platform_team, tmp_path):
    platform_team.publish("1.0.0", ONE)
    platform_team.publish("1.1.0", TWO)
    platform_team.publish("2.0.0", {"template/ci.yml": "steps: []\n"})
    for asked, version, kept in (("", "2.0.0", "^2"), ("@^1", "1.1.0", "^1"), ("@1.0.0", "1.0.0", "1.0.0")):
        assert mlstack("init", f"acme/churn{asked}", tmp_path / f"p{version}", "--yes", "--json") == 0
        created = json.loads(capsys.readouterr().out)
        assert (created["version"], created["range"]) == (version, kept)
    assert mlstack("init", "acme/churn@^4", tmp_path / "none", "--yes") == 2
    assert "E102 no version of churn matches ^4. Available: 2.0.0, 1.1.0, 1.0.0." in capsys.readouterr().err


def test_plain_copier_can_update_a_project(platform_team, tmp_path):
    import copier

    platform_team.publish("1.0.0", ONE)
    assert mlstack("init", "acme/churn", tmp_path / "churn", "--yes") == 0
    platform_team.publish("1.1.0", TWO)
    copier.run_update(tmp_path / "churn", defaults=True, overwrite=True, quiet=True)
    assert (tmp_path / "churn" / "README.md").read_text().startswith("# churn in eu-west-1")


def test_a_version_that_needs_a_newer_mlstack_is_not_taken(capsys, platform_team, tmp_path):
    platform_team.publish("1.0.0", ONE)
    platform_team.publish("1.1.0", TWO)
    platform_team.versions[0]["min_mlstack"] = "99.0"
    platform_team.write_catalog(recommended="1.0.0")
    assert mlstack("init", "acme/churn@^1", tmp_path / "a", "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out)["version"] == "1.0.0"
    assert mlstack("init", "acme/churn@1.1.0", tmp_path / "b", "--yes") == 2
    assert "needs mlstack 99.0" in capsys.readouterr().err


def test_a_link_out_of_a_template_is_refused(capsys, platform_team, tmp_path):
    platform_team.template.joinpath("template").mkdir()
    platform_team.template.joinpath("template", "passwd").symlink_to("/etc/passwd")
    platform_team.publish("1.0.0", ONE)
    assert mlstack("init", "acme/churn", tmp_path / "a", "--yes") == 2
    assert "E132" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_tasks_run_only_when_somebody_trusts_them(capsys, platform_team, tmp_path):
    platform_team.publish("1.0.0", {**ONE, "copier.yml": ONE["copier.yml"] + '_tasks: ["touch done"]\n'})
    assert mlstack("init", "acme/churn", tmp_path / "a", "--yes") == 4
    assert 'E131 runs tasks: "touch done". Not trusted by catalog acme.' in capsys.readouterr().err
    assert not (tmp_path / "a").exists()
    assert mlstack("init", "acme/churn", tmp_path / "a", "--yes", "--trust-once") == 0
    assert (tmp_path / "a" / "done").exists()
    platform_team.write_catalog(recommended="1.0.0", trust=["tasks"])
    assert mlstack("init", "acme/churn", tmp_path / "b", "--yes") == 0
    assert (tmp_path / "b" / "done").exists()


def test_a_tag_that_was_moved_is_refused(capsys, platform_team, tmp_path):
    platform_team.publish("1.0.0", ONE)
    commit(platform_team.template, "more")
    git(platform_team.template, "tag", "--force", "v1.0.0")
    assert mlstack("init", "acme/churn", tmp_path / "a", "--yes") == 2
    assert "E130 tag v1.0.0 now points to" in capsys.readouterr().err


def test_a_source_that_is_no_repository_is_told_with_the_code_of_the_network(capsys, platform_team, tmp_path):
    platform_team.publish("1.0.0", ONE)
    platform_team.write_catalog(recommended="1.0.0", source=str(tmp_path / "nowhere"))
    assert mlstack("init", "acme/churn", tmp_path / "a", "--yes") == 7
    assert "E140 cannot reach" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c["templates"]["churn"].pop("versions"), "templates.churn.versions: is missing"),
        (
            lambda c: c["templates"]["churn"].update(titel="x"),
            'templates.churn.titel: unknown key. Did you mean "title"?',
        ),
        (lambda c: c["templates"]["churn"]["versions"][0].update(sha="abc"), "templates.churn.versions[0].sha"),
        (lambda c: c["templates"]["churn"].update(recommended="9.9.9"), '"9.9.9" is none of its versions'),
        (lambda c: c["templates"]["churn"].update(trust=["everything"]), "templates.churn.trust[0]"),
        (lambda c: c.update(schema=2), "schema"),
    ],
)
def test_a_catalog_that_is_wrong_is_told_with_its_key_and_nothing_is_made(
    capsys, platform_team, tmp_path, change: Callable, message: str
):
    platform_team.publish("1.0.0", ONE)
    file = platform_team.catalog / "catalog.yml"
    document = yaml.safe_load(file.read_text())
    change(document)
    file.write_text(yaml.safe_dump(document))
    assert mlstack("init", "acme/churn", tmp_path / "a", "--yes") == 2
    err = capsys.readouterr().err
    assert "catalog.yml" in err
    assert message in err
    assert not (tmp_path / "a").exists()


def test_catalogs_of_the_configuration_file_count_where_the_variable_is_unset(
    capsys, platform_team, tmp_path, monkeypatch
):
    platform_team.publish("1.0.0", ONE)
    monkeypatch.delenv("MLSTACK_CATALOGS")
    monkeypatch.setenv("MLSTACK_HOME", str(tmp_path))
    assert mlstack("template", "show", "acme/churn") == 2
    assert 'unknown catalog "acme"' in capsys.readouterr().err
    (tmp_path / "config.yml").write_text(f"catalogs: [{platform_team.catalog}]\n")
    assert mlstack("template", "show", "acme/churn") == 0


def test_a_catalog_that_is_away_serves_as_it_was_fetched_last(capsys, platform_team, tmp_path, monkeypatch):
    platform_team.publish("1.0.0", ONE)
    bare = tmp_path / "catalog.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(platform_team.catalog), str(bare))
    document = yaml.safe_load((platform_team.catalog / "catalog.yml").read_text())
    document["templates"]["churn"]["source"] = str(platform_team.template)
    (platform_team.catalog / "catalog.yml").write_text(yaml.safe_dump(document))
    commit(platform_team.catalog, "absolute")
    git(platform_team.catalog, "push", "--quiet", str(bare), "main")
    monkeypatch.setenv("MLSTACK_CATALOGS", f"file://{bare}")
    assert mlstack("template", "show", "acme/churn") == 0
    bare.rename(tmp_path / "away")
    assert mlstack("template", "show", "acme/churn") == 0
    monkeypatch.setenv("MLSTACK_CATALOGS", f"file://{tmp_path}/never.git")
    assert mlstack("template", "list") == 7
    assert "E140" in capsys.readouterr().err


@pytest.fixture
def carried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of built-in templates of its own, with one that has no release yet."""
    root = tmp_path / "carried"
    root.mkdir()
    entry = {"title": "Churn", "source": "mlstack/churn", "recommended": "0", "versions": []}
    text = yaml.safe_dump({"schema": 1, "org": "mlstack", "templates": {"churn": entry}}, sort_keys=False)
    (root / "catalog.yml").write_text(f"# A comment\n{text}")
    monkeypatch.setattr(builtin, "root", lambda: root)
    monkeypatch.setenv("MLSTACK_CACHE", str(tmp_path / "cache"))
    return root


def write(root: Path, files: dict[str, str | None]) -> None:
    for path, text in files.items():
        file = root / "churn" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True) if text is None else file.write_text(text)


def test_a_project_of_the_release_before_is_updated_from_the_bundle_alone(capsys, carried, tmp_path):
    write(carried, ONE)
    first = releases.release(carried, "churn", "0.1.0", "The first one")
    assert mlstack("init", "churn", tmp_path / "p", "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out)["sha"] == first
    write(carried, TWO)
    second = releases.release(carried, "churn", "0.1.1", "Regions")
    assert mlstack("update", tmp_path / "p", "--offline", "--json") == 0
    assert json.loads(capsys.readouterr().out)["changelog"][0]["notes"] == "Regions"
    lock = yaml.safe_load((tmp_path / "p" / ".mlstack" / "lock.yml").read_text())
    assert (lock["version"], lock["sha"], lock["source"]) == ("0.1.1", second, "mlstack/churn")
    assert (tmp_path / "p" / "README.md").read_text().startswith("# p in eu-west-1")


def test_the_same_sources_are_the_same_release_everywhere(carried, tmp_path):
    write(carried, ONE)
    first = releases.release(carried, "churn", "0.1.0", "The first one")
    bundle = (carried / builtin.BUNDLE).read_bytes()
    (carried / builtin.BUNDLE).unlink()
    catalog = carried / "catalog.yml"
    assert catalog.read_text().startswith("# A comment\n")
    document = yaml.safe_load(catalog.read_text())
    document["templates"]["churn"]["versions"] = []
    catalog.write_text(yaml.safe_dump(document, sort_keys=False))
    assert releases.release(carried, "churn", "0.1.0", "The first one") == first
    assert (carried / builtin.BUNDLE).read_bytes() == bundle


def test_a_release_is_made_once_and_of_something_new(carried):
    write(carried, ONE)
    releases.release(carried, "churn", "0.1.0", "The first one")
    with pytest.raises(UserError, match=r"0\.1\.0 is released already"):
        releases.release(carried, "churn", "0.1.0", "Again")
    with pytest.raises(UserError, match=r"Nothing changed since churn 0\.1\.0"):
        releases.release(carried, "churn", "0.1.1", "Nothing")
