"""Asking until a resource is ready, or gone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mlstack_localcloud.provider.api import Api, ApiError
from mlstack_localcloud.provider.errors import CancelledError, ProviderError
from mlstack_localcloud.provider.requests import dig

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_localcloud.provider.model import Wait
    from mlstack_localcloud.provider.values import Properties

__all__ = ["await_state"]

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 0.5


def await_state(
    api: Api, wait: Wait, values: Properties, timeout: float = 0.0, cancelled: Callable[[], bool] = lambda: False
) -> Properties:
    """Ask until the awaited state is reached.

    Args:
        api: The type's API.
        wait: What to ask, and which states end it.
        values: What the call's arguments name.
        timeout: Seconds that the program allows; 0 for the type's own limit.
        cancelled: Whether the engine wants to stop.

    Returns:
        The last answer; empty where the resource is gone.

    Raises:
        ProviderError: It ended in a bad state, or not in time.
        CancelledError: The engine wants to stop.
    """
    end = time.monotonic() + (timeout or wait.timeout)
    pause = _FIRST_PAUSE
    while True:
        results = _ask(api, wait, values)
        status = dig(results, wait.status) if wait.status and results else None
        if (not results and not wait.until) or (status in wait.until):
            return results
        if status in wait.failed:
            reason = dig(results, wait.reason) if wait.reason else None
            raise ProviderError(f"it ended {status}: {reason or 'no reason was given'}")
        if cancelled():
            raise CancelledError("the deployment was cancelled while this was awaited")
        if time.monotonic() + pause > end:
            raise ProviderError(f"it was still {status or 'there'} after {timeout or wait.timeout:.0f} seconds")
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def _ask(api: Api, wait: Wait, values: Properties) -> Properties:
    try:
        return api.call(wait.read, values, ()) or {}
    except ApiError as error:
        if error.says(api.requests.type.gone) and not wait.until:
            return {}
        raise
