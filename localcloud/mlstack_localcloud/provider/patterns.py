r"""The regular expressions of AWS's service models in Python's dialect.

They are written for Java, which has Unicode classes (`\p{L}`) that Python's `re` lacks. The classes in use are put in
other words; a pattern that is still not understood is not checked.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["compile_pattern"]

# Within brackets only: each stands for characters, not for a class of its own. `\w` has letters and digits of all
# scripts, marks and the underscore.
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
    r"\p{Print}": r"\x20-\x7e",
    r"\p{Graph}": r"\x21-\x7e",
    # Pairs of surrogates, which Java takes for the one character that they stand for.
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF",
}


@lru_cache(maxsize=4096)
def compile_pattern(pattern: str) -> re.Pattern[str] | None:
    """The pattern compiled, or None where Python can't express it."""
    for java, python in _CLASSES.items():
        pattern = pattern.replace(java, python)
    try:
        return re.compile(pattern)
    except (re.error, OverflowError):
        return None
