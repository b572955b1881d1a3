"""`mlstack schema`."""

from __future__ import annotations

from typing import Annotated

import typer

EXAMPLES = ("mlstack schema > mlstack.schema.json", "mlstack schema --platform > platform.schema.json")


def command(
    platform: Annotated[bool, typer.Option("--platform", help="Of platform.yaml, the file of a platform.")] = False,
) -> None:
    """Print the JSON schema of mlstack.yaml, for editors.

    With `# yaml-language-server: $schema=mlstack.schema.json` as its first line, editors complete and check the file.
    """
    import json
    import sys

    if platform:
        from mlstack_stacks.platform.schema import json_schema
    else:
        from mlstack_stacks.spec.schema import json_schema

    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
