"""`mlstack status` for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.spec.values import LOCAL_ENVIRONMENT
from rich.console import Group
from rich.table import Table
from rich.text import Text

from mlstack.registry.show import versions_table
from mlstack.release.proof import model_versions
from mlstack.release.variants import waits_for

if TYPE_CHECKING:
    from rich.console import RenderableType

    from mlstack.release.proof import LiveEndpoint, Variant
    from mlstack.serving.status import Status
    from mlstack.training.tracking import LiveTracking


def status_page(status: Status, pages: str | None = None) -> RenderableType:
    """Show what is live.

    Args:
        status: What was found.
        pages: The address that opens the tracking server's pages; None where none was asked for.

    Returns:
        Three lines (stack, last run, endpoint) and the newest model versions.
    """
    lines = Table(box=None, pad_edge=False, show_header=False)
    batches = status.batch is not None or status.batch_waits_for is not None
    served = ("batches", _batches(status)) if batches else ("endpoint", _endpoint(status))
    for label, text in (("stack", _stack(status)), ("last run", _run(status)), served):
        lines.add_row(Text(label, style="bold"), text)
    if status.tracking is not None:
        lines.add_row(Text("tracking", style="bold"), _tracking(status.tracking, pages))
    if not status.versions:
        lines.add_row(Text("models", style="bold"), Text("none registered"))
        return lines
    return Group(lines, Text(), versions_table(status.versions, status.released))


def _tracking(tracking: LiveTracking, pages: str | None) -> Text:
    experiment = f", experiment {tracking.experiment}" if tracking.experiment else ""
    text = Text(f"{tracking.arn} {tracking.status}{experiment}")
    return text if pages is None else text.append(f"\n{pages} (good once, for five minutes)")


def _stack(status: Status) -> Text:
    where = f"account {status.account}, {status.region}"
    if status.is_local:
        where = "on this machine" if status.environment == LOCAL_ENVIRONMENT else f"on this machine, {where}"
    return Text(f"{status.environment}: {status.resources} resources, {where}")


def _run(status: Status) -> Text:
    execution = status.execution
    if execution is None and status.registry_of is not None:
        return Text(f"none here; versions come from {status.registry_of}")
    if execution is None:
        return Text(f"none; start one with mlstack run {status.address}")
    when = f", started {execution.started_at.astimezone():%Y-%m-%d %H:%M}" if execution.started_at else ""
    gate = {True: ", gate passed", False: ", gate refused the model", None: ""}[execution.gate_outcome]
    failed = "".join(f", {step.name} failed" for step in execution.failed_steps)
    style = {"Succeeded": "green", "Failed": "red"}.get(execution.status, "")
    return Text.assemble((execution.status, style), f" {execution.id}{when}{gate}{failed}")


def _endpoint(status: Status) -> Text:
    endpoint = status.endpoint
    if endpoint is None:
        return Text(_no_endpoint(status))
    released = endpoint.released
    serving = [released.model_package_arn] if released is not None and released.model_package_arn else []
    served = f", serves model {model_versions(serving)}"
    text = Text.assemble(
        endpoint.name,
        " ",
        (endpoint.status, "green" if endpoint.status == "InService" else "yellow"),
        served,
        _capacity(endpoint),
    )
    for name, variant in endpoint.further.items():
        text.append(f"\n{name}: {_further(variant, endpoint)}")
    for name in status.waiting_variants:
        text.append(f"\n{name}: waits for {waits_for(status.address, name)}")
    if status.differences:
        text.append(f"\nnot what was released: {', '.join(status.differences)}", style="red")
    return text


def _further(variant: Variant, endpoint: LiveEndpoint) -> str:
    version = model_versions([variant.model_package_arn] if variant.model_package_arn else [])
    weights = [each.weight or 0.0 for each in endpoint.variants if not each.shadow]
    share = 100 * (variant.weight or 0.0) / (sum(weights) or 1.0)
    gets = "gets a copy of" if variant.shadow else "answers"
    count = variant.instances
    instances = "" if count is None else f", {count} instance{'' if count == 1 else 's'}"
    return f"model {version} {gets} {share:.0f} % of the calls{instances}"


def _capacity(endpoint: LiveEndpoint) -> str:
    variant = next(iter(endpoint.variants), None)
    if variant is not None and variant.memory_mb:
        return f", serverless with {variant.memory_mb} MB, {variant.max_concurrency} calls at once"
    count = endpoint.instance_count
    if count is None and endpoint.asynchronous:
        count = 0
    kind = ", asynchronous" if endpoint.asynchronous else ""
    return kind if count is None else f"{kind}, {count} instance{'' if count == 1 else 's'}"


def _no_endpoint(status: Status) -> str:
    if status.waits_for:
        return f"none yet; it waits for {status.waits_for}"
    if status.released and status.shutdown:
        started = f"`mlstack up {status.environment}` starts it again"
        return f"none; it goes out of service on the schedule {status.shutdown} (UTC), and {started}"
    return "none"


def _batches(status: Status) -> Text:
    batch, last = status.batch, status.last_batch
    if batch is None:
        return Text(f"none yet; they wait for {status.batch_waits_for}" if status.batch_waits_for else "none")
    style = "green" if batch.serves else "yellow"
    text = Text.assemble(batch.name, " ", (batch.status, style))
    text.append(f", scores with model {model_versions(batch.model_package_arns)}")
    if last is None:
        text.append(f", no batch yet; start one with mlstack score {status.address}")
    else:
        when = f" of {last.started_at.astimezone():%Y-%m-%d %H:%M}" if last.started_at else ""
        text.append(f", the last batch{when} {last.status}", style="red" if last.status == "Failed" else "")
    if status.differences:
        text.append(f"\nnot what was released: {', '.join(status.differences)}", style="red")
    return text
