r"""The regular expressions of AWS's service models in Python's dialect.

They are written for Java, which has Unicode classes (`\p{L}`) that Python's `re` lacks. The classes in use are put in
other words; a pattern that is still not understood is not checked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["compile_pattern"]

# As within brackets; outside of them each gets its own. `\w` has letters and digits of all scripts, marks and the
# underscore.
_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{Alpha}": "A-Za-z",
    r"\p{N}": r"\w",
    r"\p{M}": r"\w",
    r"\p{Z}": r"\s",
    r"\p{S}": r"+<=>^`|~$",
    r"\p{P}": "!-/:-@\\[-`{-~",
    r"\p{LD}": r"\w",
    r"\p{IsLetter}": r"\w",
    r"\p{IsDigit}": r"\d",
    r"\p{ASCII}": r"\x00-\x7f",
    r"\p{Alnum}": "A-Za-z0-9",
    r"\p{Print}": r"\x20-\x7e",
    r"\p{Graph}": r"\x21-\x7e",
    # Pairs of surrogates, which Java takes for the one character that they stand for.
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF",
}
# All characters beyond the basic plane, which Java writes as surrogates.
_SURROGATES = (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
# A class, an escaped character, or one character.
_PARTS = re.compile(r"\\p\{\w+\}|\\.|.", re.DOTALL)


@lru_cache(maxsize=4096)
def compile_pattern(pattern: str) -> re.Pattern[str] | None:
    """The pattern compiled, or None where Python can't express it."""
    try:
        return re.compile("".join(_translated(_flags_first(pattern))))
    except (re.error, OverflowError):
        return None


def _flags_first(pattern: str) -> str:
    """Give `(?i)` in the middle of a group a group of its own: in Java it is for the rest of the group."""
    start = pattern.find("(?i)", 1)
    if start < 0:
        return pattern
    depth, end = 0, start + len("(?i)")
    while end < len(pattern) and not (pattern[end] == ")" and depth == 0):
        depth += {"(": 1, ")": -1}.get(pattern[end], 0)
        end += 1
    return f"{pattern[:start]}(?i:{pattern[start + len('(?i)') : end]}){pattern[end:]}"


def _translated(pattern: str) -> Iterator[str]:
    within = after_class = False
    for part in _PARTS.findall(pattern.replace(*_SURROGATES)):
        if part in _CLASSES:
            yield _CLASSES[part] if within else f"[{_CLASSES[part]}]"
            after_class = within
            continue
        if part in {"[", "]"}:
            within = part == "["
        # After a class a hyphen begins no range: in Java it stands for itself.
        yield r"\-" if after_class and part == "-" else part
        after_class = False
