"""The command line's frame: what it imports, what it says, what it exits with."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import pytest
import typer
from mlstack import main
from mlstack.registration import COMMANDS, Registration
from mlstack_components.errors import MlstackError, Problem, SpecError, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Not pydantic: typer itself converts options with it.
_HEAVY = {"boto3", "copier", "pulumi", "pulumi_aws", "grpc", "yaml", "jinja2", "moto", "mlstack_stacks"}


def _every() -> Iterator[tuple[str, Registration]]:
    for registration in COMMANDS:
        if registration.commands:
            yield from ((f"{registration.name} {member.name}", member) for member in registration.commands)
        else:
            yield registration.name, registration


EVERY = dict(_every())


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main.run(arguments)
    code = ended.value.code
    assert isinstance(code, int)
    return code


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes a command `fail`, which raises what it is given."""

    def register(raised: BaseException) -> None:
        def command(json: Annotated[bool, typer.Option("--json")] = False) -> None:
            """Fail."""
            raise raised

        module = ModuleType("mlstack_test_failing")
        module.command = command  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "mlstack_test_failing", module)
        monkeypatch.setattr(main, "COMMANDS", (Registration("fail", "Fail.", "mlstack_test_failing"),))

    return register


@pytest.mark.parametrize("arguments", [["--help"], ["local", "--help"], ["models", "--help"], ["--version"]])
def test_help_imports_no_command_and_nothing_heavy(arguments: list[str]) -> None:
    program = (
        f"import sys; from mlstack.main import run\ntry: run({arguments!r})\n"
        "except SystemExit: print('\\n' + ' '.join(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = set(answer.stdout.splitlines()[-1].split())
    assert not {name.split(".")[0] for name in imported} & _HEAVY
    assert not [name for name in imported if name.startswith("mlstack.commands")]


def test_help_lists_every_command_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    shown = capsys.readouterr().out
    for registration in COMMANDS:
        assert f"{registration.name} " in shown
        assert registration.summary in shown


def test_every_module_of_a_command_is_registered() -> None:
    from mlstack import commands

    root = Path(str(commands.__file__)).parent
    modules = {file for file in root.rglob("*.py") if "def command(" in file.read_text()}
    registered = {root.parent.parent / f"{registration.module.replace('.', '/')}.py" for registration in EVERY.values()}
    assert modules == registered


@pytest.mark.parametrize("path", EVERY)
def test_every_command_shows_an_example(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = importlib.import_module(EVERY[path].module)
    assert run(*path.split(), "--help") == 0
    shown = capsys.readouterr().out
    assert f"Usage: mlstack {path}" in shown
    assert module.EXAMPLES
    # Long examples are wrapped.
    assert " ".join(module.EXAMPLES[0].split()) in " ".join(shown.split())


@pytest.mark.parametrize("path", EVERY)
def test_the_line_in_the_list_says_what_the_command_says(path: str) -> None:
    docstring = importlib.import_module(EVERY[path].module).command.__doc__ or ""
    assert docstring.strip().split("\n\n")[0].count("\n") == 0, "the first line stands alone"
    assert "Args:" not in main._help(importlib.import_module(EVERY[path].module).command)


def test_an_unknown_command_is_a_usage_error_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("pln") == 2
    assert "Did you mean 'plan'?" in capsys.readouterr().err


def test_a_users_mistake_is_one_sentence_and_the_next_step(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(UserError("The name is taken.", next_step="Choose another."))
    assert run("fail") == 2
    shown = capsys.readouterr()
    assert shown.err == "Error: The name is taken.\nChoose another.\n"
    assert shown.out == ""


def test_a_failure_exits_with_1_and_shows_the_engines_words_below(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    error = MlstackError("It failed.", next_step="Repair it.")
    error.diagnostics = "aws:s3:Bucket (data):\n    error: no"  # type: ignore[attr-defined]
    failing(error)
    assert run("fail") == 1
    assert capsys.readouterr().err == "Error: It failed.\nRepair it.\n\naws:s3:Bucket (data):\n    error: no\n"


def test_scripts_read_one_json_document(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    problem = Problem(tmp_path / "mlstack.yaml", 3, "steps.trian", "There is no such key.", "Did you mean `train`?")
    failing(SpecError([problem]))
    assert run("fail", "--json") == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "spec"
    assert error["problems"] == [
        {
            "file": str(tmp_path / "mlstack.yaml"),
            "line": 3,
            "key": "steps.trian",
            "message": "There is no such key.",
            "suggestion": "Did you mean `train`?",
        }
    ]


def test_an_interrupt_says_how_to_go_on(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(KeyboardInterrupt())
    assert run("fail") == 130
    assert capsys.readouterr().err == "Interrupted.\nRun the same command again to go on.\n"


def test_a_bug_shows_its_traceback_only_with_debug(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(ZeroDivisionError("by zero\nand more"))
    assert run("fail") == 70
    plain = capsys.readouterr().err
    assert plain.splitlines()[0] == "Error: This is a bug of mlstack: ZeroDivisionError: by zero"
    assert "Traceback" not in plain
    for arguments in (["--debug", "fail"], ["fail", "--debug"]):
        assert run(*arguments) == 70
        assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_a_missing_extra_is_named(failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]) -> None:
    failing(ModuleNotFoundError("No module named 'boto3'", name="boto3"))
    assert run("fail") == 1
    assert "pip install 'mlstack[local]'" in capsys.readouterr().err


def test_a_missing_module_of_ours_is_a_bug(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(ModuleNotFoundError("No module named 'mlstack.nothing'", name="mlstack.nothing"))
    assert run("fail") == 70


def test_the_local_clouds_errors_print_alike(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    from mlstack_localcloud.errors import StartError

    failing(StartError("It did not come up.", next_step="Look at its log."))
    assert run("fail") == 1
    assert capsys.readouterr().err == "Error: It did not come up.\nLook at its log.\n"


def test_shells_complete_commands() -> None:
    program = "from mlstack.main import run; run()"
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env={"_MLSTACK_COMPLETE": "complete_bash", "COMP_WORDS": "mlstack local st", "COMP_CWORD": "2", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout.split() == ["start", "stop", "status"]
