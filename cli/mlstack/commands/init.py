"""`mlstack init`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mlstack.scaffold.project import Created
    from mlstack.scaffold.template import Template

EXAMPLES = (
    "mlstack init realtime weather --yes",
    "mlstack init realtime churn --set name=churn-model --set dev_account=111111111111 --set region=eu-west-1",
    "mlstack init acme/churn-batch@^2 churn --answers team.yml --yes",
)


def command(
    template: Annotated[str, typer.Argument(help="The template, such as realtime or acme/churn-batch@^2.")],
    directory: Annotated[
        Path | None, typer.Argument(help="Where the project goes; it must not exist or be empty. [default: its name]")
    ] = None,
    *,
    assignments: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Answer a question. Can be repeated.")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="Answer questions from a YAML file.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take the defaults.")] = False,
    git: Annotated[bool, typer.Option("--git/--no-git", help="Make a git repository with one commit.")] = True,
    trust_once: Annotated[
        bool,
        typer.Option("--trust-once", help="Let the template run its tasks, though no catalog trusts it with that."),
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Fetch nothing; take what was fetched before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the result as JSON.")] = False,
) -> None:
    """Create a project from a template, with a git repository of one commit.

    Everything is checked before anything is written, and nothing is left behind when it fails.
    """
    from mlstack_components.errors import UserError

    from mlstack.scaffold.answers import given_answers
    from mlstack.scaffold.catalog.find import find
    from mlstack.scaffold.project import create
    from mlstack.scaffold.trust import trusted_once

    found = find(template, offline=offline)
    if trust_once:
        found = trusted_once(found)
    given = given_answers(answers, assignments)
    if not yes and not sys.stdin.isatty():
        raise UserError("There is no terminal to ask questions on.", next_step="Run it again with --yes.")
    where = directory or Path(
        str(given.get("name") or found.questions.get("name", {}).get("default", found.origin.template))
    )
    created = create(found, where, given, ask=not yes, git=git)
    if as_json:
        _print_json(found, created)
    else:
        _print(found, created, where)


def _print_json(template: Template, created: Created) -> None:
    # Not console.print_json: rich would be a third of this command's time.
    import json

    document = {
        "catalog": template.origin.catalog,
        "template": template.origin.template,
        "version": template.origin.version,
        "range": template.origin.range,
        "sha": template.origin.sha,
        "directory": str(created.directory),
        "answers": created.answers,
        "files": created.files,
        "git": created.git,
    }
    typer.echo(json.dumps(document, indent=2))


_GIT = {
    "committed": "git: one commit.",
    "surrounding": "git: part of the repository around it; commit it there.",
    "missing": "git: not installed, so there is no repository.",
    "off": "git: no repository, as asked.",
}


def _print(template: Template, created: Created, where: Path) -> None:
    origin = template.origin
    typer.echo(
        f"Created {where} from {origin.full_name} {origin.version}: {len(created.files)} files. {_GIT[created.git]}"
    )
    typer.echo(f"\nNext:\n  cd {where}\n  mlstack up local\n\nThe way from there is in its README.md.")
