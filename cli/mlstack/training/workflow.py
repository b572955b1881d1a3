"""`mlstack run`: upload what changed, start the pipeline, follow it, and judge what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.registry.versions import in_environment, version_of
from mlstack.training import runs, selection
from mlstack.training.execution import defined_steps
from mlstack.training.parameters import parse_settings
from mlstack.training.results import Results, read_results
from mlstack.training.run_data import chosen_data, project_data
from mlstack.training.upload import CODE_DIRECTORY, code_source
from mlstack.training.watch import show_failures, watch_execution

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from rich.console import Console

    from mlstack.cloud.deployment import Deployment
    from mlstack.training.execution import DefinedStep, Execution
    from mlstack.training.upload import Source

_INTERRUPTED = 130


class RunFailedError(MlstackError):
    """A step of the pipeline failed, or the run was stopped."""

    code = "run-failed"


class GateRefusedError(MlstackError):
    """The model did not meet the conditions of the gate, so it was not registered."""

    code = "gate-refused"


class StillRunningError(MlstackError):
    """The user stopped watching; the run goes on."""

    code = "interrupted"
    exit_code = _INTERRUPTED


def begin(
    deployment: Deployment,
    settings: Sequence[str],
    steps: Sequence[str],
    say: Callable[[str], object],
    *,
    data: str | None = None,
) -> str:
    """Start a run with the code and the data as they are now.

    Args:
        deployment: The environment.
        settings: `name=value` of parameters.
        steps: The steps to run; all where empty.
        say: Told what is being done.
        data: The pushed dataset to train on, as `NAME[@VERSION]`; the project's own data where None.

    Returns:
        The execution's ARN.

    Raises:
        UserError: A parameter or step that the pipeline lacks, or code or data that cannot be read.
        MlstackError: No earlier run has the results that the selected steps need.
    """
    sagemaker = deployment.session.client("sagemaker")
    definition = runs.pipeline_definition(sagemaker, deployment.pipeline_name)
    chosen = parse_settings(settings, definition)
    if data is not None:
        chosen |= chosen_data(deployment, data, chosen, say)
    defined = defined_steps(definition)
    selected = selection.check_steps(steps, defined)
    source = _source(deployment, defined, selected) if selected else None
    declared = {parameter["Name"] for parameter in definition.get("Parameters", [])}
    # Given even where they are the stack's own: a selective run would take them from its source otherwise.
    parameters = {name: uri for name, uri in _sources(deployment, chosen, say).items() if name in declared}
    parameters |= _images(deployment, declared - set(chosen), say)
    return runs.start(sagemaker, deployment.pipeline_name, parameters | chosen, steps=selected, source=source)


def _sources(deployment: Deployment, chosen: Mapping[str, str], say: Callable[[str], object]) -> dict[str, str]:
    outputs, spec = deployment.outputs, deployment.spec
    s3, root = deployment.session.client("s3"), deployment.project.root
    found: dict[str, Source] = {}
    if outputs.artifact_bucket and "CodeUri" not in chosen:
        found["CodeUri"] = code_source(s3, root / CODE_DIRECTORY, outputs.artifact_bucket, outputs.code_uri)
    if spec.data and outputs.data_bucket and "DataUri" not in chosen:
        uploaded = project_data(s3, spec, outputs.data_bucket, outputs.data_uri, say)
        found |= {} if uploaded is None else {"DataUri": uploaded}
    for name, source in found.items():
        if source.changed:
            what = f"{CODE_DIRECTORY}/" if name == "CodeUri" else str(spec.data and spec.data.source)
            say(f"{what} changed since the last update: {'uploaded' if source.uploaded else 'uploaded before'}.")
    return {name: source.uri for name, source in found.items()}


def _images(deployment: Deployment, declared: Collection[str], say: Callable[[str], object]) -> dict[str, str]:
    """The images of the project's own that the pipeline takes, built where they are not there."""
    if deployment.spec.images is None:
        return {}
    from mlstack_stacks.own_images import image_parameters

    from mlstack.images.build import ensure

    wanted = {parameter: name for parameter, name in image_parameters(deployment.spec).items() if parameter in declared}
    return {parameter: ensure(deployment, name, say).uri for parameter, name in wanted.items()}


def _source(deployment: Deployment, defined: Sequence[DefinedStep], selected: Sequence[str]) -> str | None:
    """The execution that lends the results of the other steps; None where none are needed."""
    needed = selection.needed_from_before(selected, defined)
    if not needed:
        return None
    sagemaker = deployment.session.client("sagemaker")

    def earlier() -> Iterator[Execution]:
        for count, arn in enumerate(runs.execution_arns(sagemaker, deployment.pipeline_name)):
            if count == selection.RUNS_TO_CONSIDER:
                return
            yield runs.read_execution(sagemaker, arn)

    return selection.source_execution(needed, earlier())


def watch(deployment: Deployment, execution_arn: str, console: Console) -> Results:
    """Follow a run to its end, and show the last lines of the log of each step that failed.

    Args:
        deployment: The environment.
        execution_arn: The run.
        console: Where the steps are shown.

    Returns:
        What it found.

    Raises:
        StillRunningError: The user interrupted; the run goes on.
    """
    try:
        execution = watch_execution(deployment, execution_arn, console)
    except KeyboardInterrupt as interrupt:
        raise still_running(deployment.address, execution_arn) from interrupt
    show_failures(deployment, execution, console)
    return read_results(deployment.session, execution)


def still_running(environment: str, execution_arn: str) -> StillRunningError:
    """The error for a run that is no longer watched."""
    name = execution_arn.rsplit("/", 1)[-1]
    return StillRunningError(
        f"The run {name} goes on without being watched.",
        next_step=f"Watch it with `mlstack run {environment} --attach {name}`, "
        f"or stop it with `mlstack run {environment} --stop {name}`.",
    )


def judge(results: Results, environment: str) -> MlstackError | None:
    """Whether a run reached what it was for: a registered model, or its selected steps.

    Args:
        results: What it found.
        environment: Its address, for what to do next.

    Returns:
        What went wrong, or None.
    """
    execution = results.execution
    if execution.model_package_arn:
        return None
    if execution.gate_outcome is False:
        missed = "; ".join(f"{gate.condition} is not met" for gate in results.gates if gate.passed is False)
        return GateRefusedError(
            f"The gate refused the model, so it is not registered{': ' if missed else ''}{missed}.",
            next_step="Improve the model, or change `steps.evaluate.gates` and run `mlstack up`.",
        )
    if execution.failed_steps:
        step = execution.failed_steps[0]
        reason = f": {step.failure_reason.rstrip('.')}" if step.failure_reason else ""
        return RunFailedError(
            f"The step `{step.name}` failed{reason}.",
            next_step=f"`mlstack logs {environment} --step {step.name}` shows its whole log.",
        )
    if execution.status != "Succeeded":
        reason = f": {execution.failure_reason.rstrip('.')}" if execution.failure_reason else ""
        return RunFailedError(f"The run ended as {execution.status}{reason}.")
    return _nothing_registered(execution)


def _nothing_registered(execution: Execution) -> MlstackError | None:
    """A run that succeeded without a model: right where none was to be registered."""
    registers = any(step.type == "RegisterModel" for step in execution.steps)
    if execution.selected or not registers:
        return None
    return RunFailedError("The run succeeded, and no model was registered.")


def success(results: Results, environment: str) -> str:
    """What a run reached, and what comes next.

    Args:
        results: What it found.
        environment: The address of the environment.
    """
    execution = results.execution
    if execution.model_package_arn:
        version = version_of(execution.model_package_arn)
        return f"Registered model version {version}. Next: {in_environment(f'models approve {version}', environment)}"
    ran = ", ".join(execution.selected) or "all steps"
    return f"Ran {ran}; no model was to be registered."
