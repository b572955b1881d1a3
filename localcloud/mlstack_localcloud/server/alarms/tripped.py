"""Which alarms are or were in ALARM: what deployments look at.

A state may last less long than the time between two looks, for every evaluation and every SetAlarmState may change it.

Private parts of moto: of an alarm `history`, whose entries are the states before the present one with their beginnings.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .evaluation import ALARM
from .watch import alarms_of

if TYPE_CHECKING:
    from collections.abc import Iterable


def tripped_alarms(names: Iterable[str], account: str, region: str, since: float) -> list[str]:
    """Return those alarms that are in ALARM, or were at some time since.

    Args:
        names: The alarms; what does not exist has not tripped.
        account: Their account.
        region: Their region.
        since: Seconds since 1970.
    """
    known = alarms_of(account, region)
    return sorted(name for name in names if name in known and _was_in_alarm(known[name], since))


def _was_in_alarm(alarm: Any, since: float) -> bool:
    if alarm.state_value == ALARM:
        return True
    # Each state ended when the next began.
    states = [(value, began) for kind, _, _, value, began in alarm.history if kind == "StateUpdate"]
    ends = [began for _, began in states[1:]] + [alarm.state_updated_timestamp]
    return any(value == ALARM and _seconds(end) > since for (value, _), end in zip(states, ends, strict=True))


def _seconds(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
