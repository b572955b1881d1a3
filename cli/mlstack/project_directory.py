"""What a command is about: the directory that holds mlstack.yaml, or for some the one that holds platform.yaml.

```
<root>/mlstack.yaml     the spec                <root>/platform.yaml   the spec
<root>/infra/           the Pulumi program      <root>/                the Pulumi program
<root>/src/             the machine-learning code
```
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from mlstack_stacks.platform.spec import PlatformSpec
    from mlstack_stacks.spec import EnvironmentSpec
    from mlstack_stacks.spec.stack import StackSpec

SPEC_NAME = "mlstack.yaml"
PLATFORM_SPEC_NAME = "platform.yaml"


@dataclass(frozen=True)
class StackDirectory:
    """A specification of environments on disk, with its Pulumi program.

    Attributes:
        root: The directory that holds the specification, absolute.
    """

    root: Path

    @property
    def spec_file(self) -> Path:
        """The specification, absolute."""
        raise NotImplementedError

    @property
    def infra(self) -> Path:
        """The Pulumi project, absolute; `require_infra` says whether it is there."""
        return self.root / "infra"

    def require_infra(self) -> Path:
        """The Pulumi project.

        Returns:
            Its directory, which holds a Pulumi.yaml.

        Raises:
            UserError: There is none.
        """
        if not (self.infra / "Pulumi.yaml").is_file():
            raise UserError(
                f"{self.infra / 'Pulumi.yaml'} is missing, so there is no Pulumi program to run.",
                next_step=f"Restore `{self.infra.name}/` from version control.",
            )
        return self.infra

    def load(self, environment: str) -> StackSpec:
        """Reads and checks the specification for an environment.

        Args:
            environment: The environment's name, a key of `environments:`.

        Returns:
            The spec with the environment's overrides applied.

        Raises:
            SpecError: The specification is not valid.
            UserError: It has no such environment.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class ProjectDirectory(StackDirectory):
    """A project on disk."""

    @property
    def spec_file(self) -> Path:
        """mlstack.yaml, absolute."""
        return self.root / SPEC_NAME

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


@dataclass(frozen=True)
class PlatformDirectory(StackDirectory):
    """A platform on disk; its Pulumi program stands beside platform.yaml."""

    @property
    def spec_file(self) -> Path:
        """platform.yaml, absolute."""
        return self.root / PLATFORM_SPEC_NAME

    @property
    def infra(self) -> Path:
        """The Pulumi project, absolute."""
        return self.root

    def load(self, environment: str) -> PlatformSpec:
        """Reads and checks platform.yaml for an environment.

        Args:
            environment: The environment's name, a key of `environments:`.

        Returns:
            The spec with the environment's overrides applied.

        Raises:
            SpecError: platform.yaml is not valid.
            UserError: It has no such environment.
        """
        from mlstack_stacks.platform.load import load_platform

        return load_platform(self.spec_file, environment)


def find_stack(start: Path | None = None) -> ProjectDirectory | PlatformDirectory:
    """The project or platform of a directory or of one of its parents, for commands that take either.

    Args:
        start: Where to begin; the working directory by default.

    Returns:
        The nearest directory upwards that holds mlstack.yaml or platform.yaml.

    Raises:
        UserError: No directory upwards holds one.
    """
    begin = (start or Path.cwd()).absolute()
    for directory in (begin, *begin.parents):
        if not (directory / SPEC_NAME).is_file() and (directory / PLATFORM_SPEC_NAME).is_file():
            return PlatformDirectory(directory)
        if (directory / SPEC_NAME).is_file():
            break
    return ProjectDirectory.find(begin)
