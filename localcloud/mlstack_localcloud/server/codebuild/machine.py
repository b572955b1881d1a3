"""What builds find on this machine, in place of what an image of CodeBuild's has: programs, and a provider of Pulumi's.

In AWS Pulumi starts the provider's plugin inside the build, which signs with the build's keys. Here the engine attaches
to a provider that is listening; so each build has one of its own, which signs with the keys of the build's role.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager


class Machine:
    """This machine as builds see it.

    Args:
        home: `$MLSTACK_HOME` of the local cloud: a build runs the same mlstack on the same local state.
        cache: `$MLSTACK_CACHE`.
        provider: Serves Pulumi with the rights of a role, and gives the port.
    """

    def __init__(self, home: Path, cache: Path, provider: Callable[[str], AbstractContextManager[int]]) -> None:
        self._home = home
        self._cache = cache
        self._provider = provider

    @contextmanager
    def for_build(self, role_arn: str, environment: dict[str, str]) -> Iterator[dict[str, str]]:
        """Give a build what is here, as long as it runs.

        Args:
            role_arn: Its role.
            environment: Its variables.

        Returns:
            Its variables with what leads there. What the build itself has on PATH comes first.
        """
        paths = [environment["PATH"], str(Path(sys.executable).parent), os.environ.get("PATH", "")]
        with self._provider(role_arn) as port:
            yield {
                **environment,
                "PATH": os.pathsep.join(filter(None, paths)),
                "MLSTACK_HOME": str(self._home),
                "MLSTACK_CACHE": str(self._cache),
                "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            }
