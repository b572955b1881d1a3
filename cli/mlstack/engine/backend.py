"""The state backend of an account that was bootstrapped: its names, and where a project says that it uses it.

```
infra/Pulumi.<environment>.yaml
    secretsprovider: awskms://alias/mlstack/state/222222222222-eu-west-1?region=eu-west-1
```

Pulumi keeps the key of a stack's secrets in this file anyway, and bucket and key belong together, so the line tells
both; it is committed with the project, and no command has to ask AWS where the state is. `mlstack bootstrap` writes it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import yaml
from mlstack_components.errors import UserError
from mlstack_stacks.state_backend import MAX_BUCKET, StateBackend

from mlstack.engine.environment import LOCAL

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MAX_BUCKET", "StateBackend", "backend_variables", "read_yaml", "recorded_backend", "secrets_options"]


def recorded_backend(infra: Path, environment: str) -> StateBackend | None:
    """The backend that a project uses for an environment, as its files say.

    Args:
        infra: The directory of Pulumi.yaml.
        environment: The environment's name.

    Returns:
        The backend; None where the environment was not bootstrapped, as the local one never is.
    """
    if environment == LOCAL:
        return None
    provider = read_yaml(infra / f"Pulumi.{environment}.yaml").get("secretsprovider")
    return StateBackend.parse(provider) if isinstance(provider, str) else None


def backend_variables(infra: Path, environment: str) -> dict[str, str]:
    """What makes the engine use the backend of a bootstrapped environment.

    A backend that the user names, by PULUMI_BACKEND_URL or in Pulumi.yaml, wins.

    Args:
        infra: The directory of Pulumi.yaml.
        environment: The environment's name.

    Returns:
        PULUMI_BACKEND_URL; nothing where the environment was not bootstrapped, or the user names a backend.
    """
    backend = recorded_backend(infra, environment)
    named = read_yaml(infra / "Pulumi.yaml").get("backend")
    if backend is None or os.environ.get("PULUMI_BACKEND_URL") or (isinstance(named, dict) and named.get("url")):
        return {}
    return {"PULUMI_BACKEND_URL": backend.url}


def secrets_options(infra: Path, environment: str) -> list[str]:
    """What `pulumi stack init` is told of the key of an environment's secrets.

    Args:
        infra: The directory of Pulumi.yaml.
        environment: The environment's name.
    """
    backend = recorded_backend(infra, environment)
    return [] if backend is None else ["--secrets-provider", backend.secrets_provider]


def refuse_recorded_backend(infra: Path, environment: str) -> None:
    """Refuses to take an environment that was bootstrapped in a cloud for one in the local cloud.

    Args:
        infra: The directory of Pulumi.yaml.
        environment: The environment's name.

    Raises:
        UserError: Its file says that its state is in a cloud.
    """
    if recorded_backend(infra, environment) is not None:
        raise UserError(
            f"mlstack.yaml says that `{environment}` is local, and {infra.name}/Pulumi.{environment}.yaml that it was "
            "bootstrapped in a cloud.",
            next_step="Give the trial another name, or remove `secretsprovider` from that file.",
        )


def read_yaml(file: Path) -> dict[str, Any]:
    """A file of Pulumi's; empty where it is not there or holds no map.

    Args:
        file: The file.
    """
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        # A file that is no YAML is refused by the engine, in its own words.
        return {}
    return document if isinstance(document, dict) else {}
