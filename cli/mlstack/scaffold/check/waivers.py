"""`.mlstack/waivers.yml`: differences that somebody answers for, until a day.

```yaml
- {path: .github/workflows/ci.yml, reason: "Our runners need a proxy", until: 2027-01-31}
```
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mlstack.scaffold.check.drift import Drift

FILE = ".mlstack/waivers.yml"
_KEYS = {"path", "reason", "until"}


@dataclass(frozen=True)
class Waiver:
    """A difference that is let be.

    Attributes:
        path: A pattern of files, relative to the project; `*` also matches a `/`.
        reason: Why.
        until: The last day on which it counts.
    """

    path: str
    reason: str
    until: date


def read(project: Path) -> list[Waiver]:
    """Reads the waivers of a project; none where it has no such file.

    Args:
        project: The project's folder.

    Raises:
        UserError: The file isn't one, or a waiver lacks a path, a reason or a day.
    """
    import yaml

    file = project / FILE
    if not file.is_file():
        return []
    try:
        loaded: Any = yaml.safe_load(file.read_bytes())
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"{file} is not YAML: {getattr(error, 'problem', error)}.") from None
    entries = [] if loaded is None else loaded
    if not isinstance(entries, list):
        raise UserError(f"{file} is no list of waivers.", next_step=_EXAMPLE)
    return [_waiver(file, number, entry) for number, entry in enumerate(entries, 1)]


_EXAMPLE = "Such as: - {path: .gitignore, reason: Ours is longer, until: 2027-01-31}"


def _waiver(file: Path, number: int, entry: object) -> Waiver:
    if not isinstance(entry, dict) or set(entry) != _KEYS:
        raise UserError(f"{file}: waiver {number} needs path, reason and until, and nothing else.", next_step=_EXAMPLE)
    path, reason, until = entry["path"], entry["reason"], entry["until"]
    if not (isinstance(path, str) and isinstance(reason, str) and path.strip() and reason.strip()):
        raise UserError(f"{file}: waiver {number} has no path or no reason.", next_step=_EXAMPLE)
    if type(until) is not date:
        raise UserError(f"{file}: waiver {number}: until is a day, such as 2027-01-31.", next_step=_EXAMPLE)
    return Waiver(path, reason, until)


def applied(found: Iterable[Drift], waivers: list[Waiver], today: date) -> list[Drift]:
    """The differences, those that are let be marked.

    Args:
        found: The differences.
        waivers: The waivers.
        today: The day.
    """
    return [_applied(drift, waivers, today) for drift in found]


def _applied(drift: Drift, waivers: list[Waiver], today: date) -> Drift:
    for waiver in waivers:
        if today <= waiver.until and fnmatchcase(drift.path, waiver.path):
            return drift.waived_because(f"{waiver.reason} (until {waiver.until})")
    return drift
