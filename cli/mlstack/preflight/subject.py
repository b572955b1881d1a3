"""What checks look at: the specification, the account, the plan and the stack; each found out once."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.preflight.outcome import NotKnownError

if TYPE_CHECKING:
    from mlstack_stacks.plan.resources import Plan
    from mlstack_stacks.spec import EnvironmentSpec

    from mlstack.cloud.aws import AwsSession
    from mlstack.engine.state import StateResource
    from mlstack.project_directory import ProjectDirectory


@dataclass
class Subject:
    """An environment that is to be brought up.

    Attributes:
        project: The project.
        spec: The specification of the environment.
        session: Clients of its account, or why there are none.
        caller: The ARN of who asks; empty where there are no clients.
        plan: What the environment would consist of, or why that can't be told.
    """

    project: ProjectDirectory
    spec: EnvironmentSpec
    session: AwsSession | MlstackError
    caller: str
    plan: Plan | MlstackError
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stack: list[StateResource] | MlstackError | None = None

    @classmethod
    def of(cls, project: ProjectDirectory, spec: EnvironmentSpec) -> Subject:
        """Finds out what all checks need.

        Args:
            project: The project.
            spec: The specification of the environment.
        """
        session = _session(spec)
        caller = _caller(spec, session) if not isinstance(session, MlstackError) else ""
        if isinstance(caller, MlstackError):
            session, caller = caller, ""
        return cls(project, spec, session, caller, _plan(project, spec))

    def require_session(self) -> AwsSession:
        """Clients of the account.

        Raises:
            NotKnownError: There are none.
        """
        if isinstance(self.session, MlstackError):
            raise NotKnownError("Not asked: it needs credentials of the account.")
        return self.session

    def require_plan(self) -> Plan:
        """What the environment would consist of.

        Raises:
            NotKnownError: It can't be told.
        """
        if isinstance(self.plan, MlstackError):
            raise NotKnownError(
                f"Not known, as the program does not run without a cloud: {self.plan.message}",
                next_step=f"See `mlstack plan {self.spec.environment} --check`.",
            )
        return self.plan

    def stack(self) -> list[StateResource]:
        """The resources of the environment's stack; empty where it is not up.

        Raises:
            MlstackError: The engine can't tell.
        """
        with self._lock:
            if self._stack is None:
                self._stack = _stack(self.project, self.spec)
        if isinstance(self._stack, MlstackError):
            raise self._stack
        return self._stack


def _session(spec: EnvironmentSpec) -> AwsSession | MlstackError:
    from mlstack.cloud.aws import AwsSession
    from mlstack.cloud.errors import explained

    try:
        with explained(spec):
            return AwsSession.for_environment(spec)
    except MlstackError as error:
        return error


def _caller(spec: EnvironmentSpec, session: AwsSession) -> str | MlstackError:
    from mlstack.cloud.errors import explained

    try:
        with explained(spec):
            return str(session.client("sts").get_caller_identity()["Arn"])
    except MlstackError as error:
        return error


def _plan(project: ProjectDirectory, spec: EnvironmentSpec) -> Plan | MlstackError:
    from mlstack_stacks.plan.check import check

    try:
        return check(spec, project.require_infra())
    except MlstackError as error:
        return error


def _stack(project: ProjectDirectory, spec: EnvironmentSpec) -> list[StateResource] | MlstackError:
    from mlstack.engine.pulumi import Pulumi

    try:
        return Pulumi.of(project, spec).resources()
    except MlstackError as error:
        return error
