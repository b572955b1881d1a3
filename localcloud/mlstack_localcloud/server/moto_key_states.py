"""Where moto takes a key's bare id alone, AWS takes its ARN, too: to enable, disable and delete it, and to keep it.

Private parts of moto: of `KmsBackend` these four methods and `get_key_id`, and `moto.kms.models.ValidationException`.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

_WINDOW = range(7, 31)
"""How long a key may wait for its deletion, in days (API reference, ScheduleKeyDeletion)."""


def adjust(kms: ModuleType) -> None:
    """Let keys be named by ARN, and refuse a wait that AWS refuses; making the adjustment again changes nothing.

    Args:
        kms: `moto.kms.models`.
    """
    backend = kms.KmsBackend
    if hasattr(backend.schedule_key_deletion, "__wrapped__"):
        return
    for name in ("enable_key", "disable_key", "cancel_key_deletion", "schedule_key_deletion"):
        setattr(backend, name, _by_any_id(getattr(backend, name), kms.ValidationException))


def _by_any_id(change: Callable[..., Any], refusal: Callable[[str], Exception]) -> Callable[..., Any]:
    @functools.wraps(change)
    def changed(backend: Any, key_id: str, *days: int) -> Any:
        if any(each not in _WINDOW for each in days):
            raise refusal(f"PendingWindowInDays must be between {_WINDOW[0]} and {_WINDOW[-1]}.")
        return change(backend, backend.get_key_id(key_id), *days)

    return changed
