"""Reading what the engine tells."""

from __future__ import annotations

import json
from typing import Any

from mlstack.engine.events import Changes, Diagnostic, Log, Step
from mlstack.engine.failure import explain, render

_URN = "urn:pulumi:local::weather::mlstack:stacks:Project$aws:s3/bucket:Bucket::data"
_STACK = "urn:pulumi:local::weather::pulumi:pulumi:Stack::weather-local"


def _line(**event: Any) -> str:
    return json.dumps({"sequence": 1, "timestamp": 0, **event})


def _step(key: str, operation: str, urn: str = _URN, **more: Any) -> str:
    planning = {"planning": True} if more.pop("planning", False) else {}
    return _line(**{key: {"metadata": {"op": operation, "urn": urn, **more}, **planning}})


def _changes(*lines: str, preview: bool = False) -> Changes:
    log = Log()
    for line in lines:
        log.take(line)
    return log.changes(1.0, preview=preview)


def test_a_step_has_its_names_short() -> None:
    step = Step("create", _URN, "done")
    assert (step.type, step.short_type, step.name) == ("aws:s3/bucket:Bucket", "aws:s3:Bucket", "data")


def test_only_what_is_done_counts_and_the_stack_itself_does_not() -> None:
    changes = _changes(
        _step("resourcePreEvent", "create", _STACK),
        _step("resOutputsEvent", "create", _STACK),
        _step("resourcePreEvent", "create"),
        _line(summaryEvent={"resourceChanges": {"create": 2}, "isPreview": False}),
    )
    assert changes.is_empty
    assert changes.summary == "0 unchanged"


def test_a_replacement_is_told_once() -> None:
    changes = _changes(
        *(_step("resOutputsEvent", operation) for operation in ("create-replacement", "replace", "delete-replaced")),
        _line(summaryEvent={"resourceChanges": {"replace": 1, "same": 4}}),
    )
    assert changes.summary == "1 replaced, 3 unchanged"


def test_a_preview_says_what_would_be_done_and_why() -> None:
    changes = _changes(_step("resourcePreEvent", "update", planning=True, detailedDiff={"tags.a": {}}), preview=True)
    assert changes.summary == "1 to update"
    assert changes.steps[0].properties == ("tags.a",)


def test_an_update_after_its_preview_starts_over() -> None:
    changes = _changes(
        _line(preludeEvent={}),
        _step("resourcePreEvent", "delete", planning=True),
        _line(diagnosticEvent={"severity": "warning", "message": "twice"}),
        _line(preludeEvent={}),
        _line(diagnosticEvent={"severity": "warning", "message": "twice"}),
        _step("resOutputsEvent", "delete"),
    )
    assert changes.summary == "1 deleted"
    assert changes.diagnostics == (Diagnostic("warning", "twice"),)


def test_what_is_not_an_event_is_passed_over() -> None:
    log = Log()
    assert log.take("warning: something plain") is None
    assert log.take('{"no": "sequence"}') is None
    assert log.take(_line(diagnosticEvent={"severity": "info", "message": "3 of 5", "ephemeral": True})) is None
    assert log.diagnostics == []


def test_diagnostics_are_grouped_by_resource_and_whole() -> None:
    said = [Diagnostic("error", "first\nsecond", _URN), Diagnostic("info", "chatter"), Diagnostic("error", "no urn")]
    assert render(said, "error: update failed\n") == (
        "aws:s3/bucket:Bucket (data):\n    first\n    second\nno urn\nerror: update failed"
    )


def test_a_failed_step_is_the_sentence() -> None:
    log = Log()
    component = "urn:pulumi:local::weather::mlstack:stacks:Project::weather"
    for urn in (_STACK, component, _URN, _URN + "2", _URN):
        # Stack and components are not finished, either, and are not to blame.
        log.take(_step("resOpFailedEvent", "create", urn))
    for urn in (_URN, _URN + "2", _STACK):
        log.take(_line(diagnosticEvent={"severity": "error", "urn": urn, "message": "no"}))
    failure = explain("local", "`mlstack up local`", log, "")
    assert failure.message == "aws:s3:Bucket 'data' could not be created, and 1 more."


def test_expired_credentials_are_told_apart_from_a_providers_failure() -> None:
    log = Log()
    log.take(_step("resOpFailedEvent", "create"))
    log.take(_line(diagnosticEvent={"severity": "error", "urn": _URN, "message": "api error ExpiredToken: the token"}))
    failure = explain("prod", "`mlstack up prod`", log, "")
    assert "credentials expired" in failure.message
    assert "ExpiredToken" in failure.diagnostics


def test_a_backend_that_is_not_chosen_is_explained() -> None:
    failure = explain("prod", "x", Log(), "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI")
    assert "pulumi login" in str(failure.next_step)


def test_a_state_in_an_account_without_credentials_is_explained() -> None:
    said = "error: operation error S3: GetObject, get identity: get credentials: failed to refresh cached credentials"
    failure = explain("prod", "x", Log(), said)
    assert "no usable AWS credentials" in failure.message
    assert "aws sso login" in str(failure.next_step)
    assert said in failure.diagnostics
