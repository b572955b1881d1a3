"""What is live of a platform: whether its stack is up, and what it tells its projects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlstack.project_directory import PlatformDirectory


def show_platform(platform: PlatformDirectory, environment: str, *, as_json: bool) -> None:
    """Prints the state of a platform's environment, from Pulumi's state alone.

    Args:
        platform: The platform.
        environment: The environment.
        as_json: Whether one JSON document is printed instead of text.

    Raises:
        UserError: platform.yaml is not valid, or has no such environment.
    """
    from mlstack.cloud.deployment import NotUpError
    from mlstack.console import out, print_json
    from mlstack.engine.pulumi import Pulumi

    spec = platform.load(environment)
    outputs = Pulumi.of(platform, spec).outputs()
    if as_json:
        up = bool(outputs)
        print_json({"environment": environment, "up": up, **({"outputs": outputs} if up else {})})
        return
    if not outputs:
        error = NotUpError(environment)
        out.print(f"{error.message} {error.next_step}", markup=False)
        return
    out.print(f"{spec.name} is up in {spec.account} in {spec.region}", markup=False)
    for name, value in sorted(outputs.items()):
        if value is not None:
            out.print(f"  {name}: {_text(value)}", markup=False, soft_wrap=True)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
