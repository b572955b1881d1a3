"""Who holds a lock, in words."""

from __future__ import annotations

import os
import socket

from mlstack.engine.events import Log
from mlstack.engine.failure import Holder, StackLockedError, explain, holder

_STDERR = """error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete \
the lock file with `pulumi cancel`.
  file:///state/.pulumi/locks/organization/x/local/9b.json: created by {user}@{host} (pid {pid}) at 2026-11-23T08:22:26Z
"""


def _explained(host: str, pid: int) -> StackLockedError:
    failure = explain("local", "x", Log(), _STDERR.format(user="ann", host=host, pid=pid))
    assert isinstance(failure, StackLockedError)
    return failure


def test_it_is_read_from_what_the_engine_says() -> None:
    assert holder(_STDERR.format(user="ann b", host="vm", pid=12)) == Holder(12, "vm", "ann b", "2026-11-23T08:22:26Z")


def test_one_on_another_machine_is_named_with_that_machine() -> None:
    failure = _explained("elsewhere", 12)
    assert "process 12 of ann on elsewhere" in failure.message
    assert "--force" in str(failure.next_step)


def test_a_process_id_that_another_program_has_by_now_is_not_the_holder() -> None:
    # This test's own process runs, and is no engine.
    assert "which has ended" in _explained(socket.gethostname(), os.getpid()).message


def test_the_engines_words_are_kept_whole() -> None:
    assert "pulumi cancel" in _explained("elsewhere", 12).diagnostics
