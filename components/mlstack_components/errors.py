"""Every error that mlstack raises on purpose, as one tree.

A user's mistake (`UserError`) and a failure of the world (`MlstackError`) print one sentence and what to do next.
Anything else that escapes is a bug and prints a traceback only with `--debug`.

The exit codes are part of the product and stable:

| code | meaning |
| --- | --- |
| 0 | done |
| 1 | failure: something that should have worked did not |
| 2 | usage or input: nothing was written, nothing was called |
| 3 | `mlstack update`: conflicts are left to the user |
| 4 | a template would run something that it isn't trusted with |
| 5 | `mlstack check`: something drifted |
| 6 | `mlstack check --fail-outdated`: there is a newer version |
| 7 | the source of a template or a catalog can't be reached |
| 70 | a bug of mlstack (sysexits.h: EX_SOFTWARE) |
| 130 | interrupted by the user; the same command goes on |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_CONFLICTS = 3
EXIT_UNTRUSTED = 4
EXIT_DRIFT = 5
EXIT_OUTDATED = 6
EXIT_NETWORK = 7


def printable(text: str) -> str:
    """A text from a file, as a message may show it: on one line, and nothing in it steers the terminal.

    Args:
        text: Any text; a character that isn't printable becomes U+FFFD.
    """
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def quoted(value: object, most: int = 60) -> str:
    """A value from a file in quotes, printable, and never a page of it.

    Args:
        value: The value.
        most: How many characters of it are shown.
    """
    text = printable(str(value))
    return f'"{text[:most]}…"' if len(text) > most else f'"{text}"'


class MlstackError(Exception):
    """Something that should have worked did not.

    Attributes:
        code: A stable name of the error for scripts (`--json`).
        exit_code: What the command line exits with.
        message: One sentence: what is wrong, and where.
        next_step: What the user does next, or None where the message says it.
    """

    code = "failure"
    exit_code = EXIT_FAILURE

    def __init__(self, message: str, *, next_step: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return self.message if self.next_step is None else f"{self.message} {self.next_step}"


class UserError(MlstackError):
    """Wrong usage or input; nothing was written and nothing was called."""

    code = "usage"
    exit_code = EXIT_USAGE


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in a file.

    Attributes:
        file: The file, as the user would type it.
        line: The line, from 1; 0 where the file as a whole is meant.
        key: The dotted key, such as `steps.train.instance_type`; empty for the file as a whole.
        message: What is wrong, without the place.
        suggestion: What to write instead, or None.
    """

    file: Path
    line: int
    key: str
    message: str
    suggestion: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        key = f" {self.key}:" if self.key else ""
        suggestion = f" {self.suggestion}" if self.suggestion else ""
        return printable(f"{place}:{key} {self.message}{suggestion}")


class SpecError(UserError):
    """mlstack.yaml is not valid; every problem is listed at once.

    Attributes:
        problems: All problems, in the order of the file.
    """

    code = "spec"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
