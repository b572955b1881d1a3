"""What is written where."""

from __future__ import annotations

import json
import subprocess
import sys

_ARN = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/" + "very-long-name-" * 8


def _run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)


def test_a_pipe_gets_whole_lines_without_colours() -> None:
    done = _run(f"from mlstack.console import out; out.print('[bold]x[/bold] {_ARN} y')")
    assert done.stdout == f"x {_ARN} y\n"


def test_progress_outside_a_terminal_is_a_line_a_change_on_stderr() -> None:
    done = _run(
        "from mlstack.console import progress\n"
        "with progress('One [1]') as shown:\n"
        "    shown.update('Two'); shown.update('Two'); shown.line('kept'); shown.update('Three')"
    )
    assert done.stderr.splitlines() == ["One [1]", "Two", "kept", "Three"]
    assert done.stdout == ""


def test_json_is_one_document_whatever_is_in_it() -> None:
    done = _run("from pathlib import Path; from mlstack.console import print_json; print_json({'at': Path('/x')})")
    assert json.loads(done.stdout) == {"at": "/x"}
