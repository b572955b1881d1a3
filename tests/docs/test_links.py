"""Links in the pages lead somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Page


def test_every_relative_link_resolves(pages: dict[str, Page]) -> None:
    links = [(name, page, link) for name, page in pages.items() for link in page.links() if ":" not in link]
    broken = [
        f"{name}: {link}"
        for name, page, link in links
        if (path := link.partition("#")[0]) and not (page.file.parent / unquote(path)).exists()
    ]
    assert links
    assert broken == []


def test_readme_leads_to_every_page(pages: dict[str, Page], root: Path) -> None:
    """Directly, or by a page that it leads to."""
    reached, waiting = set(), [root / "README.md"]
    while waiting:
        file = waiting.pop()
        if file in reached:
            continue
        reached.add(file)
        page = pages.get(str(file.relative_to(root)))
        if page is not None:
            waiting += [(file.parent / link.partition("#")[0]).resolve() for link in page.links() if ":" not in link]
    assert sorted({page.file for page in pages.values()} - reached) == []
