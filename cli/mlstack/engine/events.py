"""What the engine tells while it runs (`--json`), as frozen data.

A line of the engine's is one event. `Log` takes them in order and gives, at the end, what changed and what was said.
The shapes are those of Pulumi's `sdk/go/common/apitype/events.go`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

Phase = Literal["planned", "started", "done", "failed"]

_STACK_TYPE = "pulumi:pulumi:Stack"
# A replacement comes as three steps; it is told once, under the name of the middle one.
_QUIET_OPERATIONS = {"same", "create-replacement", "delete-replaced", "discard-replaced", "read", "refresh", "outputs"}


# The engine warns of a language host that is not beside it; ours is put on PATH on purpose.
_OUR_LANGUAGE_HOST = "using pulumi-language-python from $PATH"


@dataclass(frozen=True)
class Step:
    """What the engine does, or would do, to one resource.

    Attributes:
        operation: `create`, `update`, `delete`, `replace`, `same`, `read`, `refresh`, `import` or a part of a
            replacement such as `create-replacement`.
        urn: The resource.
        phase: How far the step is; in a preview everything is `planned`.
        properties: Which properties differ, as paths; empty where nothing is compared.
    """

    operation: str
    urn: str
    phase: Phase
    properties: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """The resource's type token, such as `aws:s3/bucket:Bucket`."""
        return self.urn.split("::")[2].rsplit("$", 1)[-1]

    @property
    def name(self) -> str:
        """The resource's logical name."""
        return self.urn.split("::", 3)[3]

    @property
    def short_type(self) -> str:
        """The type as people write it, such as `aws:s3:Bucket`."""
        package, module, name = [*self.type.split(":"), "", ""][:3]
        return ":".join(part for part in (package, module.split("/")[0], name) if part)

    @property
    def is_change(self) -> bool:
        """Whether this is worth a line."""
        return self.operation not in _QUIET_OPERATIONS and self.type != _STACK_TYPE


@dataclass(frozen=True)
class Diagnostic:
    """Something the engine, the program or a provider said.

    Attributes:
        severity: `debug`, `info`, `info#err`, `warning` or `error`.
        message: The text, plain.
        urn: The resource it is about; empty for none.
    """

    severity: str
    message: str
    urn: str = ""


@dataclass(frozen=True)
class Changes:
    """What an update did, or a preview would do.

    Attributes:
        counts: How many resources each operation met, such as `{"create": 3, "same": 12}`; the stack itself included.
        steps: Every step that is a change, in the order of the engine.
        seconds: How long the engine took.
        diagnostics: What was said meanwhile.
        planned: Whether this is a preview, and nothing was done.
    """

    counts: dict[str, int]
    steps: tuple[Step, ...]
    seconds: float
    diagnostics: tuple[Diagnostic, ...] = ()
    planned: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not self.steps

    @property
    def unchanged(self) -> int:
        """How many resources stayed as they were, the stack itself not counted."""
        return max(0, self.counts.get("same", 0) - 1)

    @property
    def summary(self) -> str:
        """One line, such as `3 created, 12 unchanged`, or `3 to create, 12 unchanged` of a preview."""
        words = {
            "create": "created",
            "update": "updated",
            "replace": "replaced",
            "delete": "deleted",
            "import": "imported",
        }
        counted = {operation: sum(step.operation == operation for step in self.steps) for operation in words}
        parts = [
            f"{count} {f'to {operation}' if self.planned else words[operation]}"
            for operation, count in counted.items()
            if count
        ]
        if self.unchanged or not parts:
            parts.append(f"{self.unchanged} unchanged")
        return ", ".join(parts)


@dataclass
class Log:
    """Everything that one run of the engine said.

    Attributes:
        diagnostics: What was said, in order.
        failed: The steps that failed.
    """

    diagnostics: list[Diagnostic] = field(default_factory=list)
    failed: list[Step] = field(default_factory=list)
    _planned: dict[str, Step] = field(default_factory=dict)
    _done: dict[str, Step] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def take(self, line: str) -> Step | Diagnostic | None:
        """Takes one line.

        Args:
            line: What the engine printed.

        Returns:
            What the line tells, where it tells of a step or says something.
        """
        event = _parse(line)
        if event is None:
            return None
        if "preludeEvent" in event:
            # `up` is a preview and then an update, and only the last one says what happened.
            self._clear()
        if "summaryEvent" in event:
            self._counts = event["summaryEvent"].get("resourceChanges") or {}
        if "diagnosticEvent" in event:
            return self._take_diagnostic(event["diagnosticEvent"])
        for key, phase in _PHASES.items():
            if key in event:
                planned = bool(event[key].get("planning"))
                return self._take_step(event[key]["metadata"], "planned" if planned and phase != "failed" else phase)
        return None

    def changes(self, seconds: float, *, preview: bool = False) -> Changes:
        """What changed.

        Args:
            seconds: How long the engine took.
            preview: Whether what was planned counts, rather than what was done.
        """
        steps = self._planned if preview else self._done
        shown = tuple(step for step in steps.values() if step.is_change)
        return Changes(dict(self._counts), shown, seconds, tuple(self.diagnostics), preview)

    def _clear(self) -> None:
        for kept in (self.diagnostics, self.failed):
            kept.clear()
        for kept_by_step in (self._planned, self._done):
            kept_by_step.clear()

    def _take_diagnostic(self, event: dict[str, Any]) -> Diagnostic | None:
        if event.get("ephemeral") or event.get("severity") == "debug" or _OUR_LANGUAGE_HOST in event.get("message", ""):
            return None
        said = Diagnostic(event.get("severity", "info"), event.get("message", "").strip("\n"), event.get("urn", ""))
        self.diagnostics.append(said)
        return said

    def _take_step(self, metadata: dict[str, Any], phase: Phase) -> Step:
        properties = tuple(metadata.get("detailedDiff") or metadata.get("diffs") or ())
        step = Step(metadata["op"], metadata["urn"], phase, properties)
        key = f"{step.operation} {step.urn}"
        if phase == "planned":
            self._planned[key] = step
        elif phase == "done":
            self._done[key] = step
        else:
            self.failed.append(step)
        return step


_PHASES: dict[str, Phase] = {"resourcePreEvent": "started", "resOutputsEvent": "done", "resOpFailedEvent": "failed"}


def _parse(line: str) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "sequence" in event else None
