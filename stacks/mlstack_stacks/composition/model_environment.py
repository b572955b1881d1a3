"""What the parts of one model of several share: names and roles of its own, and all else with the other models."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import pulumi

from mlstack_stacks.composition.data import data_uri
from mlstack_stacks.composition.environment import Environment

if TYPE_CHECKING:
    from mlstack_components.aws.artifact_store import ArtifactStore
    from mlstack_components.aws.encryption_key import EncryptionKey

    from mlstack_stacks.spec import EnvironmentSpec

MODEL_TAG = "mlstack:model"
"""The tag of what belongs to one model of several."""


class Model(pulumi.ComponentResource):
    """Everything that belongs to one model of several."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
        """Declares the model.

        Args:
            name: The component's name.
            opts: Options, with the project as the parent.
        """
        super().__init__("mlstack:stacks:Model", name, {}, opts)
        self.register_outputs({})


class ModelEnvironment(Environment):
    """What the parts of one model share.

    Args:
        view: The specification of the environment as if it had this model only.
        name: The model's name.
        shared: What all models share.
    """

    def __init__(self, view: EnvironmentSpec, name: str, shared: Environment) -> None:
        super().__init__(view, shared.parent)
        self.parent = Model(self.prefix, shared.options)
        self.options = self.options_in_network = pulumi.ResourceOptions(parent=self.parent)
        self.tags = {**shared.tags, MODEL_TAG: name}
        self._name = name
        self._shared = shared

    def follow(self) -> None:
        """Take over what parts of the environment have made since."""
        shared = self._shared
        self.network, self.boundary, self.topic_arn = shared.network, shared.boundary, shared.topic_arn
        self.job_log_group_arns, self.tracking = shared.job_log_group_arns, shared.tracking
        self.own_images = shared.own_images
        if shared.options_in_network is not shared.options:
            placed = shared.options_in_network
            self.options_in_network = pulumi.ResourceOptions.merge(placed, pulumi.ResourceOptions(parent=self.parent))

    @cached_property
    def key(self) -> EncryptionKey:
        """The key of everything."""
        return self._shared.key

    @cached_property
    def store(self) -> ArtifactStore:
        """The buckets, the code and the data."""
        return self._shared.store

    @cached_property
    def data_uri(self) -> pulumi.Output[str | None]:
        """Where the pipeline finds the data; None without data."""
        uploaded = self.store.data_uris.get(self._name)
        return data_uri(self.spec, self.store) if uploaded is None else uploaded
