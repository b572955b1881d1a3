"""What the command line writes: results on stdout, everything else on stderr, plain where nobody watches.

`out` is for what was asked for, `err` for progress, warnings and errors, so that a pipe gets results only.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A pipe has no width; rich would break lines and tables at 80 columns, in the middle of ARNs.
_WIDTH_OF_A_PIPE = 200


def _console(stream: TextIO, *, stderr: bool) -> Console:
    return Console(
        stderr=stderr,
        width=None if stream.isatty() else _WIDTH_OF_A_PIPE,
        highlight=False,
        emoji=False,
        soft_wrap=not stream.isatty(),
    )


out = _console(sys.stdout, stderr=False)
err = _console(sys.stderr, stderr=True)


def plain(text: str) -> Text:
    """A text of somebody else's as it may be shown: no markup in it counts, and nothing steers the terminal.

    Args:
        text: The text.
    """
    from mlstack_components.errors import printable

    return Text(printable(text))


def print_json(value: Any) -> None:
    """Writes one JSON document to stdout, for scripts.

    Args:
        value: Anything that `json` can write; what it cannot (paths, dates) is written as its `str`.
    """
    sys.stdout.write(json.dumps(value, indent=2, default=str) + "\n")
    sys.stdout.flush()


class Progress:
    """A line that says what is being done, and lines above it that stay."""

    def __init__(self, description: str, show: Callable[[str], object]) -> None:
        self._description = description
        self._show = show

    def update(self, description: str) -> None:
        """Says what is being done now; where nobody watches, a line a change.

        Args:
            description: Plain text; brackets mean nothing.
        """
        if description != self._description:
            self._description = description
            self._show(description)

    def line(self, text: str) -> None:
        """Writes a line that stays.

        Args:
            text: Plain text; brackets mean nothing.
        """
        err.print(text, markup=False)


@contextmanager
def progress(description: str) -> Iterator[Progress]:
    """Shows that something is being done: a spinner with the elapsed time, or plain lines outside a terminal.

    Args:
        description: What is being done, such as "Starting the local cloud".

    Yields:
        What takes further lines.
    """
    if not err.is_terminal:
        err.print(description, markup=False)
        yield Progress(description, lambda text: err.print(text, markup=False))
        return
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Bar(*columns, console=err, transient=True) as bar:
        task = bar.add_task(description, total=None)
        yield Progress(description, lambda text: bar.update(task, description=text))
