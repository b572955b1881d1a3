"""Check mode: the Pulumi program of a project, run under mocks, as a plan.

Stages: the stack's configuration is read from the files that the engine reads; the program runs in this process as
the engine's language host runs it, on a monitor that records what is declared; the recorded resources become a plan.
There is no engine, no account and no network, and nothing is written.

The program's own prints go to stderr. The downside of running in this process: a program that changes global state
changes it here, so this is for a process that ends afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import runpy
import sys
from typing import TYPE_CHECKING, Any

import pulumi
from mlstack_components.errors import MlstackError
from pulumi.runtime.config import set_all_config
from pulumi.runtime.mocks import MockEngine
from pulumi.runtime.settings import Settings, configure, set_root_resource
from pulumi.runtime.stack import run_in_stack

from mlstack_stacks.naming import Names
from mlstack_stacks.plan.monitor import CheckMocks, CheckMonitor
from mlstack_stacks.plan.program import Program, ProgramError
from mlstack_stacks.plan.resources import Plan, Warn, ordered
from mlstack_stacks.spec import EnvironmentSpec
from mlstack_stacks.spec.variants import variant_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_stacks.spec.stack import StackSpec

_PLACEHOLDER_VERSION = 1
_PLACEHOLDER_BASELINE = "s3://placeholder/baseline"


def check(spec: StackSpec, infra: Path) -> Plan:
    """Plans an environment without asking a cloud.

    As long as no model is released, real updates leave out the endpoint; a plan has it, with a placeholder version.

    Args:
        spec: The specification of the environment.
        infra: The folder of the Pulumi program, with its Pulumi.yaml.

    Returns:
        The plan, with what the program itself warned of.

    Raises:
        UserError: The program's files can't be read.
        ProgramError: The program fails.
        MlstackError: The program declares the same resource twice.
    """
    program = Program.read(infra, spec.environment)
    # What the shell says of a region is for real updates; a plan is for the region of the specification.
    program.configuration.setdefault("aws:region", spec.region)
    parameters = _parameters(spec)
    monitor = CheckMonitor(CheckMocks(spec.account, spec.region, parameters))
    log = _Log()
    # Pulumi keeps its settings in context variables: those of a copy end with it, so a process can plan more than once.
    contextvars.copy_context().run(_run, program, spec.environment, monitor, log)
    return Plan(
        project=spec.name,
        environment=spec.environment,
        account=spec.account,
        region=spec.region,
        resources=ordered(monitor.planned),
        outputs=monitor.outputs,
        warnings=tuple(Warn("program", message) for message in log.messages),
    )


def _parameters(spec: StackSpec) -> dict[str, str]:
    """What the release pointers would say."""
    parameters: dict[str, str] = {}
    for view in spec.views().values() if isinstance(spec, EnvironmentSpec) else (spec,):
        names = Names.of(view)
        package = f"model-package/{names.model_package_group}/{_PLACEHOLDER_VERSION}"
        released = f"arn:aws:sagemaker:{spec.region}:{spec.account}:{package}"
        parameters[names.release_parameter] = released
        variants = variant_names(getattr(view, "serving", None))
        parameters |= {names.variant_parameter(each): released for each in variants}
        baselines = (names.baseline_parameter, names.quality_baseline_parameter)
        parameters |= dict.fromkeys(baselines, _PLACEHOLDER_BASELINE)
    return parameters


def _run(program: Program, stack: str, monitor: CheckMonitor, log: _Log) -> None:
    logger = logging.Logger("mlstack.plan")
    logger.addHandler(log)
    configure(Settings(program.name, stack, monitor=monitor, engine=MockEngine(logger), dry_run=True))
    set_root_resource(None)  # type: ignore[arg-type]
    set_all_config(program.configuration)

    def body() -> None:
        runpy.run_path(str(program.main), run_name="__main__")

    try:
        with _in_place_of_the_language_host(program):
            asyncio.run(run_in_stack(body))
    except MlstackError:
        raise
    except pulumi.RunError as error:
        raise ProgramError(str(error)) from error
    except (Exception, SystemExit) as error:
        raise ProgramError.of(error, program) from error


@contextlib.contextmanager
def _in_place_of_the_language_host(program: Program) -> Iterator[None]:
    """The surroundings that a program has under the engine: the folder of its file to work in and to import from."""
    before: list[Any] = [sys.path.copy(), sys.argv.copy()]
    with contextlib.chdir(program.main.parent), contextlib.redirect_stdout(sys.stderr):
        sys.path.insert(0, str(program.main.parent))
        sys.argv = [str(program.main)]
        try:
            yield
        finally:
            sys.path[:], sys.argv = before


class _Log(logging.Handler):
    """What the program warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())
