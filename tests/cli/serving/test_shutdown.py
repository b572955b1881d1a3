"""An endpoint that its schedule took out of service is told as such, and looked for only where there is a schedule."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from mlstack.serving.show_status import status_page
from mlstack.serving.shutdown import is_shut_down
from mlstack.serving.status import Status
from rich.console import Console

URN = "urn:pulumi:dev::weather::mlstack:aws:Endpoint$aws:sagemaker/endpoint:Endpoint::weather-dev-endpoint"
ENDPOINT = SimpleNamespace(urn=URN, id="weather-dev")
SCHEDULE = "0 20 * * MON-FRI"


def _spec(schedule: str | None) -> Any:
    return SimpleNamespace(serving=SimpleNamespace(idle_shutdown=schedule))


def _session(asked: list[str]) -> Any:
    def describe_endpoint(EndpointName: str) -> Any:  # noqa: N803 - boto3's own name
        asked.append(EndpointName)
        error = {"Code": "ValidationException", "Message": "Could not find endpoint"}
        raise ClientError({"Error": error}, "DescribeEndpoint")

    return SimpleNamespace(client=lambda _: SimpleNamespace(describe_endpoint=describe_endpoint))


@pytest.mark.parametrize(
    ("schedule", "resources", "found", "asks"),
    [
        (SCHEDULE, [ENDPOINT], True, ["weather-dev"]),
        (SCHEDULE, [], False, []),
        (None, [ENDPOINT], False, []),
    ],
)
def test_the_cloud_is_asked_only_where_there_is_a_schedule_and_an_endpoint(
    schedule: str | None, resources: list[Any], found: bool, asks: list[str]
) -> None:
    asked: list[str] = []
    assert is_shut_down(_spec(schedule), _session(asked), resources) is found
    assert asked == asks


def _shown(**given: Any) -> str:
    status = Status(
        environment="dev",
        account="111111111111",
        is_local=False,
        region="eu-west-1",
        resources=1,
        execution=None,
        versions=[],
        endpoint=None,
        **given,
    )
    console = Console(width=200)
    with console.capture() as capture:
        console.print(status_page(status))
    return next(line for line in capture.get().splitlines() if line.startswith("endpoint"))


def test_status_says_why_there_is_no_endpoint_and_what_starts_it() -> None:
    arn = "arn:aws:sagemaker:eu-west-1:111111111111:model-package/weather/1"
    shown = _shown(released=arn, waits_for=None, shutdown=SCHEDULE)
    assert "0 20 * * MON-FRI (UTC)" in shown
    assert "`mlstack up dev` starts it again" in shown
    assert "waits for a release" in _shown(released=None, waits_for="a release", shutdown=SCHEDULE)
    assert _shown(released=arn, waits_for=None, shutdown=None).rstrip().endswith("none")
