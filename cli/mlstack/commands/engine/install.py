"""`mlstack engine install`."""

from __future__ import annotations

EXAMPLES = ("mlstack engine install",)


def command() -> None:
    """Install the Pulumi engine.

    Uses the `pulumi` on PATH where its version will do, else the official installer, else a build with Go. What it
    installs is kept in ~/.mlstack/engine.
    """
    from mlstack.console import out, progress
    from mlstack.engine.install import ensure

    with progress("Looking for the Pulumi engine") as shown:
        engine = ensure(shown.update)
    out.print(f"Pulumi {engine.version}: {engine.executable}", markup=False)
