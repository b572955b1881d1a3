"""`mlstack doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

EXAMPLES = ("mlstack doctor", "mlstack doctor --json", "mlstack doctor prod")


def command(
    environment: Annotated[
        str | None, typer.Argument(help="Check the account of this environment, as in mlstack.yaml.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON: one object a check.")] = False,
) -> None:
    """Check what mlstack needs on this machine, and say what to do where something is missing.

    With an environment: check whether it can be brought up in its account. Credentials, region, state backend,
    permissions, quotas, names and budget are looked at; nothing is made or changed.

    Exits with 1 where something is missing that mlstack, or the environment, does not work without.
    """
    if environment is not None:
        _account(environment, json=json)
    else:
        _machine(json=json)


def _machine(*, json: bool) -> None:
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


def _account(environment: str, *, json: bool) -> None:
    from mlstack.console import out, print_json, progress
    from mlstack.preflight.outcome import Result
    from mlstack.preflight.run import run_checks
    from mlstack.preflight.show import document, lines
    from mlstack.preflight.subject import Subject
    from mlstack.project_directory import ProjectDirectory

    project = ProjectDirectory.find()
    spec = project.load(environment)
    project.require_infra()
    with progress(f"Looking at account {spec.account}"):
        found = run_checks(Subject.of(project, spec))
    if json:
        print_json(document(found))
    else:
        for line in lines(found):
            out.print(line, markup=False)
    if any(each.outcome.result is Result.FAILURE for each in found):
        raise typer.Exit(1)
