"""What a failed run of the engine means, in one sentence, above all that the engine said."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack.engine.events import Diagnostic, Log, Step

_SAID = {"error", "warning", "info#err"}
_LOCK = re.compile(r"created by (?P<user>.*)@(?P<host>\S*) \(pid (?P<pid>\d+)\) at (?P<since>\S+)")
_EXPIRED = ("ExpiredToken", "security token included in the request is expired", "RequestExpired")
_PROGRAM = (
    "Program failed with an unhandled exception",
    "python inline source runtime error",
    "Traceback (most recent",
)


class EngineFailure(MlstackError):  # noqa: N818 - the engine failed; that is its name everywhere
    """The engine could not do what it was asked to.

    Attributes:
        diagnostics: What the engine said, whole.
    """

    code = "engine"

    def __init__(self, message: str, *, next_step: str | None = None, diagnostics: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.diagnostics = diagnostics


class StackLockedError(EngineFailure):
    """Another process is updating the stack, or was killed while it did."""

    code = "stack-locked"


@dataclass(frozen=True)
class Holder:
    """Who holds a stack's lock.

    Attributes:
        pid: The process.
        host: The machine it runs on.
        user: Its user.
        since: When it took the lock, as the engine writes it.
    """

    pid: int
    host: str
    user: str
    since: str

    @property
    def command(self) -> str | None:
        """The command line of the process, or None where it has ended or runs elsewhere."""
        if self.host != socket.gethostname():
            return None
        # `ps` because /proc is Linux only.
        asked = subprocess.run(
            ["ps", "-p", str(self.pid), "-o", "args="], capture_output=True, text=True, check=False, timeout=10
        )
        words = asked.stdout.split()
        if not words or "pulumi" not in os.path.basename(words[0]):  # noqa: PTH119 - words of a command, not a path
            return None
        return " ".join(["pulumi", *words[1:2]])

    @property
    def is_elsewhere(self) -> bool:
        """Whether it runs on another machine, where nothing can be said of it."""
        return self.host != socket.gethostname()


def holder(stderr: str) -> Holder | None:
    """Reads from the engine's error who holds the lock."""
    found = _LOCK.search(stderr)
    return Holder(int(found["pid"]), found["host"], found["user"], found["since"]) if found else None


def explain(environment: str, again: str, log: Log, stderr: str) -> EngineFailure:
    """Says what a failed run means.

    Args:
        environment: The environment's name.
        again: What the user runs again, such as `mlstack up local`, in the words of a sentence.
        log: The events of the run.
        stderr: What the engine wrote there.

    Returns:
        The failure, with all that the engine said.
    """
    diagnostics = render(log.diagnostics, stderr)
    if "currently locked by" in stderr:
        return _locked(environment, stderr, diagnostics)
    message, next_step = _meaning(environment, again, log, stderr)
    return EngineFailure(message, next_step=next_step, diagnostics=diagnostics)


def _meaning(environment: str, again: str, log: Log, stderr: str) -> tuple[str, str]:
    of_backend = _of_backend(environment, stderr)
    if of_backend is not None:
        return of_backend
    if any(marker in said.message for said in log.diagnostics for marker in _EXPIRED):
        return (
            "The AWS credentials expired in the middle.",
            f"Log in again, for example with `aws sso login`, and run {again} again; what is done already is kept.",
        )
    if any(marker in said.message for said in log.diagnostics for marker in _PROGRAM):
        return (
            "The Pulumi program of this project failed.",
            f"Correct the line that the traceback names, and run {again} again.",
        )
    failed = _causes(log)
    return (
        _failed_steps(failed) if failed else f"The Pulumi engine could not finish its work on {environment!r}.",
        f"Remove the cause and run {again} again; what is done already is kept.",
    )


def _of_backend(environment: str, stderr: str) -> tuple[str, str] | None:
    """What keeps the state from being read, where that is why the engine failed."""
    if "incorrect passphrase" in stderr:
        return (
            f"The state of {environment!r} was encrypted with another passphrase.",
            "Set PULUMI_CONFIG_PASSPHRASE to the one that it was made with, or restore `encryptionsalt` in "
            f"infra/Pulumi.{environment}.yaml.",
        )
    if "PULUMI_ACCESS_TOKEN must be set" in stderr:
        return (
            f"Pulumi does not know where to keep the state of {environment!r}.",
            f"Run `mlstack bootstrap {environment}`, or `pulumi login`, or set PULUMI_BACKEND_URL.",
        )
    if "get credentials: " in stderr:
        return (
            f"There are no usable AWS credentials to read the state of {environment!r} with.",
            "Log in to its account, for example with `aws sso login`.",
        )
    if "NoSuchBucket" in stderr:
        return (
            f"The bucket in which the state of {environment!r} is kept is not there.",
            f"Run `mlstack bootstrap {environment}` where it was never made; restore it where it was deleted.",
        )
    return None


def render(diagnostics: Sequence[Diagnostic], stderr: str = "") -> str:
    """The engine's own words, by resource as the engine itself groups them.

    Args:
        diagnostics: What was said during the run.
        stderr: What the engine wrote beside.

    Returns:
        Lines of text; empty where nothing was said.
    """
    groups: dict[str, list[str]] = {}
    for said in diagnostics:
        if said.severity in _SAID:
            groups.setdefault(said.urn, []).append(said.message)
    blocks = [_block(urn, messages) for urn, messages in groups.items()]
    if stderr.strip():
        blocks.append(stderr.strip())
    return "\n".join(blocks)


def _block(urn: str, messages: list[str]) -> str:
    if not urn:
        return "\n".join(messages)
    type_and_parents, name = urn.split("::", 3)[2:4]
    lines = [line for message in messages for line in message.splitlines()]
    return "\n".join([f"{type_and_parents.rsplit('$', 1)[-1]} ({name}):", *(f"    {line}" for line in lines)])


_PAST = {"create": "created", "update": "updated", "delete": "deleted", "replace": "replaced", "read": "read"}


def _causes(log: Log) -> list[Step]:
    """The steps that failed themselves; the engine also counts whatever was not finished because of them."""
    blamed = {said.urn for said in log.diagnostics if said.severity == "error"}
    # A step can be told to have failed more than once.
    return list({step.urn: step for step in log.failed if step.urn in blamed and step.is_change}.values())


def _failed_steps(failed: Sequence[Step]) -> str:
    first = failed[0]
    others = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
    operation = first.operation.split("-")[0]
    return f"{first.short_type} {first.name!r} could not be {_PAST.get(operation, operation + 'd')}{others}."


def _locked(environment: str, stderr: str, diagnostics: str) -> StackLockedError:
    held_by = holder(stderr)
    unlock = f"`mlstack engine unlock {environment}`"
    if held_by is None:
        message, next_step = f"The stack {environment!r} is locked.", f"When nothing updates it any more, run {unlock}."
    elif held_by.is_elsewhere:
        message = (
            f"The stack {environment!r} is locked by process {held_by.pid} of {held_by.user} on {held_by.host}, "
            f"since {held_by.since}."
        )
        next_step = f"Wait for it; if it was killed, run {unlock} --force."
    elif held_by.command is not None:
        message = (
            f"The stack {environment!r} is being updated by process {held_by.pid} ({held_by.command}), "
            f"since {held_by.since}."
        )
        next_step = "Wait for it to end, and run the same command again."
    else:
        message = (
            f"The stack {environment!r} is still locked by process {held_by.pid}, which has ended: it was killed "
            "in the middle of an update."
        )
        next_step = f"Run {unlock}, and then the same command again, which goes on where it ended."
    return StackLockedError(message, next_step=next_step, diagnostics=diagnostics)
