"""What the pages say of the command line is what it has."""

from __future__ import annotations

import re
import shlex
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from mlstack.main import EXIT_BUG, EXIT_INTERRUPTED, build
from mlstack.registration import COMMANDS
from mlstack_components.errors import (
    EXIT_CONFLICTS,
    EXIT_DRIFT,
    EXIT_FAILURE,
    EXIT_NETWORK,
    EXIT_OUTDATED,
    EXIT_UNTRUSTED,
    EXIT_USAGE,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Page

_OPERATORS = frozenset({"|", ">", ";", "&", "&&", "||", ")", "("})
_NAMES = sorted(
    f"{each.name} {member.name}" if member else each.name for each in COMMANDS for member in (each.commands or (None,))
)


@cache
def _command(name: str) -> Any:
    found: Any = build()
    for word in name.split():
        found = found.commands[word]
    return found.load()


def _words(line: str) -> Iterator[list[str]]:
    """The words after each `mlstack` of a shell line."""
    lexer = shlex.shlex(
        line.removeprefix("$ ").replace('"$(', "( ").replace(')"', " )"), posix=True, punctuation_chars=True
    )
    lexer.whitespace_split = True
    found: list[str] | None = None
    for word in [*lexer, ";"]:
        if word in _OPERATORS and found is not None:
            yield found
            found = None
        elif found is not None:
            found.append(word)
        elif word == "mlstack":
            found = []


def _lines(page: Page) -> Iterator[tuple[str, bool]]:
    """What is to be typed, and whether all of it is there: a mention in the prose may leave arguments out."""
    for block in page.blocks():
        yield from ((line.strip(), True) for line in block.splitlines() if re.match(r"\s*(\$ |eval |mlstack )", line))
    yield from ((code, False) for code in page.code() if "mlstack " in f"{code} ")


def _problem(words: list[str], *, whole: bool) -> str | None:
    """Why a command line would be refused; None where it would not be."""
    group = build()
    if not words or words[0].startswith("-"):
        known = {name for option in group.params for name in option.opts} | {"-h", "--help"}
        known |= {"--install-completion", "--show-completion"}
        return next((f"no option {word}" for word in words if word not in known), None)
    if not whole and words == [words[0]] and words[0] in group.commands:
        return None
    name = next((name for name in (" ".join(words[:2]), words[0]) if name in _NAMES), None)
    if name is None:
        return "no such command"
    arguments = words[len(name.split()) :]
    if {"-h", "--help"} & set(arguments):
        return None
    try:
        _command(name).make_context("mlstack", [word for word in arguments if word != "--debug"])
    except Exception as error:
        # Which of typer's own classes it is depends on the version of typer.
        missing = type(error).__name__ == "MissingParameter" or "requires an argument" in str(error)
        return None if missing and not whole else f"{type(error).__name__}: {error}"
    return None


def test_every_command_that_a_page_names_exists(pages: dict[str, Page]) -> None:
    refused, checked = [], 0
    for name, page in pages.items():
        for line, whole in _lines(page):
            for words in _words(line):
                checked += 1
                problem = _problem(words, whole=whole)
                if problem is not None:
                    refused.append(f"{name}: `{line}`: {problem}")
    assert refused == []
    assert checked > 100


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("$ mlstack up local --refresh  # a word", True),
        ('eval "$(mlstack local env)"', True),
        ("mlstack launch local", False),
        ("mlstack up local --no-such-option", False),
        ("mlstack local begin", False),
        ("mlstack invoke local", False),
        ("mlstack run local extra", False),
        ("mlstack --no-such-option", False),
    ],
)
def test_a_wrong_line_is_found(line: str, right: bool) -> None:
    problems = [_problem(words, whole=True) for words in _words(line)]
    assert problems
    assert (problems == [None]) is right


@pytest.mark.parametrize("name", _NAMES)
def test_the_page_shows_every_command_with_an_example(pages: dict[str, Page], name: str) -> None:
    rows = [row for row in pages["docs/cli.md"].rows() if row[0] == f"`mlstack {name}`"]
    assert len(rows) == 1
    assert f"mlstack {name}" in rows[0][2]


def test_the_page_names_the_commands_without_json(pages: dict[str, Page]) -> None:
    without = [name for name in _NAMES if not any("--json" in option.opts for option in _command(name).params)]
    sentence = re.search(r"for all commands but (.*?)\.", pages["docs/cli.md"].text, re.DOTALL)
    assert sentence is not None
    assert sorted(re.findall(r"`([^`]+)`", sentence.group(1))) == without


def test_the_page_has_the_exit_codes(pages: dict[str, Page]) -> None:
    stated = [int(row[0]) for row in pages["docs/cli.md"].rows() if row[0].isdigit()]
    assert stated == [
        0,
        EXIT_FAILURE,
        EXIT_USAGE,
        EXIT_CONFLICTS,
        EXIT_UNTRUSTED,
        EXIT_DRIFT,
        EXIT_OUTDATED,
        EXIT_NETWORK,
        EXIT_BUG,
        EXIT_INTERRUPTED,
    ]


def test_the_page_has_the_environment_variables(pages: dict[str, Page], root: Path) -> None:
    reads = re.compile(r'environ(?:\.get\(|\[)"(MLSTACK_\w+)"')
    sources = [*root.glob("cli/**/*.py"), *root.glob("localcloud/**/*.py"), *root.glob("stacks/**/*.py")]
    read = {name for file in sources for name in reads.findall(file.read_text(encoding="utf-8"))}
    stated = {row[0].strip("`") for row in pages["docs/cli.md"].rows() if row[0].startswith("`MLSTACK_")}
    assert stated == read
