"""`mlstack init`: a whole project or nothing at all."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mlstack.main import run


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test stands in an empty folder, with a git that knows nobody and no repository around."""
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "EMAIL", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME"):
        monkeypatch.delenv(name, raising=False)


def mlstack(*arguments: str) -> int:
    """Runs mlstack in this process; returns the exit code."""
    with pytest.raises(SystemExit) as exit_:
        run(list(arguments))
    return int(exit_.value.code or 0)


def git(*arguments: str, cwd: str = ".") -> str:
    return subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, text=True, check=True).stdout.strip()


def everything(folder: Path = Path()) -> set[str]:
    return {path.as_posix() for path in folder.rglob("*")}


def test_a_project_is_there_with_its_answers_its_lock_and_one_commit(capsys):
    assert mlstack("init", "realtime", "weather", "--yes") == 0
    assert "Created weather from mlstack/realtime" in capsys.readouterr().out
    files = set(git("ls-files", cwd="weather").splitlines())
    assert {"mlstack.yaml", "infra/__main__.py", "infra/Pulumi.yaml", "src/train.py", "data/weather.csv"} <= files
    assert "name: weather\n" in Path("weather/mlstack.yaml").read_text()
    assert git("rev-list", "--count", "HEAD", cwd="weather") == "1"
    assert git("status", "--porcelain", cwd="weather") == ""
    assert git("symbolic-ref", "--short", "HEAD", cwd="weather") == "main"
    assert sorted(everything()) == sorted(path for path in everything() if path.split("/")[0] == "weather")


def test_the_lock_file_says_what_the_project_was_made_from():
    import hashlib

    import yaml

    mlstack("init", "realtime", "weather", "--yes")
    lock = yaml.safe_load(Path("weather/.mlstack/lock.yml").read_text())
    assert (lock["schema"], lock["catalog"], lock["template"]) == (1, "mlstack", "realtime")
    assert set(lock["files"]) | {".mlstack/lock.yml"} == set(git("ls-files", cwd="weather").splitlines())
    for path, entry in lock["files"].items():
        assert entry["sha256"] == hashlib.sha256(Path("weather", path).read_bytes()).hexdigest()
    assert lock["files"]["src/train.py"]["class"] == "seeded"
    assert lock["files"][".gitignore"]["class"] == "partial"
    assert lock["files"][".github/workflows/ci.yml"]["class"] == "owned"


def test_two_projects_with_the_same_answers_are_the_same():
    mlstack("init", "realtime", "a", "--yes", "--set", "name=same")
    mlstack("init", "realtime", "b", "--yes", "--set", "name=same")
    assert git("rev-parse", "HEAD^{tree}", cwd="a") == git("rev-parse", "HEAD^{tree}", cwd="b")


def test_no_path_of_this_machine_is_in_the_project():
    mlstack("init", "realtime", "weather", "--yes")
    template = str(Path(__file__).parents[2])
    for path in git("ls-files", cwd="weather").splitlines():
        text = Path("weather", path).read_text()
        assert template not in text
        assert str(Path.cwd()) not in text


def test_the_name_comes_from_the_folder_and_the_folder_from_the_name(capsys):
    assert mlstack("init", "realtime", "parent/My_Churn Model", "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out)["answers"]["name"] == "my-churn-model"
    assert mlstack("init", "realtime", "--yes", "--set", "name=other") == 0
    assert Path("other/mlstack.yaml").is_file()


def test_answers_of_the_command_line_go_before_those_of_a_file(capsys):
    Path("answers.yml").write_text("name: from-file\nowner: file\n")
    mlstack("init", "realtime", "w", "--yes", "--answers", "answers.yml", "--set", "owner=line", "--json")
    answers = json.loads(capsys.readouterr().out)["answers"]
    assert (answers["name"], answers["owner"]) == ("from-file", "line")


def test_json_tells_what_was_made(capsys):
    mlstack("init", "realtime", "weather", "--yes", "--json")
    result = json.loads(capsys.readouterr().out)
    assert result["directory"] == str(Path("weather").resolve())
    assert sorted(result["files"]) == git("ls-files", cwd="weather").splitlines()
    assert result["git"] == "committed"


def refused(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 2) -> str:
    """The message of a call that is refused, after seeing that it changed nothing."""
    before = everything()
    assert mlstack("init", *arguments) == code
    assert everything() == before
    error = capsys.readouterr().err
    assert "Traceback" not in error
    return error


def test_an_unknown_template_is_refused_with_the_one_that_was_meant(capsys):
    error = refused(capsys, "realtme", "weather", "--yes")
    assert 'E101 unknown template "realtme" (did you mean "realtime"?)' in error
    assert "List: mlstack template list" in error


def test_a_version_that_is_not_here_is_refused(capsys):
    assert "E102 no version of realtime matches ^4. Available: 0.1.0." in refused(capsys, "realtime@^4", "w", "--yes")


def test_all_wrong_answers_are_told_at_once(capsys):
    sets = ("nmae=x", "name=Weather!", "region=eu-wst-1", "ci=gitlab", "dev_account=12")
    error = refused(capsys, "realtime", "w", "--yes", *(word for text in sets for word in ("--set", text)))
    assert 'E110 unknown answer "nmae" (did you mean "name"?)' in error
    assert 'E111 region="eu-wst-1"' in error
    assert 'did you mean "eu-west-1"?' in error
    assert 'E111 ci="gitlab": choose github, none.' in error
    assert 'E114 name="Weather!"' in error
    assert 'E114 dev_account="12": 12 digits, or nothing.' in error


def test_errors_are_json_where_a_script_reads(capsys):
    assert mlstack("init", "realtme", "weather", "--yes", "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "E101"


@pytest.mark.parametrize("name", ["aws-weather", "2026", "-", "x" * 41, "wetter-über"])
def test_a_name_that_mlstack_yaml_would_refuse_is_refused(capsys, name):
    assert "E114 name=" in refused(capsys, "realtime", "w", "--yes", "--set", f"name={name}")


def test_a_folder_that_is_not_empty_is_left_alone(capsys):
    Path("weather").mkdir()
    Path("weather/mine.txt").write_text("mine")
    assert "E103 weather is not empty." in refused(capsys, "realtime", "weather", "--yes")
    assert Path("weather/mine.txt").read_text() == "mine"


def test_a_file_in_the_way_is_left_alone(capsys):
    Path("weather").write_text("mine")
    assert "E103 weather is there and is not a folder." in refused(capsys, "realtime", "weather", "--yes")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_target_that_can_not_be_written_is_refused(capsys):
    Path("closed").mkdir(mode=0o500)
    assert "E104" in refused(capsys, "realtime", "closed/weather", "--yes")


def test_a_target_below_a_file_is_refused(capsys):
    Path("file").write_text("")
    assert "E104" in refused(capsys, "realtime", "file/weather", "--yes")


def test_an_empty_folder_is_filled_and_stays_the_same_folder():
    Path("weather").mkdir(mode=0o750)
    before = Path("weather").stat()
    assert mlstack("init", "realtime", "weather", "--yes") == 0
    after = Path("weather").stat()
    assert (before.st_ino, before.st_mode) == (after.st_ino, after.st_mode)
    assert git("status", "--porcelain", cwd="weather") == ""


def test_the_folder_that_one_stands_in_can_be_the_target(monkeypatch):
    Path("here").mkdir()
    monkeypatch.chdir("here")
    assert mlstack("init", "realtime", ".", "--yes") == 0
    assert "name: here\n" in Path("mlstack.yaml").read_text()


def test_a_link_to_an_empty_folder_leads_there():
    Path("real").mkdir()
    Path("link").symlink_to("real")
    assert mlstack("init", "realtime", "link", "--yes") == 0
    assert Path("link").is_symlink()
    assert Path("real/mlstack.yaml").is_file()


def test_the_new_folder_is_open_to_whom_the_umask_allows():
    before = os.umask(0o022)
    try:
        mlstack("init", "realtime", "weather", "--yes")
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path("weather").stat().st_mode) == 0o755


@pytest.mark.parametrize("target", ["weather", "new/parents/weather", "empty"])
@pytest.mark.parametrize(
    "failure", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "Ctrl-C"]
)
@pytest.mark.parametrize("stage", ["lock.write", "repository.create"])
def test_nothing_is_left_behind_when_it_fails_midway(monkeypatch, target, failure, stage):
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(f"mlstack.scaffold.{stage}", fail)
    Path("empty").mkdir()
    assert mlstack("init", "realtime", target, "--yes") == (130 if isinstance(failure, KeyboardInterrupt) else 1)
    assert everything() == {"empty"}


def test_nothing_is_left_behind_when_the_last_move_fails(monkeypatch, capsys):
    Path("empty").mkdir()
    rename = Path.rename

    def fail_at_the_sources(self: Path, target: Path) -> Path:
        if self.name == "src":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_at_the_sources)
    assert mlstack("init", "realtime", "empty", "--yes") == 1
    assert "Input/output error" in capsys.readouterr().err
    assert everything() == {"empty"}


def test_git_commits_though_it_knows_nobody():
    with pytest.raises(subprocess.CalledProcessError):
        git("config", "user.email")
    mlstack("init", "realtime", "weather", "--yes")
    assert git("log", "-1", "--format=%an <%ae>", cwd="weather") == "mlstack <mlstack@localhost>"


def test_git_commits_in_the_users_name_without_their_hooks_and_signature():
    git("config", "--global", "user.name", "Ada")
    git("config", "--global", "user.email", "ada@example.com")
    git("config", "--global", "commit.gpgSign", "true")
    git("config", "--global", "gpg.program", "/bin/false")
    hooks = Path.home() / "hooks"
    hooks.mkdir()
    for hook in ("pre-commit", "commit-msg", "post-commit"):
        (hooks / hook).write_text(f"#!/bin/sh\ntouch {hooks}/ran\nexit 1\n")
        (hooks / hook).chmod(0o755)
    git("config", "--global", "core.hooksPath", str(hooks))
    assert mlstack("init", "realtime", "weather", "--yes") == 0
    assert git("log", "-1", "--format=%an <%ae>", cwd="weather") == "Ada <ada@example.com>"
    assert not (hooks / "ran").exists()


def test_no_variable_of_another_repository_leads_the_commit_there(monkeypatch):
    git("init", "--quiet", "other")
    monkeypatch.setenv("GIT_DIR", str(Path("other/.git").resolve()))
    monkeypatch.setenv("GIT_INDEX_FILE", str(Path("other/.git/index").resolve()))
    assert mlstack("init", "realtime", "weather", "--yes") == 0
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert git("rev-list", "--count", "HEAD", cwd="weather") == "1"
    assert git("rev-list", "--all", cwd="other") == ""


def test_inside_a_repository_no_second_one_is_made(capsys):
    git("init", "--quiet")
    assert mlstack("init", "realtime", "services/weather", "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out)["git"] == "surrounding"
    assert not Path("services/weather/.git").exists()


def test_where_the_repository_around_ignores_the_folder_it_gets_its_own():
    git("init", "--quiet")
    Path(".gitignore").write_text("/weather/\n")
    Path("weather").mkdir()
    assert mlstack("init", "realtime", "weather", "--yes") == 0
    assert git("rev-list", "--count", "HEAD", cwd="weather") == "1"


def test_without_git_there_is_a_project_all_the_same(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path / "home"))
    assert mlstack("init", "realtime", "weather", "--yes") == 0
    assert "git: not installed" in capsys.readouterr().out
    assert Path("weather/mlstack.yaml").is_file()


def test_no_repository_is_made_when_none_is_wanted():
    assert mlstack("init", "realtime", "weather", "--yes", "--no-git") == 0
    assert not Path("weather/.git").exists()


def test_without_a_terminal_it_does_not_wait_for_answers(capsys, monkeypatch):
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert "Run it again with --yes." in refused(capsys, "realtime", "weather")


def test_on_a_terminal_it_asks_what_was_not_answered():
    process, master = _on_a_terminal("init", "realtime", "weather", "--set", "owner=given")
    screen = b""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if select.select([master], [], [], 0.5)[0]:
            try:
                screen += os.read(master, 65536)
            except OSError:
                break
        else:
            os.write(master, b"\r")
    assert process.wait(timeout=10) == 0, screen.decode()
    assert b"The region of the cloud environments" in screen
    assert b"The team or person" not in screen
    assert "owner: given" in Path("weather/.copier-answers.yml").read_text()
    assert "name: weather" in Path("weather/mlstack.yaml").read_text()


def _on_a_terminal(*arguments: str) -> tuple[subprocess.Popen[bytes], int]:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "mlstack", *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
    )
    os.close(slave)
    return process, master


def test_help_shows_an_example(capsys):
    assert mlstack("init", "--help") == 0
    assert "mlstack init realtime weather --yes" in capsys.readouterr().out


def test_nothing_heavy_is_imported_for_a_built_in_template():
    script = (
        "import sys\nfrom mlstack.main import run\n"
        "try: run(['init', 'realtime', 'weather', '--yes', '--no-git'])\nexcept SystemExit: pass\n"
        "print(sorted({'copier', 'questionary', 'pulumi', 'boto3', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_templates_of_an_installed_package_are_found_without_a_checkout(tmp_path):
    repository = Path(__file__).parents[2]
    installed = tmp_path / "site-packages"
    for package in ("cli/mlstack", "components/mlstack_components", "stacks/mlstack_stacks"):
        shutil.copytree(repository / package, installed / Path(package).name)
    # What pyproject.toml has hatchling do for the wheel.
    shutil.copytree(repository / "templates", installed / "mlstack" / "_templates")
    script = (
        "import mlstack, mlstack.scaffold.catalog.find as c, mlstack.scaffold.catalog.builtin as b\n"
        "print(mlstack.__file__); print(b.root()); print((c.find('realtime').root / 'copier.yml').is_file())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    module, root, found = done.stdout.splitlines()
    assert Path(module).is_relative_to(installed)
    assert root == str(installed / "mlstack" / "_templates")
    assert found == "True"
