"""`mlstack check`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mlstack.scaffold.check.currency import Currency
    from mlstack.scaffold.check.drift import Drift

EXAMPLES = (
    "mlstack check",
    "mlstack check --fix",
    "mlstack check --fail-outdated --format sarif > check.sarif",
)


class Format(StrEnum):
    """How the findings are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


def command(
    directory: Annotated[Path, typer.Argument(help="The project's folder.")] = Path(),
    *,
    fix: Annotated[bool, typer.Option("--fix", help="Write the template's own files as it makes them.")] = False,
    fail_outdated: Annotated[
        bool, typer.Option("--fail-outdated", help="Exit with 6 where there is a newer version in the range.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Fetch nothing; take what was fetched before.")] = False,
    written: Annotated[Format, typer.Option("--format", help="How the findings are written.")] = Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Compare a project with its template: files that are the template's, shared lines, markers, versions.

    Exits with 5 where something drifted that no waiver lets be.
    """
    from datetime import UTC, datetime

    from mlstack_components.errors import EXIT_DRIFT, EXIT_OUTDATED

    from mlstack.scaffold import lock
    from mlstack.scaffold.catalog.find import reopened
    from mlstack.scaffold.check import drift, waivers
    from mlstack.scaffold.check.currency import currency_of
    from mlstack.scaffold.update.subject import marked_files

    project = directory.resolve()
    locked, excused = lock.read(project), waivers.read(project)
    made = drift.rendered(project, reopened(locked.origin, offline=offline))
    found = [*drift.drifts(project, made), *drift.marker_drifts(marked_files(project))]
    found = waivers.applied(found, excused, datetime.now(UTC).date())
    fixed = drift.restore(project, made, found) if fix else []
    left = [each for each in found if each.path not in fixed]
    currency = currency_of(locked, offline=offline)
    _write(locked, left, fixed, currency, Format.JSON if as_json else written)
    if any(each.waived is None for each in left):
        raise typer.Exit(EXIT_DRIFT)
    if fail_outdated and currency.update is not None:
        raise typer.Exit(EXIT_OUTDATED)


def _write(locked: Any, left: list[Drift], fixed: list[str], currency: Currency, written: Format) -> None:
    import json
    from dataclasses import asdict

    if written is Format.SARIF:
        from mlstack.scaffold.check.sarif import sarif

        typer.echo(json.dumps(sarif(left), indent=2))
    elif written is Format.JSON:
        document = {
            "template": locked.origin.full_name,
            **asdict(currency),
            "findings": [asdict(each) for each in left],
            "fixed": fixed,
        }
        typer.echo(json.dumps(document, indent=2))
    else:
        _print(locked, left, fixed, currency)


def _print(locked: Any, left: list[Drift], fixed: list[str], currency: Currency) -> None:
    from mlstack_components.errors import printable

    for each in left:
        waived = f" Let be: {each.waived}." if each.waived else ""
        typer.echo(printable(f"{each.rule}: {each.message}{waived}"))
    for path in fixed:
        typer.echo(printable(f"Restored {path}."))
    name = f"{locked.origin.full_name} {currency.version}"
    open_findings = sum(each.waived is None for each in left)
    typer.echo(f"{name}: {f'{open_findings} differences' if open_findings else 'no difference'}.")
    if currency.update:
        typer.echo(f"{currency.update} is there: mlstack update --dry-run")
    elif currency.newest != currency.version and not currency.unknown:
        typer.echo(f"{currency.newest} is there, outside of your range {locked.origin.range}.")
    if currency.deprecated:
        typer.echo(f"The template is {currency.deprecated}.")
    if currency.unknown:
        typer.echo(printable(f"Newer versions were not looked for: {currency.unknown}"))
