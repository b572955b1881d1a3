"""Taking an environment down.

Stages: look what data it holds, and refuse before anything is deleted; ask; empty what holds data; let the engine
delete the resources; delete what Pulumi retains or never knew (models and endpoint configurations of former releases,
the release pointer); remove the stack; ask the cloud what is left. Every stage can be run again, so an interrupted
destroy is finished by the next one. It never deletes what it did not make: everything is found through the stack's
state or by the project's own tags and paths.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.infrastructure import contents
from mlstack.infrastructure.remains import Remains, look_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlstack_stacks.spec.stack import StackSpec

    from mlstack.cloud.aws import AwsSession
    from mlstack.engine.events import Changes, Diagnostic, Step
    from mlstack.engine.pulumi import Pulumi
    from mlstack.engine.state import StateResource
    from mlstack.infrastructure.contents import Contents

_TRIES = 3


class HoldsDataError(MlstackError):
    """The environment holds data, and nobody said that it may be deleted.

    Attributes:
        contents: What holds how much.
    """

    code = "holds-data"

    def __init__(self, environment: str, held: Sequence[Contents]) -> None:
        self.contents = tuple(held)
        listed = "\n".join(f"  {each}" for each in held)
        super().__init__(
            f"{environment!r} holds data, so nothing was deleted:\n{listed}",
            next_step=f"To delete the data with it, run `mlstack destroy {environment} --delete-data`.",
        )


@dataclass(frozen=True)
class Destroyed:
    """An environment that is gone.

    Attributes:
        changes: What the engine deleted; None where there was no stack.
        remains: What the cloud still has.
    """

    changes: Changes | None
    remains: Remains


@dataclass(frozen=True)
class Destruction:
    """One environment on its way down.

    Attributes:
        spec: The environment.
        pulumi: The engine on it.
        session: Clients of its cloud.
        resources: What the stack consists of.
    """

    spec: StackSpec
    pulumi: Pulumi
    session: AwsSession
    resources: tuple[StateResource, ...]

    @classmethod
    def of(cls, spec: StackSpec, pulumi: Pulumi) -> Destruction:
        """Prepares to destroy an environment.

        Args:
            spec: The environment.
            pulumi: The engine on it.
        """
        from mlstack.cloud.aws import AwsSession
        from mlstack.infrastructure.up import recover

        if pulumi.exists():
            recover(pulumi, spec)
        return cls(spec, pulumi, AwsSession.for_environment(spec), tuple(pulumi.resources()))

    def require_empty(self) -> None:
        """Refuses where the environment holds data.

        Raises:
            HoldsDataError: It does.
            CloudError: The cloud cannot be asked.
        """
        from mlstack.cloud.errors import explained

        with explained(self.spec):
            held = contents.read_contents(self.session, self.resources)
        if held:
            raise HoldsDataError(self.spec.environment, held)

    def run(
        self, *, delete_data: bool, say: Callable[[str], object], on_event: Callable[[Step | Diagnostic], object]
    ) -> Destroyed:
        """Deletes everything.

        Args:
            delete_data: Whether to empty what holds data first.
            say: Told what is being done.
            on_event: Told of each resource.

        Returns:
            What was deleted and what is left.

        Raises:
            HoldsDataError: It holds data, and `delete_data` is false.
            EngineFailure: The engine could not finish; a second run goes on.
            CloudError: The cloud refused something.
        """
        from mlstack_stacks.spec import EnvironmentSpec

        from mlstack.cloud.errors import explained

        began = datetime.now(UTC)
        with explained(self.spec):
            if delete_data:
                contents.delete_contents(self.session, self.resources, say)
            else:
                self.require_empty()
                contents.delete_own_objects(self.session, self.resources)
            changes = None
            if self.pulumi.exists():
                say(f"Destroying {self.spec.environment}")
                changes = self._destroy(delete_data, say, on_event)
            if isinstance(self.spec, EnvironmentSpec):
                say("Deleting what releases left")
                self._delete_releases(began)
            if changes is not None:
                self.pulumi.remove()
            say("Asking the cloud what is left")
            return Destroyed(changes, look_for(self.session, self.resources))

    def _destroy(
        self, delete_data: bool, say: Callable[[str], object], on_event: Callable[[Step | Diagnostic], object]
    ) -> Changes:
        """Lets the engine delete the resources; what was written since they were emptied does not stop it.

        An endpoint keeps its last calls, and S3 delivers access logs hours later.
        """
        from mlstack.engine.events import Step
        from mlstack.engine.failure import EngineFailure

        deleted: list[Step] = []

        def see(event: Step | Diagnostic) -> None:
            if isinstance(event, Step) and event.phase == "done" and event.is_change:
                deleted.append(event)
            on_event(event)

        for _ in range(_TRIES - 1):
            try:
                return replace(self.pulumi.destroy(on_event=see), steps=tuple(deleted))
            except EngineFailure:
                if not delete_data or not contents.read_contents(self.session, self.resources):
                    raise
                contents.delete_contents(self.session, self.resources, say)
        return replace(self.pulumi.destroy(on_event=see), steps=tuple(deleted))

    def _delete_releases(self, began: datetime) -> None:
        """Models and endpoint configurations are retained for rollbacks; the pointer was never Pulumi's."""
        from mlstack.release.live import read_inventory, sweep
        from mlstack.release.sweep import plan_sweep

        sagemaker = self.session.client("sagemaker")
        tags = {"mlstack:project": self.spec.name, "mlstack:environment": self.spec.environment}
        sweep(sagemaker, plan_sweep(read_inventory(sagemaker, tags, began, ())))
        ssm = self.session.client("ssm")
        path = f"/mlstack/{self.spec.name}/{self.spec.environment}"
        for page in ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True):
            names = [parameter["Name"] for parameter in page["Parameters"]]
            if names:
                ssm.delete_parameters(Names=names)
