"""Datasets as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from mlstack.datasets.push import human

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from mlstack.datasets.manifest import DatasetVersion
    from mlstack.datasets.push import Pushed

_SHOWN_FILES = 20


def versions_table(versions: Sequence[DatasetVersion]) -> RenderableType:
    """Show versions of datasets.

    Args:
        versions: The versions, in the order of the rows.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("dataset", "version", "pushed", "by"):
        table.add_column(title)
    for title in ("files", "size"):
        table.add_column(title, justify="right")
    for each in versions:
        name, _, version = each.reference.partition("@")
        when = f"{each.created_at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(name, version, when, Text(each.created_by), str(each.files), human(each.size))
    return table


def version_lines(version: DatasetVersion, uri: str, files: Sequence[dict[str, Any]]) -> list[str]:
    """Show one version: what is known of it, and its first files.

    Args:
        version: The version.
        uri: The prefix of its files.
        files: Its files, of the manifest.
    """
    when = f"{version.created_at.astimezone():%Y-%m-%d %H:%M:%S}"
    lines = [
        f"dataset  {version.name}",
        f"version  {version.version}",
        f"pushed   {when} by {version.created_by}",
        f"size     {version.files} files, {human(version.size)}",
        f"uri      {uri}",
        "",
    ]
    lines += [f"{each['sha256'][:12]}  {human(each['size']):>9}  {each['path']}" for each in files[:_SHOWN_FILES]]
    if len(files) > _SHOWN_FILES:
        lines.append(f"{len(files) - _SHOWN_FILES} more files are not shown; --json has all of them.")
    return lines


def pushed_line(pushed: Pushed) -> str:
    """What a push came to, in one line.

    Args:
        pushed: The push.
    """
    if not pushed.is_new:
        return f"{pushed.version.reference} is there already."
    count = f"{pushed.version.files} file{'s' if pushed.version.files != 1 else ''}"
    copied = f", {pushed.copied} taken from older versions" if pushed.copied else ""
    size = human(pushed.version.size)
    return f"Pushed {pushed.version.reference}: {count}, {size}; {pushed.sent} sent{copied}."
