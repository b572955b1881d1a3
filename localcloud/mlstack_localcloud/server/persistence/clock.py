"""Holds moto's clock still while a request changes something, so that its replay gives its resources the same times.

Every name of `datetime` and `time` in moto's modules is replaced by one that asks here first. The clock is held per
thread: for everybody else, and for the rest of the process, it goes on.
"""

from __future__ import annotations

import datetime as dt
import sys
import threading
import time
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_held = threading.local()


@contextmanager
def held(seconds: float) -> Iterator[None]:
    """Make it one moment for moto in this thread.

    Args:
        seconds: The moment, in seconds since 1970.
    """
    _held.seconds = seconds
    try:
        yield
    finally:
        _held.seconds = None


def adjust() -> None:
    """Replace the clock in those of moto's modules that are imported by now; may be called again."""
    for name, module in list(sys.modules.items()):
        if not name.startswith("moto."):
            continue
        names = vars(module)
        for key, value in list(names.items()):
            replacement = _REPLACEMENTS.get(id(value))
            if replacement is not None:
                names[key] = replacement


def _now() -> float:
    seconds: float | None = getattr(_held, "seconds", None)
    return time.time() if seconds is None else seconds


class _DatetimeType(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, dt.datetime)


class _Datetime(dt.datetime, metaclass=_DatetimeType):
    """`datetime.datetime` with our clock; everything that it makes is a plain datetime."""

    def __new__(cls, *arguments: Any, **options: Any) -> Any:
        return dt.datetime(*arguments, **options)

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        return dt.datetime.fromtimestamp(_now(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        return dt.datetime.fromtimestamp(_now(), dt.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        return cls.now()


class _Module(ModuleType):
    """A module in which some names are others."""

    def __init__(self, original: ModuleType, **replaced: object) -> None:
        super().__init__(original.__name__)
        self._original = original
        vars(self).update(replaced)

    def __getattr__(self, name: str) -> object:
        return getattr(self._original, name)


_REPLACEMENTS: dict[int, object] = {
    id(dt): _Module(dt, datetime=_Datetime),
    id(dt.datetime): _Datetime,
    id(time): _Module(time, time=_now),
    id(time.time): _now,
}
