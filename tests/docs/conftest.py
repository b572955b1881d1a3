"""The pages that users read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^[ ]*```(\w*)\n(.*?)^[ ]*```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A Markdown page.

    Attributes:
        file: Where it is.
        text: All of it.
    """

    file: Path
    text: str

    def blocks(self, language: str = "") -> list[str]:
        """The fenced blocks, of one language or all of them."""
        return [block for name, block in _FENCE.findall(self.text) if language in ("", name)]

    def code(self) -> list[str]:
        """What stands in backticks in the prose."""
        return [" ".join(code.split()) for code in _CODE.findall(_FENCE.sub("", self.text))]

    def links(self) -> list[str]:
        """Where its links lead."""
        return [inline or reference for inline, reference in _LINK.findall(_FENCE.sub("", self.text))]

    def rows(self) -> list[list[str]]:
        """The cells of its tables, a list a row."""
        lines = [line for line in self.text.splitlines() if line.startswith("|") and "---" not in line]
        return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.fixture(scope="session")
def pages() -> dict[str, Page]:
    """Every page, by its path in the repository."""
    files = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    return {str(file.relative_to(ROOT)): Page(file, file.read_text(encoding="utf-8")) for file in sorted(files)}


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT
