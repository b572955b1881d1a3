"""Plain `pulumi` in a project, as its users type it."""

import subprocess
import sys

from .conftest import MINUTES, Project


def pulumi(project: Project, arguments: str) -> str:
    """What a command of the engine prints, run in `infra/` with the variables of `mlstack local env`."""
    ended = subprocess.run(
        [
            "bash",
            "-ec",
            f'eval "$("$PYTHON" -m mlstack local env)" && cd infra && pulumi {arguments} --non-interactive',
        ],
        cwd=project.directory,
        env={**project.variables, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
        timeout=5 * MINUTES,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
