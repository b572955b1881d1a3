"""Running the engine on a project's environment: `pulumi up` and its kin, as plain commands.

One process of the engine a call, and its events as they come. Nothing here decides what is provisioned: the program in
`infra/` does, so plain `pulumi` in that directory does the same.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack.engine import find, process, stack_file, state
from mlstack.engine.backend import backend_variables, refuse_recorded_backend, secrets_options
from mlstack.engine.environment import engine_environment
from mlstack.engine.events import Changes, Diagnostic, Log, Step
from mlstack.engine.failure import explain
from mlstack.engine.recover import plan_recovery

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mlstack_stacks.spec.stack import StackSpec

    from mlstack.engine.recover import Place, Recovery
    from mlstack.engine.state import State, StateResource
    from mlstack.project_directory import StackDirectory

    OnEvent = Callable[[Step | Diagnostic], object]

# Previews print one document at the end unless told to stream, as updates do.
_STREAM_PREVIEWS = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}
# The engine would start a language host of its own only to ask which plugins to install.
_NO_PLUGINS = "--skip-plugin-pre-install"


def _ignore(event: object) -> None:
    """Where nobody watches."""


@dataclass
class Pulumi:
    """The engine, on one environment of one project.

    Attributes:
        project: The project.
        environment: The environment, which is the stack's name.
        region: What AWS clients of the program use by default, or None.
        local_account: The account of the local cloud that it lives in; None for an environment in a cloud.
        on_interrupt: Called when the user interrupts and the engine finishes what is in flight.
    """

    project: StackDirectory
    environment: str
    region: str | None = None
    local_account: str | None = None
    on_interrupt: Callable[[], object] = lambda: None

    @classmethod
    def of(cls, project: StackDirectory, spec: StackSpec) -> Pulumi:
        """The engine on an environment, as its specification says where it is.

        Args:
            project: The project.
            spec: The environment.

        Raises:
            UserError: The project's files say that its state is in a cloud, and the specification that it is local.
            LocalEndpointError: A cloud environment, while the shell points at the local cloud.
            EngineMissingError: There is no engine.
        """
        return cls(project, spec.environment, spec.region, spec.account if spec.is_local else None)

    def __post_init__(self) -> None:
        """Settles the project, the engine and its environment once."""
        self._directory = self.project.require_infra()
        self._engine = find.require()
        variables = engine_environment(self.environment, self.region, self.local_account)
        self._variables = {**variables, **_STREAM_PREVIEWS}
        if self.local_account is None:
            self._variables |= backend_variables(self._directory, self.environment)
        else:
            refuse_recorded_backend(self._directory, self.environment)

    @property
    def stack_file(self) -> Path:
        """Where Pulumi keeps this stack's configuration."""
        return self._directory / f"Pulumi.{self.environment}.yaml"

    @property
    def endpoint_url(self) -> str | None:
        """The local cloud's address, or None for AWS."""
        return self._variables.get("AWS_ENDPOINT_URL")

    def exists(self) -> bool:
        """Whether the stack exists, with or without resources."""
        file = self._state_file()
        if file is not None:
            return file.is_file()
        stacks = json.loads(self._ask("stack", "ls", "--json"))
        return any(stack["name"].rsplit("/", 1)[-1] == self.environment for stack in stacks)

    def select_or_create(self) -> bool:
        """Makes the stack where there is none, and says whether it was made."""
        if self.exists():
            return False
        options = []
        if self.local_account is None:
            options = secrets_options(self._directory, self.environment)
        else:
            stack_file.forget_passphrase(self._directory, self.environment)
        self._ask("stack", "init", self.environment, *options)
        return True

    def up(
        self,
        targets: Sequence[str] = (),
        *,
        refresh: bool = False,
        preview: bool = False,
        on_event: OnEvent = _ignore,
    ) -> Changes:
        """Makes the environment what the program says.

        Args:
            targets: URNs, `*` and `**` allowed, of all that may change; empty for everything.
            refresh: Whether to look first at what was changed behind Pulumi's back.
            preview: Whether the engine runs its preview first, so that a program that fails changes nothing.
            on_event: Told of each step and message as it comes.

        Returns:
            What changed.

        Raises:
            EngineFailure: The program, a provider or the engine failed; what was done is kept.
            KeyboardInterrupt: The user interrupted, and what was in flight is finished.
        """
        flags = ["--yes", *([] if preview else ["--skip-preview"]), *_refresh(refresh), *_targets(targets)]
        return self._run("up", flags, on_event)

    def preview(self, targets: Sequence[str] = (), *, refresh: bool = False, on_event: OnEvent = _ignore) -> Changes:
        """What `up` would change.

        Args:
            targets: As for `up`.
            refresh: As for `up`.
            on_event: As for `up`.

        Returns:
            What would change.

        Raises:
            EngineFailure: As for `up`.
        """
        return self._run("preview", [*_refresh(refresh), *_targets(targets)], on_event, preview=True)

    def refresh(self, targets: Sequence[str] = (), *, on_event: OnEvent = _ignore) -> Changes:
        """Takes into the state what is really there.

        Args:
            targets: As for `up`.
            on_event: As for `up`.

        Raises:
            EngineFailure: As for `up`.
        """
        return self._run("refresh", ["--yes", "--skip-preview", *_targets(targets)], on_event)

    def recover(self, place: Place, *, on_event: OnEvent = _ignore) -> Recovery | None:
        """Takes over or forgets what was being created when the engine was killed.

        Args:
            place: Where the environment's resources are.
            on_event: As for `up`.

        Returns:
            What was done; None where nothing was under way.

        Raises:
            EngineFailure: As for `up`.
        """
        recovery = plan_recovery(self.state().pending, place)
        if recovery is not None:
            self.import_state(recovery.apply(self.export_state()))
            if recovery.adopt:
                self.refresh([urn for urn, _ in recovery.adopt], on_event=on_event)
        return recovery

    def destroy(self, targets: Sequence[str] = (), *, on_event: OnEvent = _ignore) -> Changes:
        """Deletes every resource of the stack; the empty stack stays.

        Args:
            targets: As for `up`.
            on_event: As for `up`.

        Raises:
            EngineFailure: A provider or the engine failed; what was done is kept.
        """
        return self._run("destroy", ["--yes", "--skip-preview", *_targets(targets)], on_event)

    def remove(self) -> None:
        """Removes the stack itself, which has no resources any more, and its history.

        Raises:
            EngineFailure: It has resources.
        """
        self._ask("stack", "rm", "--yes", "--preserve-config", "--stack", self.environment)

    def cancel(self) -> None:
        """Removes the stack's lock, whoever holds it."""
        self._ask("cancel", "--yes", "--stack", self.environment)

    def state(self) -> State:
        """What the engine knows of the stack.

        Raises:
            EngineFailure: There is no such stack.
        """
        file = self._state_file()
        known = state.read_file(file) if file is not None else None
        if known is not None:
            return known
        return state.parse(self.export_state()["deployment"])

    def export_state(self) -> dict[str, Any]:
        """The whole state as `pulumi stack export` prints it, secrets as ciphertext.

        Raises:
            EngineFailure: There is no such stack.
        """
        exported: dict[str, Any] = json.loads(self._ask("stack", "export", "--stack", self.environment))
        return exported

    def import_state(self, exported: dict[str, Any]) -> None:
        """Replaces the whole state.

        Args:
            exported: What `export_state` gave, or an edited copy.

        Raises:
            EngineFailure: The engine found it inconsistent, and left the state as it was.
        """
        import tempfile

        # Outputs may be private, and the file is of mode 0600.
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(exported, file)
            file.flush()
            self._ask("stack", "import", "--file", file.name, "--stack", self.environment)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets in plain; empty where there is no stack."""
        if not self.exists():
            return {}
        known = self.state().outputs
        if not state.has_secret(known):
            return known
        shown: dict[str, Any] = json.loads(
            self._ask("stack", "output", "--json", "--show-secrets", "--stack", self.environment)
        )
        return shown

    def resources(self) -> list[StateResource]:
        """The stack's resources; empty where there is no stack."""
        return list(self.state().resources) if self.exists() else []

    def _run(self, command: str, flags: Sequence[str], on_event: OnEvent, *, preview: bool = False) -> Changes:
        log = Log()

        def take(line: str) -> None:
            event = log.take(line)
            if event is not None:
                on_event(event)

        if command not in {"destroy", "refresh"}:
            flags = [*flags, _NO_PLUGINS]
        began = time.monotonic()
        arguments = self._arguments(command, "--json", "--stack", self.environment, *flags)
        finished = process.run(arguments, self._directory, self._variables, take, self.on_interrupt)
        if finished.interrupted:
            raise KeyboardInterrupt
        if finished.exit_code != 0:
            raise explain(self.environment, f"`mlstack {_command(command)} {self.environment}`", log, finished.stderr)
        return log.changes(time.monotonic() - began, preview=preview)

    def _ask(self, *arguments: str) -> str:
        """Runs a command that answers at once."""
        lines: list[str] = []
        finished = process.run(self._arguments(*arguments), self._directory, self._variables, lines.append)
        if finished.interrupted:
            raise KeyboardInterrupt
        if finished.exit_code != 0:
            raise explain(self.environment, "the same command", Log(), finished.stderr)
        return "".join(lines)

    def _arguments(self, *arguments: str) -> list[str | Path]:
        return [self._engine.executable, *arguments, "--non-interactive", "--color", "never"]

    @property
    def lock_directory(self) -> Path | None:
        """Where a file backend keeps the locks of this stack; None for other backends."""
        backend = state.backend_directory(self._variables)
        if backend is None:
            return None
        return backend / ".pulumi" / "locks" / "organization" / self._project_name() / self.environment

    def _state_file(self) -> Path | None:
        backend = state.backend_directory(self._variables)
        if backend is None:
            return None
        return backend / ".pulumi" / "stacks" / self._project_name() / f"{self.environment}.json"

    def _project_name(self) -> str:
        return stack_file.project_name(self._directory)


def _command(verb: str) -> str:
    """The command of mlstack that runs a verb of the engine's."""
    return {"preview": "plan", "refresh": "up --refresh"}.get(verb, verb)


def _refresh(refresh: bool) -> list[str]:
    return ["--refresh"] if refresh else []


def _targets(targets: Sequence[str]) -> list[str]:
    return [word for target in targets for word in ("--target", target)]
