"""Logs of jobs and endpoints, read from CloudWatch Logs.

SageMaker's groups and streams: `/aws/sagemaker/TrainingJobs` with `<job>/algo-1-<number>`,
`/aws/sagemaker/ProcessingJobs` likewise, and `/aws/sagemaker/Endpoints/<endpoint>` with `<variant>/<instance>`.
Source: https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mlstack.cloud.errors import is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_logs import CloudWatchLogsClient

    from mlstack.training.execution import Job

LAST_LINES = 20


@dataclass(frozen=True)
class LogLine:
    """One line of a log.

    Attributes:
        time: When it was written.
        message: The line.
    """

    time: datetime
    message: str


@dataclass
class Log:
    """The streams of one job or endpoint; remembers how far they were read.

    Attributes:
        client: A client of CloudWatch Logs.
        group: The log group.
        prefix: What the names of the streams start with.
    """

    client: CloudWatchLogsClient
    group: str
    prefix: str = ""
    _positions: dict[str, str] = field(default_factory=dict)

    def new_lines(self) -> Iterator[LogLine]:
        """The lines that were written since the last call, stream by stream."""
        for stream in self._streams():
            yield from self._read(stream)

    def last_lines(self, count: int = LAST_LINES) -> list[LogLine]:
        """The last lines, oldest first."""
        lines: list[LogLine] = []
        for stream in self._streams():
            events = self.client.get_log_events(
                logGroupName=self.group, logStreamName=stream, limit=count, startFromHead=False
            )["events"]
            lines += [_line(event) for event in events]
        return sorted(lines, key=lambda line: line.time)[-count:]

    def _streams(self) -> list[str]:
        from botocore.exceptions import ClientError

        arguments: dict[str, Any] = {"logStreamNamePrefix": self.prefix} if self.prefix else {}
        pages = self.client.get_paginator("describe_log_streams").paginate(logGroupName=self.group, **arguments)
        try:
            return [stream["logStreamName"] for page in pages for stream in page["logStreams"]]
        except ClientError as error:
            if is_missing(error):
                return []
            raise

    def _read(self, stream: str) -> Iterator[LogLine]:
        while True:
            position = self._positions.get(stream)
            arguments: dict[str, Any] = {"nextToken": position} if position else {"startFromHead": True}
            answer = self.client.get_log_events(logGroupName=self.group, logStreamName=stream, **arguments)
            yield from map(_line, answer["events"])
            self._positions[stream] = answer["nextForwardToken"]
            # At the end of a stream CloudWatch Logs answers with the token that it was asked with.
            if not answer["events"] or answer["nextForwardToken"] == position:
                return


def job_log(client: CloudWatchLogsClient, job: Job) -> Log:
    """The log of a job; of a tuning job, those of its training jobs."""
    if job.kind == "HyperParameterTuningJobs":
        return Log(client, "/aws/sagemaker/TrainingJobs", f"{job.name}-")
    return Log(client, f"/aws/sagemaker/{job.kind}", f"{job.name}/")


def endpoint_log(client: CloudWatchLogsClient, endpoint: str) -> Log:
    """The log of an endpoint's containers."""
    return Log(client, f"/aws/sagemaker/Endpoints/{endpoint}")


def _line(event: Any) -> LogLine:
    return LogLine(datetime.fromtimestamp(event["timestamp"] / 1000, UTC), event["message"].rstrip("\n"))
