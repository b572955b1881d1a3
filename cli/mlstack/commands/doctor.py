"""`mlstack doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

EXAMPLES = ("mlstack doctor", "mlstack doctor --json")


def command(
    json: Annotated[bool, typer.Option("--json", help="Print JSON: one object a check.")] = False,
) -> None:
    """Check what mlstack needs on this machine, and say what to do where something is missing.

    Exits with 1 where something is missing that mlstack does not work without.
    """
    from mlstack.console import out, print_json
    from mlstack.doctor import examine

    findings = examine()
    if json:
        print_json(
            [
                {"name": each.name, "ok": each.will_do, "found": each.found, "next_step": each.next_step}
                for each in findings
            ]
        )
    else:
        width = max(len(each.name) for each in findings)
        for each in findings:
            out.print(f"{'ok' if each.will_do else '!!'}  {each.name:{width}}  {each.found}", markup=False)
            if each.next_step:
                out.print(f"    {'':{width}}  {each.next_step}", markup=False)
    if any(each.needed and not each.will_do for each in findings):
        raise typer.Exit(1)
