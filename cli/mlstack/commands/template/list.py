"""`mlstack template list`."""

from __future__ import annotations

from typing import Annotated

import typer

EXAMPLES = ("mlstack template list", "mlstack template list --tag batch --json")


def command(
    tag: Annotated[str | None, typer.Option("--tag", metavar="WORD", help="Only those with this tag.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Fetch nothing; take what was fetched before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the result as JSON.")] = False,
) -> None:
    """List the templates of all catalogs, in the order in which a name is looked for."""
    from mlstack.console import out, plain, print_json
    from mlstack.scaffold.catalog.configured import catalogs

    found = [
        template
        for catalog in catalogs(offline=offline)
        for template in catalog.templates.values()
        if tag is None or tag in template.tags
    ]
    if as_json:
        print_json(
            [
                {
                    "name": template.full_name,
                    "title": template.title,
                    "version": template.recommended,
                    "tags": list(template.tags),
                    "owner": template.owner,
                    "deprecated": str(template.deprecated) if template.deprecated else None,
                }
                for template in found
            ]
        )
        return
    from rich.table import Table

    table = Table("template", "version", "what for", box=None, pad_edge=False)
    for template in found:
        note = f" ({template.deprecated})" if template.deprecated else ""
        table.add_row(*map(plain, (template.full_name, template.recommended, f"{template.title}{note}")))
    out.print(table)
