"""The platform of one account and region as a Pulumi component."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from mlstack_stacks.configuration import check_configuration
from mlstack_stacks.declaration import declared
from mlstack_stacks.platform.composition import compose
from mlstack_stacks.platform.load import load_platform
from mlstack_stacks.platform.outputs import PlatformOutputs  # noqa: TC001 - Pulumi reads the annotations of components
from mlstack_stacks.platform.spec import PlatformSpec  # noqa: TC001 - Pulumi reads the annotations of components

if TYPE_CHECKING:
    from pathlib import Path


class Platform(pulumi.ComponentResource):
    """Everything that an account and region has once for all of its projects."""

    spec: PlatformSpec
    """The specification."""
    outputs: PlatformOutputs
    """What the platform provisioned: ids, keys, roles."""

    def __init__(self, name: str, spec: PlatformSpec, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declares the platform.

        Args:
            name: The component's name.
            spec: The specification of the environment.
            opts: Options; a provider given here is that of all resources.

        Raises:
            UserError: Pulumi's configuration contradicts the specification.
        """
        check_configuration(spec)
        super().__init__("mlstack:stacks:Platform", name, {}, opts)
        self.spec = spec
        self.outputs = compose(spec, self)
        self.register_outputs(self.outputs.as_dict())

    @classmethod
    def from_spec(cls, spec_file: str | Path, environment: str | None = None) -> Platform:
        """Declares the platform of a platform.yaml and exports its outputs.

        Args:
            spec_file: The file.
            environment: The environment; that of the stack's name by default.

        Returns:
            The platform.

        Raises:
            pulumi.RunError: The file is not valid, or Pulumi's configuration contradicts it. Pulumi shows its message
                without a traceback.
        """
        return declared(spec_file, environment, load_platform, cls)
