"""`InvokeEndpoint` beside asking the model's process, with data capture too, and calls that fail during an update."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.local_cloud import BIN
from benchmarks.measure import Figure, command, seconds
from benchmarks.served_project import NAME, ServedProject, served_project

CALLS = 200
CLIENTS = (1, 16)
SECONDS_OF_LOAD = 5


def measure(folder: Path) -> Iterable[Figure]:
    """Limits: 3 ms above asking directly (median), captured or not; no failed call during an update under load."""
    with served_project(folder) as project:
        body = (project.folder / "sample.csv").read_bytes()
        yield _added(project, body, "InvokeEndpoint above the model's process")
        for clients in CLIENTS:
            calls, failures = _load(project, body, clients, partial(time.sleep, SECONDS_OF_LOAD))
            if failures:
                raise RuntimeError(f"calls failed without an update: {failures[0]}")
            yield Figure(f"calls a second, {clients} clients", calls / SECONDS_OF_LOAD, "calls/s")
        yield _update_under_load(project, body)
        _capture_every_call(project)
        yield _added(project, body, "InvokeEndpoint, every call captured")


def _capture_every_call(project: ServedProject) -> None:
    file = project.folder / "mlstack.yaml"
    text = file.read_text()
    captured = text.replace("  instances: {min: 1}\n", "  instances: {min: 1}\n  capture_percent: 100\n")
    if captured == text:
        raise RuntimeError("the template's mlstack.yaml has no instances to write the capture behind")
    file.write_text(captured)
    command([BIN / "mlstack", "up", "local"], cwd=project.folder, env=project.cloud.variables)()


def _added(project: ServedProject, body: bytes, name: str) -> Figure:
    through = _through_the_gateway(project, body)
    direct = _directly(project, body)
    for _ in range(20):
        through()
        direct()
    pairs = [(seconds(through), seconds(direct)) for _ in range(CALLS)]
    added = statistics.median(a - b for a, b in pairs) * 1000
    median = [statistics.median(column) * 1000 for column in zip(*pairs, strict=True)]
    detail = f"gateway {median[0]:.1f} ms, direct {median[1]:.1f} ms"
    return Figure(name, added, "ms", 3, detail)


def _through_the_gateway(project: ServedProject, body: bytes) -> Callable[[], object]:
    runtime = project.client("sagemaker-runtime")

    def ask() -> bytes:
        answer = runtime.invoke_endpoint(EndpointName=NAME, ContentType="text/csv", Body=body)
        return bytes(answer["Body"].read())

    return ask


def _directly(project: ServedProject, body: bytes) -> Callable[[], object]:
    environment = project.model_process().environ()
    port = json.loads(Path(environment["MLSTACK_SERVE_ADDRESS"]).read_text())["port"]
    headers = {"Content-Type": "text/csv", "X-Mlstack-Token": environment["MLSTACK_SERVE_TOKEN"]}
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask() -> bytes:
        connection.request("POST", "/invocations", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"the model's process answered {answer.status}: {content!r}")
        return content

    return ask


def _update_under_load(project: ServedProject, body: bytes) -> Figure:
    def update() -> None:
        def mlstack(*arguments: str) -> None:
            command([BIN / "mlstack", *arguments], cwd=project.folder, env=project.cloud.variables)()

        mlstack("run", "local")
        mlstack("models", "approve")
        mlstack("release", "local")

    calls, failures = _load(project, body, 4, update)
    detail = f"of {calls} calls by 4 clients during run, approve, release" + (f": {failures[0]}" if failures else "")
    return Figure("calls that failed during an update", len(failures), "calls", 0, detail)


def _load(
    project: ServedProject, body: bytes, clients: int, meanwhile: Callable[[], object]
) -> tuple[int, list[BaseException]]:
    """Calls from `clients` threads while `meanwhile` runs: how many were made, and why some failed."""
    ended = threading.Event()
    callers = [_through_the_gateway(project, body) for _ in range(clients)]

    def call(caller: Callable[[], Any]) -> tuple[int, list[BaseException]]:
        made, failed = 0, []
        while not ended.is_set():
            try:
                caller()
            except Exception as error:  # every failure is counted
                failed.append(error)
            made += 1
        return made, failed

    with ThreadPoolExecutor(clients) as pool:
        results = [pool.submit(call, caller) for caller in callers]
        try:
            meanwhile()
        finally:
            ended.set()
    outcomes = [result.result() for result in results]
    return sum(made for made, _ in outcomes), [error for _, failed in outcomes for error in failed]
