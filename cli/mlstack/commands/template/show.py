"""`mlstack template show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mlstack.scaffold.catalog.entries import CatalogTemplate
    from mlstack.scaffold.template import Template

EXAMPLES = ("mlstack template show realtime", "mlstack template show acme/churn-batch@^2 --json")


def command(
    name: Annotated[str, typer.Argument(help="The template, such as realtime or acme/churn-batch@^2.")],
    offline: Annotated[bool, typer.Option("--offline", help="Fetch nothing; take what was fetched before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the result as JSON.")] = False,
) -> None:
    """Show a template: its versions, what it asks, and whose its files are."""
    from mlstack.console import print_json
    from mlstack.scaffold.catalog.find import Wish, find, find_entry

    entry = find_entry(Wish.parse(name), offline=offline)
    template = find(name, offline=offline)
    document = _document(entry, template)
    if as_json:
        print_json(document)
    else:
        _print(document)


def _document(entry: CatalogTemplate, template: Template) -> dict[str, Any]:
    return {
        "name": entry.full_name,
        "title": entry.title,
        "owner": entry.owner,
        "tags": list(entry.tags),
        "source": entry.source,
        "deprecated": str(entry.deprecated) if entry.deprecated else None,
        "trust": sorted(entry.trust),
        "version": template.origin.version,
        "versions": [
            {"version": r.version, "sha": r.sha, "notes": r.notes, "breaking": r.breaking} for r in entry.releases
        ],
        "questions": [
            {
                "name": question,
                "type": asked.get("type", "str"),
                "help": asked.get("help", ""),
                "default": asked.get("default", ""),
                "choices": asked.get("choices"),
            }
            for question, asked in template.questions.items()
        ],
        "ownership": template.ownership,
    }


def _print(document: dict[str, Any]) -> None:
    from rich.table import Table

    from mlstack.console import out, plain

    out.print(plain(f"{document['name']} {document['version']}: {document['title']}"))
    if document["deprecated"]:
        out.print(plain(document["deprecated"]))
    out.print(plain(f"From {document['source']}."), end="\n\n")
    versions = Table("version", "what is new", box=None, pad_edge=False)
    for release in document["versions"]:
        breaking = " (breaking)" if release["breaking"] else ""
        versions.add_row(*map(plain, (release["version"], f"{release['notes']}{breaking}")))
    out.print(versions)
    out.print("")
    questions = Table("question", "default", "", box=None, pad_edge=False)
    for question in document["questions"]:
        questions.add_row(*map(plain, (question["name"], str(question["default"]), str(question["help"]))))
    out.print(questions)
