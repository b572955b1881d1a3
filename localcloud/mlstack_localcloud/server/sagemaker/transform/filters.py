"""JSONPath as batch transform takes it: which part of a record is sent, and which part of a result is kept.

https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html#data-processing-operators: `$`,
`.name`, `['a','b']`, `[0,2]`, `[1:]`. A CSV record is an array, a record of JSON what it is.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_STEP = re.compile(r"\.(?P<name>[A-Za-z_][\w-]*)|\[(?P<inside>[^\]]+)\]")
_INDEX = re.compile(r"-?\d+")
_SLICE = re.compile(r"(-?\d+)?:(-?\d+)?")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


class FilterError(ValueError):
    """A filter can't be read, or a record has not what it asks for."""


@dataclass(frozen=True)
class Filter:
    """A filter.

    Attributes:
        expression: Its text.
        steps: The parts of its path, each the selectors in one pair of brackets, or one name.
    """

    expression: str
    steps: tuple[tuple[int | slice | str, ...], ...]

    @classmethod
    def of(cls, expression: str) -> Filter:
        """Read a filter.

        Raises:
            FilterError: It uses what batch transform has not.
        """
        position, steps = 1, []
        while position < len(expression):
            match = _STEP.match(expression, position)
            if match is None:
                break
            steps.append((match["name"],) if match["name"] else _selectors(match["inside"]))
            position = match.end()
        if not expression.startswith("$") or position != len(expression):
            raise FilterError(f"{expression} is not a JSONPath that batch transform takes.")
        return cls(expression, tuple(steps))

    @property
    def everything(self) -> bool:
        """Whether it leaves records as they are."""
        return not self.steps

    def of_record(self, record: Any) -> Any:
        """Return the part of a record.

        Raises:
            FilterError: The record has none.
        """
        for step in self.steps:
            try:
                record = _selected(record, step)
            except (LookupError, TypeError) as error:
                raise FilterError(f"A record has no {self.expression}: {json.dumps(record)[:200]}") from error
        return record


def _selectors(inside: str) -> tuple[int | slice | str, ...]:
    found: list[int | slice | str] = []
    for part in (each.strip() for each in inside.split(",")):
        if _INDEX.fullmatch(part):
            found.append(int(part))
        elif match := _SLICE.fullmatch(part):
            start, end = (None if each is None else int(each) for each in match.groups())
            found.append(slice(start, end))
        elif match := _QUOTED.fullmatch(part):
            found.append(match[1] if match[1] is not None else match[2])
        else:
            raise FilterError(f"[{inside}] is not a part of a JSONPath that batch transform takes.")
    return tuple(found)


def _selected(record: Any, step: tuple[int | slice | str, ...]) -> Any:
    if len(step) == 1 and not isinstance(step[0], slice):
        return record[step[0]]
    if isinstance(record, dict):
        return {str(name): record[name] for name in step}
    found: list[Any] = []
    for each in step:
        if isinstance(each, slice):
            found += record[each]
        else:
            found.append(record[each])
    return found
