"""One environment of a machine-learning project as a Pulumi component.

Account and region come from the specification alone; where Pulumi's own configuration says something else, the program
stops before it declares anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from mlstack_stacks.composition import compose
from mlstack_stacks.configuration import check_configuration
from mlstack_stacks.declaration import declared
from mlstack_stacks.outputs import ProjectOutputs  # noqa: TC001 - Pulumi reads the annotations of components
from mlstack_stacks.spec import EnvironmentSpec, load

if TYPE_CHECKING:
    from pathlib import Path


class Project(pulumi.ComponentResource):
    """Everything that a project consists of in one environment."""

    spec: EnvironmentSpec
    """The specification."""
    outputs: ProjectOutputs
    """What the project provisioned: buckets, keys, names."""

    def __init__(self, name: str, spec: EnvironmentSpec, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declares the project.

        Args:
            name: The component's name.
            spec: The specification of the environment.
            opts: Options; a provider given here is that of all resources.

        Raises:
            UserError: Pulumi's configuration contradicts the specification, or the framework has no image.
        """
        check_configuration(spec)
        super().__init__("mlstack:stacks:Project", name, {}, opts)
        self.spec = spec
        self.outputs = compose(spec, self)
        self.register_outputs(self.outputs.as_dict())

    @classmethod
    def from_spec(cls, spec_file: str | Path, environment: str | None = None) -> Project:
        """Declares the project of a mlstack.yaml and exports its outputs.

        Args:
            spec_file: The file.
            environment: The environment; that of the stack's name by default.

        Returns:
            The project.

        Raises:
            pulumi.RunError: The file is not valid, or Pulumi's configuration contradicts it. Pulumi shows its message
                without a traceback.
        """
        return declared(spec_file, environment, load, cls)
