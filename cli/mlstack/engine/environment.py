"""The environment variables that the engine runs with.

A local environment gets a backend, a passphrase and a Pulumi home of its own and the local cloud for AWS, whatever the
shell says; a cloud environment gets the shell's own, and is refused where these lead to the local cloud.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit

from mlstack_components.errors import UserError

from mlstack.engine import find
from mlstack.home import mlstack_home

LOCAL = "local"
"""The environment that always lives in the local cloud; others do where mlstack.yaml says `local: true`."""

ROLE_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""The variables of temporary keys."""

_ACCOUNT_DIGITS = 12
_LOOPBACK = {"127.0.0.1", "localhost", "::1", "0.0.0.0"}  # noqa: S104 - recognised, not bound


class LocalEndpointError(UserError):
    """A cloud environment was asked for in a shell that points at the local cloud."""

    code = "local-endpoint"


def engine_environment(environment: str, region: str | None = None, local_account: str | None = None) -> dict[str, str]:
    """The whole process environment for running the engine.

    Args:
        environment: The environment's name.
        region: The region that AWS clients of the program use by default, or None for the shell's.
        local_account: The account of the local cloud that the environment lives in, which is opened by this; None for
            `local`, which lives in its own, and for an environment in a cloud.

    Returns:
        Names and values; nothing of the shell's that would lead elsewhere.

    Raises:
        LocalEndpointError: A cloud environment, while the shell points at the local cloud.
        EngineMissingError: There is no engine.
    """
    if environment == LOCAL or local_account is not None:
        changes = local_variables(find.require(), local_account)
        changes |= role_variables(str(changes["AWS_ENDPOINT_URL"]))
    else:
        refuse_local_endpoint(environment)
        changes = {
            "PATH": _path(find.require()),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_PYTHON_CMD": os.environ.get("PULUMI_PYTHON_CMD") or sys.executable,
        }
    if region is not None:
        changes |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    return _apply(changes)


def local_variables(engine: find.Engine | None, account: str | None = None) -> dict[str, str | None]:
    """What points Pulumi and every AWS client at the local cloud, and at nothing else.

    Works before the local cloud's first start.

    Args:
        engine: What Pulumi is on PATH then; None leaves PATH alone, for clients that need no engine.
        account: The account of the local cloud, which is opened by this; its own by default.

    Returns:
        Names and values; None where a variable must not be set.
    """
    from mlstack_localcloud.control import client_environment
    from mlstack_localcloud.home import ACCOUNT, Home
    from mlstack_localcloud.ports import ensure_ports

    home = Home(mlstack_home())
    aws = client_environment(home.root, account or ACCOUNT)
    return {
        **aws,
        "PULUMI_BACKEND_URL": local_backend().as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": None,
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(_passphrase_file()),
        "PULUMI_ACCESS_TOKEN": None,
        "PULUMI_HOME": str(_private(local_home() / "pulumi")),
        # The provider of the local cloud is listening already: no plugin is looked for, downloaded or started.
        "PULUMI_DEBUG_PROVIDERS": f"aws:{ensure_ports(home).provider}",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_PYTHON_CMD": sys.executable,
        **({"PATH": _path(engine)} if engine is not None else {}),
    }


def role_variables(endpoint_url: str) -> dict[str, str]:
    """What a job or build of the local cloud was given: keys of its role, and a provider with the same rights.

    What runs there has these rights only, as it would have in the cloud, and not those of the user's own key.

    Args:
        endpoint_url: The local cloud's address.

    Returns:
        Names and values; nothing in a shell that has no temporary keys of this local cloud.
    """
    if os.environ.get("AWS_ENDPOINT_URL") != endpoint_url or not os.environ.get("AWS_SESSION_TOKEN"):
        return {}
    return {name: os.environ[name] for name in (*ROLE_KEYS, "PULUMI_DEBUG_PROVIDERS") if name in os.environ}


def check_account(account: str) -> None:
    """Refuses what is no account's id.

    Raises:
        UserError: It has not twelve digits.
    """
    if not (len(account) == _ACCOUNT_DIGITS and account.isascii() and account.isdecimal()):
        raise UserError(
            f"{account!r} is not an account: it has {_ACCOUNT_DIGITS} digits.", next_step="Write all of them."
        )


def local_home() -> Path:
    """Where the local cloud keeps its data; it need not exist."""
    return mlstack_home() / "local"


def local_backend() -> Path:
    """The directory of Pulumi's state of local environments, made if needed."""
    return _private(local_home() / "state")


def refuse_local_endpoint(environment: str) -> None:
    """Refuses to run a cloud environment on the local cloud.

    Args:
        environment: The environment's name.

    Raises:
        LocalEndpointError: AWS clients, the provider or the state of this shell are the local cloud's.
    """
    found = [f"{name}={value}" for name, value in sorted(os.environ.items()) if _leads_to_local(name, value)]
    if found:
        raise LocalEndpointError(
            f"{environment!r} is a cloud environment, and this shell points at the local cloud ({found[0]}).",
            next_step="Open a new shell without `mlstack local env`, or unset these variables.",
        )


def _leads_to_local(name: str, value: str) -> bool:
    if name == "AWS_ENDPOINT_URL" or name.startswith("AWS_ENDPOINT_URL_"):
        return urlsplit(value).hostname in _LOOPBACK
    if name == "PULUMI_DEBUG_PROVIDERS":
        return any(each.startswith("aws:") for each in value.split(","))
    if name == "PULUMI_BACKEND_URL":
        return value.startswith((local_home() / "state").as_uri())
    return False


def _apply(changes: dict[str, str | None]) -> dict[str, str]:
    merged: dict[str, str | None] = {**os.environ, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def _path(engine: find.Engine) -> str:
    first = [*map(str, engine.search_path), str(Path(sys.executable).parent)]
    rest = filter(None, os.environ.get("PATH", "").split(os.pathsep))
    return os.pathsep.join(dict.fromkeys([*first, *rest]))


def _private(directory: Path) -> Path:
    directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.mkdir(mode=0o700, exist_ok=True)
    return directory


def _passphrase_file() -> Path:
    """Pulumi's passphrase for the local state, made at the first use; only its user may read it."""
    file = _private(local_home()) / "passphrase"
    if not file.exists():
        beside = file.with_name(f".passphrase-{os.getpid()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as writer:
            writer.write(secrets.token_urlsafe(32))
        try:
            # Of two processes that make one at once, the first wins.
            os.link(beside, file)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    return file
