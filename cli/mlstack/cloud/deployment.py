"""An environment that is up: its specification, what the stack put out, and clients of its cloud.

Every workflow command starts here. The stack's outputs are read from Pulumi's state, which needs neither the program
nor the cloud.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError, UserError

from mlstack.cloud.aws import AwsSession
from mlstack.project_directory import ProjectDirectory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

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
        model_package_group_arn: The group of the model versions, where it is another environment's.
        endpoint_name: The endpoint.
        endpoint_waits_for: What the endpoint waits for, in words.
        monitoring_schedule_names: The monitoring schedules, by monitor.
        monitors_wait_for: What monitors wait for, in words.
        batch_pipeline_name: The pipeline that scores whole datasets.
        batch_output_uri: Below which each batch has a folder of predictions.
        batch_waits_for: What that pipeline waits for, in words.
        tracking_server_arn: The tracking server.
        tracking_experiment: The experiment that runs belong to.
        image_build_project: What builds images of the project's own.
        image_build_repository_url: Where these are pushed to.
        release_parameter_path: The path of the parameters that say what is released.
    """

    artifact_bucket: str | None = None
    data_bucket: str | None = None
    code_uri: str | None = None
    data_uri: str | None = None
    pipeline_name: str | None = None
    model_package_group_name: str | None = None
    model_package_group_arn: str | None = None
    endpoint_name: str | None = None
    endpoint_waits_for: str | None = None
    monitoring_schedule_names: Mapping[str, str] | None = None
    monitors_wait_for: str | None = None
    batch_pipeline_name: str | None = None
    batch_output_uri: str | None = None
    batch_waits_for: str | None = None
    tracking_server_arn: str | None = None
    tracking_experiment: str | None = None
    image_build_project: str | None = None
    image_build_repository_url: str | None = None
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
    def open(cls, environment: str = DEFAULT_ENVIRONMENT, model: str | None = None) -> Deployment:
        """Find the project and its environment, and of several models the one that is meant.

        Args:
            environment: The environment's name.
            model: The model's name; needed where the project has several.

        Returns:
            The environment, with the local cloud started where it is the local one.

        Raises:
            UserError: There is no project here, mlstack.yaml is not valid, or it has no such environment; or it has
                several models and none is named, or no such model.
            NotUpError: The environment is not up.
            MlstackError: Its cloud cannot be used.
        """
        found = cls.open_each(environment, lambda names: (chosen_model(names, model),))
        return found[0]

    @classmethod
    def open_each(
        cls, environment: str, choose: Callable[[tuple[str, ...]], Iterable[str | None]] | None = None
    ) -> list[Deployment]:
        """Find the project and its environment, once for each of its models.

        Args:
            environment: The environment's name.
            choose: Chooses among the names of the models, of which there are none in a project without `models`; all
                by default.

        Raises:
            UserError: As for `open`.
            NotUpError: The environment is not up.
            MlstackError: Its cloud cannot be used.
        """
        from mlstack.engine.pulumi import Pulumi

        project = ProjectDirectory.find()
        spec = project.load(environment)
        views = spec.views()
        names = tuple(choose(tuple(spec.models or ())) if choose else views)
        outputs = Pulumi.of(project, spec).outputs()
        if not outputs:
            raise NotUpError(environment)
        _wake(spec)
        session, of_models = AwsSession.for_environment(spec), outputs.get("models") or {}
        return [
            cls(project, views[name], StackOutputs.from_outputs({**outputs, **of_models.get(name, {})}), session)
            for name in names
        ]

    def owns(self, name: str) -> bool:
        """Whether a resource is no other model's, by its logical name."""
        from mlstack_stacks.naming import Names
        from mlstack_stacks.spec_keys import owner_of

        if self.spec.model is None:
            return True
        return Names.of(owner_of(self.project.load(self.environment), name)).model in {None, self.spec.model}

    @property
    def environment(self) -> str:
        """The environment's name."""
        return self.spec.environment

    @property
    def address(self) -> str:
        """What commands are given to find it: the environment, and of several models also which one."""
        return self.spec.address

    @property
    def pipeline_name(self) -> str:
        """The training pipeline.

        Raises:
            MlstackError: The environment has none.
        """
        source = self.spec.registry_source
        if self.outputs.pipeline_name is None and source is not None:
            raise MlstackError(
                f"`{self.environment}` serves versions of the registry of `{source.environment}`, so it "
                "trains nothing.",
                next_step=f"Train in `{source.environment}`, with `mlstack run {source.environment}`.",
            )
        return self._required(self.outputs.pipeline_name, "training pipeline", "steps")

    @property
    def stage(self) -> str | None:
        """The stage of a version's life cycle that says whether this environment may serve it.

        None where it has a registry of its own, whose approval is all that counts.
        """
        return None if self.spec.registry_source is None else self.environment

    @property
    def group_name(self) -> str:
        """The group of the model versions: its name, or the ARN of another environment's.

        Raises:
            MlstackError: The environment has none.
        """
        group = self.outputs.model_package_group_arn or self.outputs.model_package_group_name
        return self._required(group, "model registry", "registry")

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


def chosen_model(names: tuple[str, ...], model: str | None) -> str | None:
    """The model that a command is about.

    Args:
        names: The models of the project; none where it has one without a name.
        model: What was asked for, or None.

    Raises:
        UserError: There are several and none was named, or no such model.
    """
    if model is None and len(names) > 1:
        raise UserError(f"The project has several models: {', '.join(names)}.", next_step="Choose one with --model.")
    if model is not None and model not in names:
        listed = f"It has {', '.join(names)}." if names else "It has one model, so leave out --model."
        raise UserError(f"The project has no model `{model}`.", next_step=listed)
    return model or next(iter(names), None)


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
