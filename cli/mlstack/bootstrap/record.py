"""Saying in a project's files that an environment uses the account's state backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.bootstrap.step import Change, Step
from mlstack.engine.backend import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from mlstack.engine.backend import StateBackend

_KEY = "secretsprovider"


class OtherBackendError(MlstackError):
    """The environment has its state elsewhere already."""

    code = "other-backend"


def record_step(infra: Path, environment: str, backend: StateBackend) -> Step:
    """The step that writes the backend into the stack's file.

    Args:
        infra: The directory of Pulumi.yaml.
        environment: The environment's name.
        backend: The backend.

    Raises:
        OtherBackendError: The file was written by a stack with another key or with a passphrase.
    """
    file = infra / f"Pulumi.{environment}.yaml"
    known = read_yaml(file)
    found = known.get(_KEY)
    if found not in (None, backend.secrets_provider) or "encryptionsalt" in known:
        raise OtherBackendError(
            f"infra/{file.name} says that the stack's secrets are encrypted by "
            f"{found or 'a passphrase'}, so its state is kept elsewhere already.",
            next_step="Move it: `pulumi stack export` there, remove that line, bootstrap, then `pulumi stack init` and "
            "`pulumi stack import` here. Or go on with the backend that it has.",
        )
    change = Change.MAKE if found is None else Change.NONE
    return Step(f"infra/{file.name}: secrets provider", change, lambda: _write(file, backend.secrets_provider))


def _write(file: Path, provider: str) -> None:
    """Adds a line in front, and leaves all else as its user wrote it."""
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if read_yaml(file).get(_KEY) != provider:
        # A document may begin with `---`.
        head, mark, rest = text.partition("---\n") if text.startswith("---\n") else ("", "", text)
        file.write_text(f"{head}{mark}{_KEY}: {provider}\n{rest}", encoding="utf-8")
