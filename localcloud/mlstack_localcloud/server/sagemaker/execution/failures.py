"""Why jobs fail, in SageMaker's words and with the job's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.execution.logs import last_lines

if TYPE_CHECKING:
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.execution.directories import JobDirectory
    from mlstack_localcloud.server.sagemaker.execution.process import Command

MOST_CHARACTERS = 1024  # FailureReason, ExitMessage.
_LINES = 20


def fitting(reason: str) -> str:
    """A reason within `MOST_CHARACTERS`; what is left out is the middle, for the end says what went wrong.

    Args:
        reason: What happened in general, then what was printed last.
    """
    if len(reason) <= MOST_CHARACTERS:
        return reason
    start = MOST_CHARACTERS // 4
    return f"{reason[:start]}\N{HORIZONTAL ELLIPSIS}{reason[-(MOST_CHARACTERS - start - 1) :]}"


class JobError(Exception):
    """A job cannot go on; the text is its FailureReason."""


def training_failure(directory: JobDirectory, command: Command, exit_code: int) -> str:
    """Return why a training script failed: what it left in `/opt/ml/output/failure`, or its last lines."""
    said = _file(directory.base / "output" / "failure") or last_lines(directory.log, _LINES)
    head = f'AlgorithmError: ExecuteUserScriptError:\nExitCode {exit_code}\nErrorMessage "'
    tail = f'"\nCommand "{" ".join(command.arguments)}"'[:300] + f", exit code: {exit_code}"
    return head + said[-(MOST_CHARACTERS - len(head) - len(tail)) :] + tail


def processing_failure(directory: JobDirectory, exit_code: int) -> str:
    """Return why a processing script failed, with its last lines."""
    said = _file(directory.base / "output" / "failure") or last_lines(directory.log, _LINES)
    head, tail = "AlgorithmError: See job logs for more information: ", f", exit code: {exit_code}"
    return head + said[-(MOST_CHARACTERS - len(head) - len(tail)) :] + tail


def exit_message(directory: JobDirectory) -> str:
    """Return what a processing job left in `/opt/ml/output/message`, empty when it left nothing."""
    return _file(directory.base / "output" / "message")[:MOST_CHARACTERS]


def _file(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").strip() if path.is_file() else ""
