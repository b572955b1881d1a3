"""The jobs that run now: one thread each, with a way to stop it and to wait for it."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS_TO_CLOSE = 10.0
_log = logging.getLogger(__name__)


@dataclass
class Signals:
    """How a job's thread is spoken to.

    Attributes:
        stop: Set when the job shall end.
        closing: Set with `stop` when the daemon ends: nothing is recorded any more, the next start does that.
        done: Set when the thread has ended.
    """

    stop: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)


class RunningJobs:
    """Threads by the ARN of what they work for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._signals: dict[str, Signals] = {}
        self._closing = threading.Event()

    def start(self, arn: str, work: Callable[[Signals], None]) -> None:
        """Run something in a thread of its own."""
        signals = Signals(closing=self._closing)
        with self._lock:
            self._signals[arn] = signals
            if self._closing.is_set():
                signals.stop.set()  # It came too late to be found by `close`.

        def run() -> None:
            try:
                work(signals)
            except Exception:
                # While closing, tables and clients go away under threads that are being ended.
                if not self._closing.is_set():
                    _log.exception("The work for %s failed", arn)
            finally:
                with self._lock:
                    if self._signals.get(arn) is signals:
                        del self._signals[arn]
                signals.done.set()

        threading.Thread(target=run, name=arn, daemon=True).start()

    def stop(self, arn: str) -> bool:
        """Ask a job to end; return whether it runs."""
        with self._lock:
            signals = self._signals.get(arn)
        if signals is None:
            return False
        signals.stop.set()
        return True

    def wait(self, arn: str, timeout: float | None = None) -> bool:
        """Wait until a job has ended; return whether it has.

        Args:
            arn: The job.
            timeout: Seconds to wait at most; None waits as long as it takes.
        """
        with self._lock:
            signals = self._signals.get(arn)
        return signals is None or signals.done.wait(timeout)

    def stop_all(self) -> None:
        """Ask everything that runs to end because the daemon does: from here on nothing is recorded."""
        with self._lock:
            self._closing.set()
            for signals in self._signals.values():
                signals.stop.set()

    def close(self) -> None:
        """End everything that runs and wait until it has ended."""
        self.stop_all()
        with self._lock:
            running = list(self._signals.values())
        for signals in running:
            signals.done.wait(_SECONDS_TO_CLOSE)
