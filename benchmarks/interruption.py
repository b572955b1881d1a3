"""Ending in order where a benchmark is told to end: what it started is a process of its own and would go on."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
"""Those that end a process without running a `finally`; SIGINT raises KeyboardInterrupt already."""


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let `finally` run where the process is terminated, or its terminal goes away."""

    def end(number: int, _: object) -> None:
        sys.exit(128 + number)

    before = {each: signal.signal(each, end) for each in _SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
