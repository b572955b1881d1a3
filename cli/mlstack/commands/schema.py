"""`mlstack schema`."""

from __future__ import annotations

EXAMPLES = ("mlstack schema > mlstack.schema.json",)


def command() -> None:
    """Print the JSON schema of mlstack.yaml, for editors.

    With `# yaml-language-server: $schema=mlstack.schema.json` as its first line, editors complete and check the file.
    """
    import json
    import sys

    from mlstack_stacks.spec.schema import json_schema

    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
