"""Policy variables: `${aws:username}` in a Resource or a condition's value.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .context import Context

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_CHARACTERS = {"*": "*", "?": "?", "$": "$"}


def has_variables(text: str) -> bool:
    """Tell whether a text has policy variables."""
    return "${" in text


def substituted(text: str, context: Context) -> str | None:
    """Return a text with its variables filled in; None where one has no value, so that the text matches nothing.

    Args:
        text: The text.
        context: The values.

    Raises:
        UnsupportedError: A variable is no key that is known.
    """
    parts: list[str] = []
    end = 0
    for match in _VARIABLE.finditer(text):
        value = _value(match.group(1), context)
        if value is None:
            return None
        parts += [text[end : match.start()], value]
        end = match.end()
    return "".join([*parts, text[end:]])


def _value(variable: str, context: Context) -> str | None:
    if variable in _CHARACTERS:
        return _CHARACTERS[variable]
    key, _, default = variable.partition(",")
    values = context.get(key.strip())
    if values is not None and len(values) == 1:
        return values[0]
    default = default.strip()
    return default[1:-1] if default.startswith("'") else None
