"""The project that a command is about: the directory that holds mlstack.yaml.

```
<root>/mlstack.yaml     the spec
<root>/infra/           the Pulumi program
<root>/src/             the machine-learning code
```
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from mlstack_stacks.spec import EnvironmentSpec

SPEC_NAME = "mlstack.yaml"


@dataclass(frozen=True)
class ProjectDirectory:
    """A project on disk.

    Attributes:
        root: The directory that holds mlstack.yaml, absolute.
    """

    root: Path

    @property
    def spec_file(self) -> Path:
        """mlstack.yaml, absolute."""
        return self.root / SPEC_NAME

    @property
    def infra(self) -> Path:
        """The Pulumi project, absolute; `ProjectDirectory.require_infra` says whether it is there."""
        return self.root / "infra"

    @classmethod
    def find(cls, start: Path | None = None) -> ProjectDirectory:
        """The project of a directory or of one of its parents.

        Args:
            start: Where to begin; the working directory by default.

        Returns:
            The nearest directory upwards that holds mlstack.yaml.

        Raises:
            UserError: No directory upwards holds one.
        """
        begin = (start or Path.cwd()).absolute()
        for directory in (begin, *begin.parents):
            if (directory / SPEC_NAME).is_file():
                return cls(directory)
        raise UserError(
            f"There is no {SPEC_NAME} in {begin} or above it.",
            next_step="Go to a project's directory, or make one with `mlstack init realtime DIRECTORY`.",
        )

    def require_infra(self) -> Path:
        """The Pulumi project.

        Returns:
            `infra`, which holds a Pulumi.yaml.

        Raises:
            UserError: There is none.
        """
        if not (self.infra / "Pulumi.yaml").is_file():
            raise UserError(
                f"{self.infra / 'Pulumi.yaml'} is missing, so there is no Pulumi program to run.",
                next_step="Restore `infra/` from version control.",
            )
        return self.infra

    def load(self, environment: str) -> EnvironmentSpec:
        """Reads and checks mlstack.yaml for an environment.

        Args:
            environment: The environment's name, a key of `environments:`.

        Returns:
            The spec with the environment's overrides applied.

        Raises:
            SpecError: mlstack.yaml is not valid, or has no such environment.
        """
        from mlstack_stacks.spec import load

        return load(self.spec_file, environment)
