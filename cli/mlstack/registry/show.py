"""Model versions as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from mlstack.datasets.catalog import reference_of
from mlstack.registry.stages import NOTE_PREFIX, told
from mlstack.registry.versions import APPROVED, PENDING
from mlstack.training.report import in_reading_order, metric, metrics_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from mlstack.registry.versions import ModelVersion

_STYLES = {APPROVED: "green", PENDING: "yellow"}
_TITLES = {"f1": "F1"}


def versions_table(versions: Sequence[ModelVersion], released: str | None) -> RenderableType:
    """Show versions, newest first, with their macro metrics.

    Args:
        versions: The versions.
        released: The model package that the environment serves, or None.
    """
    names = in_reading_order(name for version in versions if version.evaluation for name in version.evaluation.metrics)
    table = Table(box=None, pad_edge=False, header_style="bold")
    staged = any(version.stages for version in versions)
    for title in ("version", "approval", *(("stages",) if staged else ()), "registered"):
        table.add_column(title)
    for name in names:
        table.add_column(_TITLES.get(name, name), justify="right")
    table.add_column("")
    for version in versions:
        values = version.evaluation.metrics if version.evaluation else {}
        table.add_row(
            str(version.version),
            Text(_approval(version), style=_STYLES.get(version.approval, "")),
            *((Text(told(version.stages)),) if staged else ()),
            f"{version.created_at.astimezone():%Y-%m-%d %H:%M}" if version.created_at else "-",
            *(metric(values.get(name)) for name in names),
            "released" if version.arn == released else "",
        )
    return table


def _approval(version: ModelVersion) -> str:
    return version.word if version.status == "Completed" else f"{version.word} ({version.status})"


def version_details(version: ModelVersion, released: str | None) -> RenderableType:
    """Show all that is known of one version."""
    table = Table(box=None, pad_edge=False, show_header=False)
    decided = f" ({version.approval_description})" if version.approval_description else ""
    noted = {name: value for name, value in version.metadata.items() if not name.startswith(NOTE_PREFIX)}
    dataset = reference_of(version.metadata.get("data_uri", ""))
    rows = {
        "version": f"{version.version}{', released' if version.arn == released else ''}",
        "approval": f"{version.word}{decided}",
        **({"stages": told(version.stages)} if version.stages else {}),
        "registered": f"{version.created_at.astimezone():%Y-%m-%d %H:%M:%S}" if version.created_at else "-",
        "arn": version.arn,
        "model": version.model_data or "-",
        **({"dataset": dataset} if dataset else {}),
        **{name.replace("_", " "): value for name, value in sorted(noted.items())},
        **(version.card.rows() if version.card else {}),
    }
    for name, value in rows.items():
        table.add_row(Text(name, style="bold"), Text(value))
    return Group(table, Text(), metrics_table(version.evaluation)) if version.evaluation else table
