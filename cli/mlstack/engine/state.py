"""What the engine knows of a stack: its resources and outputs.

The state of a file backend is read as it lies on disk: a millisecond, where asking the engine takes half a second.

```
<backend>/.pulumi/stacks/<project>/<stack>.json     {"version": 3, "checkpoint": {"latest": {"resources": [...]}}}
<backend>/.pulumi/locks/organization/<project>/<stack>/<id>.json    {"pid", "username", "hostname", "timestamp"}
```
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_STACK_TYPE = "pulumi:pulumi:Stack"
_VERSION = 3
# How Pulumi marks a secret in JSON (sdk/go/common/resource/sig: Key and Secret).
_SIGNATURE = "4dabf18193072939515e22adb298388d"


@dataclass(frozen=True)
class StateResource:
    """A resource as the state holds it.

    Attributes:
        urn: Its name in Pulumi.
        type: The type token, such as `aws:s3/bucket:Bucket`.
        id: The provider's id; empty for components.
        outputs: Its properties; secrets are ciphertext.
        inputs: What the program asked for.
        custom: Whether a provider made it; components are not custom.
        external: Whether the program only reads it.
        retained: Whether it outlives its stack (`retain_on_delete`).
    """

    urn: str
    type: str
    id: str
    outputs: dict[str, Any]
    inputs: dict[str, Any]
    custom: bool
    external: bool
    retained: bool

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.split("::", 3)[3]


@dataclass(frozen=True)
class State:
    """The state of a stack.

    Attributes:
        resources: In the order of their making.
        pending: Operations that were under way when the engine was killed: `{"type": "creating", "resource": {...}}`.
    """

    resources: tuple[StateResource, ...]
    pending: tuple[dict[str, Any], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was made yet, nor being made."""
        return not self.pending and all(each.type == _STACK_TYPE for each in self.resources)

    @property
    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; secrets are ciphertext."""
        return next((each.outputs for each in self.resources if each.type == _STACK_TYPE), {})


def parse(deployment: Mapping[str, Any]) -> State:
    """Reads a deployment, as `pulumi stack export` prints it and checkpoints hold it.

    Args:
        deployment: The object that has `resources`.

    Returns:
        The state, without the copies that await deletion.
    """
    resources = tuple(_resource(each) for each in deployment.get("resources") or () if not each.get("delete"))
    return State(resources, tuple(deployment.get("pending_operations") or ()))


def read_file(file: Path) -> State | None:
    """Reads a checkpoint of a file backend.

    Args:
        file: The stack's JSON file.

    Returns:
        The state; None where there is no such file, or it is not of the version that is known here.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if document.get("version") != _VERSION:
        return None
    return parse(document.get("checkpoint", {}).get("latest") or {})


def backend_directory(environment: Mapping[str, str]) -> Path | None:
    """The directory of a file backend.

    Args:
        environment: What the engine runs with.

    Returns:
        The directory; None where the state is kept elsewhere.
    """
    from pathlib import Path

    url = urlsplit(environment.get("PULUMI_BACKEND_URL", ""))
    return Path(unquote(url.path)) if url.scheme == "file" and not url.netloc else None


def has_secret(value: object) -> bool:
    """Whether a value holds ciphertext somewhere."""
    if isinstance(value, dict):
        return _SIGNATURE in value or any(map(has_secret, value.values()))
    return isinstance(value, list) and any(map(has_secret, value))


def _resource(raw: Mapping[str, Any]) -> StateResource:
    return StateResource(
        urn=raw["urn"],
        type=raw["type"],
        id=raw.get("id", ""),
        outputs=raw.get("outputs") or {},
        inputs=raw.get("inputs") or {},
        custom=bool(raw.get("custom")),
        external=bool(raw.get("external")),
        retained=bool(raw.get("retainOnDelete")),
    )
