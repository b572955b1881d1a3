"""An environment that is up: its specification, what the stack put out, and clients of its cloud.

Every workflow command starts here. The stack's outputs are read from Pulumi's state, which needs neither the program
nor the cloud.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError

from mlstack.cloud.aws import AwsSession
from mlstack.project_directory import ProjectDirectory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_stacks.spec import EnvironmentSpec

DEFAULT_ENVIRONMENT = "local"


class NotUpError(MlstackError):
    """The environment was never provisioned, or was destroyed."""

    code = "not-up"

    def __init__(self, environment: str) -> None:
        super().__init__(
            f"The environment `{environment}` is not up.", next_step=f"Provision it with `mlstack up {environment}`."
        )


@dataclass(frozen=True)
class StackOutputs:
    """What the project's stack puts out; None where the part is off.

    Attributes:
        artifact_bucket: The bucket of code bundles, models and reports.
        data_bucket: The bucket of the data.
        code_uri: The code bundle that the stack uploaded.
        data_uri: The data that the stack uploaded.
        pipeline_name: The training pipeline.
        model_package_group_name: The group of the model versions.
        endpoint_name: The endpoint.
        endpoint_waits_for: What the endpoint waits for, in words.
        monitoring_schedule_names: The monitoring schedules, by monitor.
        monitors_wait_for: What monitors wait for, in words.
        batch_pipeline_name: The pipeline that scores whole datasets.
        batch_output_uri: Below which each batch has a folder of predictions.
        batch_waits_for: What that pipeline waits for, in words.
        tracking_server_arn: The tracking server.
        tracking_experiment: The experiment that runs belong to.
        release_parameter_path: The path of the parameters that say what is released.
    """

    artifact_bucket: str | None = None
    data_bucket: str | None = None
    code_uri: str | None = None
    data_uri: str | None = None
    pipeline_name: str | None = None
    model_package_group_name: str | None = None
    endpoint_name: str | None = None
    endpoint_waits_for: str | None = None
    monitoring_schedule_names: Mapping[str, str] | None = None
    monitors_wait_for: str | None = None
    batch_pipeline_name: str | None = None
    batch_output_uri: str | None = None
    batch_waits_for: str | None = None
    tracking_server_arn: str | None = None
    tracking_experiment: str | None = None
    release_parameter_path: str | None = None

    @classmethod
    def from_outputs(cls, outputs: Mapping[str, Any]) -> StackOutputs:
        """Read the outputs of a stack; further ones are the user's own."""
        return cls(**{name: outputs.get(name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Deployment:
    """One environment that is up.

    Attributes:
        project: The project's directory.
        spec: The environment's specification.
        outputs: What its stack puts out.
        session: Clients of its cloud.
    """

    project: ProjectDirectory
    spec: EnvironmentSpec
    outputs: StackOutputs
    session: AwsSession

    @classmethod
    def open(cls, environment: str = DEFAULT_ENVIRONMENT) -> Deployment:
        """Find the project and its environment.

        Args:
            environment: The environment's name.

        Returns:
            The environment, with the local cloud started where it is the local one.

        Raises:
            UserError: There is no project here, mlstack.yaml is not valid, or it has no such environment.
            NotUpError: The environment is not up.
            MlstackError: Its cloud cannot be used.
        """
        from mlstack.engine.pulumi import Pulumi

        project = ProjectDirectory.find()
        spec = project.load(environment)
        outputs = Pulumi(project, environment).outputs()
        if not outputs:
            raise NotUpError(environment)
        _wake(spec)
        return cls(project, spec, StackOutputs.from_outputs(outputs), AwsSession.for_environment(spec))

    @property
    def environment(self) -> str:
        """The environment's name."""
        return self.spec.environment

    @property
    def pipeline_name(self) -> str:
        """The training pipeline.

        Raises:
            MlstackError: The environment has none.
        """
        return self._required(self.outputs.pipeline_name, "training pipeline", "steps")

    @property
    def group_name(self) -> str:
        """The group of the model versions.

        Raises:
            MlstackError: The environment has none.
        """
        return self._required(self.outputs.model_package_group_name, "model registry", "registry")

    @property
    def data_bucket(self) -> str:
        """The bucket of the data, which each environment has.

        Raises:
            NotUpError: The environment is not up to the end.
        """
        if self.outputs.data_bucket is None:
            raise NotUpError(self.environment)
        return self.outputs.data_bucket

    @property
    def batch_pipeline_name(self) -> str:
        """The pipeline that scores whole datasets, whether it exists yet or not.

        Raises:
            MlstackError: The environment has none.
        """
        return self._required(self.outputs.batch_pipeline_name, "batches", "serving: {kind: batch}")

    @property
    def endpoint_name(self) -> str:
        """The endpoint, whether it exists yet or not.

        Raises:
            MlstackError: The environment has none.
        """
        return self._required(self.outputs.endpoint_name, "endpoint", "serving")

    def _required(self, value: str | None, what: str, key: str) -> str:
        if value is None:
            raise MlstackError(
                f"The environment `{self.environment}` has no {what}.",
                next_step=f"Give it a `{key}` part in mlstack.yaml, then run `mlstack up {self.environment}`.",
            )
        return value


def _wake(spec: EnvironmentSpec) -> None:
    """Start the local cloud if the environment lives in it: it may have ended with the last session of its user."""
    if not spec.is_local:
        return
    from mlstack_localcloud import control

    from mlstack.home import mlstack_home

    if control.status(mlstack_home()) is None:
        from mlstack.console import progress

        with progress("Starting the local cloud"):
            control.start(mlstack_home())
