"""Ranges of versions as users and catalogs write them: `^2`, `~2.3`, `>=2.1,<3`, or one version exactly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from mlstack.scaffold.errors import Finding, ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORT = re.compile(r"(?P<sign>[\^~])(?P<numbers>\d+(\.\d+){0,2})")


def specifiers(written: str) -> SpecifierSet:
    """The versions that a range holds.

    Args:
        written: `^2` (no breaking change: at most the first number that isn't 0 stays), `~2.3` (the first two numbers
            stay), exactly `2.3.1`, or comparisons as PEP 440 has them. `^` and `~` mean what they mean to npm
            (https://github.com/npm/node-semver#ranges).

    Raises:
        ScaffoldError: It is none of these (E102).
    """
    short = _SHORT.fullmatch(written.strip())
    if short is None:
        return _as_pep_440(written)
    numbers = [int(number) for number in short["numbers"].split(".")]
    kept = _kept_by_caret(numbers) if short["sign"] == "^" else min(len(numbers), 2)
    above = [*numbers[: kept - 1], numbers[kept - 1] + 1]
    return SpecifierSet(f">={short['numbers']},<{'.'.join(map(str, above))}")


def _as_pep_440(written: str) -> SpecifierSet:
    """Comparisons, or one version alone."""
    for text in (f"=={written.strip()}", written):
        try:
            specifier = SpecifierSet(text)
        except InvalidSpecifier:
            continue
        if len(specifier):
            return specifier
    example = "Such as ^2, ~2.3, >=2.1,<3 or 2.3.1."
    raise ScaffoldError(Finding("E102", f'"{written}" is no range of versions.'), next_step=example)


def _kept_by_caret(numbers: list[int]) -> int:
    """How many of the first numbers `^` holds: up to the first that isn't 0."""
    return next((index for index, number in enumerate(numbers, 1) if number), len(numbers))


def caret(version: str) -> str:
    """The widest range that a version may be updated in without a breaking change.

    Args:
        version: Such as `2.3.1`, whose range is `^2`; that of `0.3.1` is `^0.3`.
    """
    numbers = list(Version(version).release)
    return f"^{'.'.join(map(str, numbers[: _kept_by_caret(numbers)]))}"


def newest(versions: Iterable[str], written: str) -> str | None:
    """The newest version within a range; a pre-release only where the range names one.

    Args:
        versions: Versions, in any order.
        written: The range.

    Returns:
        None where no version is in the range.

    Raises:
        ScaffoldError: The range can't be read (E102).
    """
    matching = list(specifiers(written).filter(versions))
    return max(matching, key=Version, default=None)
