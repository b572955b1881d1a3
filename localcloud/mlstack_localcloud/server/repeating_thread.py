"""A thread that does the same again and again: it looks at alarms, schedules, rules."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)


class RepeatingThread:
    """Calls a function again and again until it is closed; a call that fails is logged and doesn't end it.

    Args:
        name: The thread's name, also in the log.
        seconds: How long it waits before each call.
        work: The function.
    """

    def __init__(self, name: str, seconds: float, work: Callable[[], None]) -> None:
        self._seconds = seconds
        self._work = work
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; the first call comes after the first wait."""
        self._thread.start()

    def close(self) -> None:
        """End, after a call that is being made; one that was never started just ends."""
        self._closed.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while not self._closed.wait(self._seconds):
            try:
                self._work()
            except Exception:
                _log.exception("the thread %s failed and goes on", self._thread.name)
