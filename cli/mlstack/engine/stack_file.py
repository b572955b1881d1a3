"""The files of a Pulumi project that say what its stacks are called and how their secrets are encrypted.

```
infra/Pulumi.yaml          the project's name
infra/Pulumi.<stack>.yaml  a stack's configuration, and `encryptionsalt`, by which Pulumi checks the passphrase
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from pathlib import Path


def project_name(directory: Path) -> str:
    """The name of a Pulumi project.

    Args:
        directory: The directory of Pulumi.yaml.
    """
    return str(yaml.safe_load((directory / "Pulumi.yaml").read_text(encoding="utf-8"))["name"])


def forget_passphrase(directory: Path, stack: str) -> None:
    """Removes what another local cloud's passphrase left in a stack's configuration.

    Pulumi refuses to make a stack whose configuration was made with another passphrase. A file that holds secrets is
    left alone: only the passphrase of before can read them.

    Args:
        directory: The directory of Pulumi.yaml.
        stack: The stack's name.
    """
    file = directory / f"Pulumi.{stack}.yaml"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if "encryptionsalt" not in (yaml.safe_load(text) or {}) or "secure:" in text:
        return
    rest = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("encryptionsalt:"))
    if rest.strip():
        file.write_text(rest, encoding="utf-8")
    else:
        file.unlink()
