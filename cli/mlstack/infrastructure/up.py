"""Bringing an environment up.

Stages: check mlstack.yaml and its pipeline's requests, which touches nothing; guard against the wrong cloud; see to
the engine and the local cloud; make the stack where there is none; let the engine do the rest; push a folder of data,
which the engine does not carry. A cloud environment is
previewed and asked about; with `--yes` its first `up` is previewed, when a program that fails half-way would leave most
behind. A local one is not: the preview runs the program once more, which is half of the time, and what is left behind
there costs nothing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack.engine.environment import refuse_local_endpoint
from mlstack.infrastructure.lost_records import refuse_lost_records
from mlstack.infrastructure.orphans import refuse_orphans

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_stacks.spec import EnvironmentSpec
    from mlstack_stacks.spec.stack import StackSpec

    from mlstack.engine.events import Changes
    from mlstack.engine.pulumi import Pulumi
    from mlstack.project_directory import StackDirectory


@dataclass(frozen=True)
class Up:
    """An environment that is up.

    Attributes:
        changes: What changed.
        outputs: The stack's outputs.
    """

    changes: Changes
    outputs: dict[str, Any]


def up(
    project: StackDirectory, environment: str, *, yes: bool = False, refresh: bool = False, delete_data: bool = False
) -> Up:
    """Provisions an environment, or brings it up to date, showing each resource.

    Args:
        project: The project.
        environment: The environment.
        yes: Whether a cloud environment is changed without asking.
        refresh: Whether to look first for what was changed by hand.
        delete_data: Whether records of features may be lost.

    Returns:
        What changed, and the outputs.

    Raises:
        SpecError: mlstack.yaml is not valid, or AWS would refuse what it says of the pipeline.
        LosesRecordsError: The update would delete records of features.
        EngineFailure: The engine could not finish; what it did is kept, and a second run goes on.
        NotConfirmedError: The user said no.
    """
    from mlstack_stacks.spec import EnvironmentSpec

    from mlstack.console import progress
    from mlstack.engine.show import follow, tell_interrupt
    from mlstack.infrastructure.inputs import refuse_pipeline

    with progress(f"Reading {project.spec_file.name}") as shown:
        spec = project.load(environment)
        if isinstance(spec, EnvironmentSpec):
            refuse_pipeline(spec)
        pulumi = ready(project, spec, shown.update)
        is_new = _settle(pulumi, spec, shown.update)
        if isinstance(spec, EnvironmentSpec):
            if not (is_new or delete_data):
                refuse_lost_records(spec, pulumi.resources())
            refresh = refresh or (not is_new and _was_shut_down(pulumi, spec))
    if not (spec.is_local or yes):
        _ask(pulumi, environment, refresh=refresh)
    pulumi.on_interrupt = tell_interrupt
    with progress(f"Provisioning {environment}") as shown:
        changes = pulumi.up(refresh=refresh, preview=is_new and not spec.is_local, on_event=follow(shown))
    outputs = pulumi.outputs()
    return Up(changes, _with_data(spec, outputs) if isinstance(spec, EnvironmentSpec) else outputs)


def _with_data(spec: EnvironmentSpec, outputs: dict[str, Any]) -> dict[str, Any]:
    """The outputs, once a folder of data is where they say that it is; the engine does not carry folders."""
    from mlstack.datasets.source import push_folder, source_folder

    folders = {folder for view in spec.views().values() if (folder := source_folder(view)) is not None}
    if not folders or not outputs.get("data_bucket"):
        return outputs
    from mlstack.cloud.aws import AwsSession
    from mlstack.cloud.errors import explained
    from mlstack.console import err, progress
    from mlstack.datasets.show import pushed_line

    for folder in sorted(folders):
        with explained(spec), progress(f"Reading {folder}") as shown:
            s3 = AwsSession.for_environment(spec).client("s3")
            pushed = push_folder(s3, outputs["data_bucket"], folder, shown.update)
        err.print(pushed_line(pushed), markup=False)
    return outputs


def ready(project: StackDirectory, spec: StackSpec, report: Callable[[str], None]) -> Pulumi:
    """Everything that must be there before the engine can run for an environment.

    Args:
        project: The project.
        spec: The environment.
        report: Told what is being done, in a few words.

    Returns:
        The engine for this environment.

    Raises:
        LocalEndpointError: A cloud environment, in a shell that points at the local cloud.
        EngineUnavailableError: There is no engine, and none could be installed.
    """
    from mlstack.engine.install import ensure
    from mlstack.engine.pulumi import Pulumi

    project.require_infra()
    if not spec.is_local:
        refuse_local_endpoint(spec.environment)
    ensure(report)
    if spec.is_local:
        start_local_cloud(report)
    return Pulumi.of(project, spec)


def _was_shut_down(pulumi: Pulumi, spec: EnvironmentSpec) -> bool:
    """Whether the endpoint's schedule took it away; Pulumi finds out only where it is told to look."""
    from mlstack.serving.shutdown import is_shut_down, schedule_of

    scheduled = [view for view in spec.views().values() if schedule_of(view) is not None]
    if not scheduled:
        return False
    from mlstack.cloud.aws import AwsSession
    from mlstack.console import err

    session, resources = AwsSession.for_environment(spec), pulumi.resources()
    found = any(is_shut_down(view, session, resources) for view in scheduled)
    if found:
        err.print("The endpoint went out of service on its schedule; it is started again.")
    return found


def recover(pulumi: Pulumi, spec: StackSpec) -> None:
    """Takes over what was being created when an engine was killed.

    Args:
        pulumi: The engine on an environment that has a stack.
        spec: The environment.

    Raises:
        EngineFailure: The engine could not.
    """
    from mlstack.console import err
    from mlstack.engine.recover import Place

    recovery = pulumi.recover(Place(spec.account, spec.region, pulumi.endpoint_url))
    if recovery is not None:
        count = len(recovery.adopt) + len(recovery.forget)
        err.print(f"An update before this one was killed; looked after {count} resources that it was making.")


def _settle(pulumi: Pulumi, spec: StackSpec, report: Callable[[str], None]) -> bool:
    """Makes the stack, or clears up what a killed engine left; says whether the environment is new."""
    if pulumi.exists() and not pulumi.state().is_empty:
        recover(pulumi, spec)
        return False
    report(f"Making the stack {spec.environment}")
    # Side by side: the one waits for the engine, the other for the cloud. Killed in between, an empty stack is left,
    # of which the next `up` asks the cloud again.
    with ThreadPoolExecutor(max_workers=1) as beside:
        kept = pulumi.stack_file.read_bytes() if pulumi.stack_file.is_file() else None
        made = beside.submit(pulumi.select_or_create)
        try:
            refuse_orphans(spec)
        except BaseException:
            if made.result():
                pulumi.remove()
                _put_back(pulumi.stack_file, kept)
            raise
        made.result()
    return True


def _put_back(file: Path, content: bytes | None) -> None:
    if content is None:
        file.unlink(missing_ok=True)
    else:
        file.write_bytes(content)


def start_local_cloud(report: Callable[[str], None]) -> None:
    """Starts the local cloud where it is not running.

    Args:
        report: Told what is being done, in a few words.

    Raises:
        LocalCloudError: It did not come up; the message has the end of its log.
    """
    from mlstack_localcloud import control

    from mlstack.home import mlstack_home

    home = mlstack_home()
    if control.status(home) is None:
        report("Starting the local cloud")
        control.start(home)


def _ask(pulumi: Pulumi, environment: str, *, refresh: bool) -> None:
    from mlstack.confirm import confirm
    from mlstack.console import err, progress
    from mlstack.engine.show import plan

    with progress(f"Previewing {environment}"):
        changes = pulumi.preview(refresh=refresh)
    for line in plan(changes):
        err.print(line, markup=False)
    err.print(changes.summary, markup=False)
    if not changes.is_empty:
        confirm(f"Change {environment}?", yes=False)
