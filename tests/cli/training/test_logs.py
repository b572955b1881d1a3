import time
from typing import Any

import boto3
import pytest
from mlstack.training.execution import Job
from mlstack.training.logs import endpoint_log, job_log

GROUP = "/aws/sagemaker/TrainingJobs"
JOB = Job("TrainingJobs", "pipelines-abc-train")


@pytest.fixture
def logs(session: boto3.Session) -> Any:
    client = session.client("logs")
    client.create_log_group(logGroupName=GROUP)
    return client


def _write(logs: Any, stream: str, *messages: str, group: str = GROUP, first: bool = True) -> None:
    if first:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(time.time() * 1000) - 60_000
    logs.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[{"timestamp": now + index, "message": message} for index, message in enumerate(messages)],
    )


def test_the_job_s_own_lines_and_no_other_s(logs: Any) -> None:
    _write(logs, "pipelines-abc-train/algo-1-17", "one", "two\n")
    _write(logs, "pipelines-abc-train-2/algo-1-18", "another job's")
    assert [line.message for line in job_log(logs, JOB).new_lines()] == ["one", "two"]


def test_the_lines_of_all_training_jobs_of_a_tuning_job(logs: Any) -> None:
    _write(logs, "abc-tune-x1-001-0f0f0f0f/algo-1-17", "one")
    _write(logs, "abc-tune-x1-002-0e0e0e0e/algo-1-18", "two")
    _write(logs, "abc-tune-x10-001-0d0d0d0d/algo-1-19", "another tuning's")
    job = Job("HyperParameterTuningJobs", "abc-tune-x1")
    assert [line.message for line in job_log(logs, job).new_lines()] == ["one", "two"]


def test_each_line_once(logs: Any) -> None:
    stream = "pipelines-abc-train/algo-1-17"
    log = job_log(logs, JOB)
    assert list(log.new_lines()) == []
    _write(logs, stream, "one")
    assert [line.message for line in log.new_lines()] == ["one"]
    assert list(log.new_lines()) == []
    _write(logs, stream, "two", first=False)
    assert [line.message for line in log.new_lines()] == ["two"]


def test_more_lines_than_one_answer_holds(logs: Any) -> None:
    stream = "pipelines-abc-train/algo-1-17"
    _write(logs, stream, *(f"line {number}" for number in range(9000)))
    _write(logs, stream, *(f"more {number}" for number in range(9000)), first=False)
    assert sum(1 for _ in job_log(logs, JOB).new_lines()) == 18000


def test_the_last_lines_oldest_first(logs: Any) -> None:
    _write(logs, "pipelines-abc-train/algo-1-17", *(f"line {number}" for number in range(50)))
    assert [line.message for line in job_log(logs, JOB).last_lines(3)] == ["line 47", "line 48", "line 49"]


def test_a_job_that_never_wrote(session: boto3.Session) -> None:
    assert job_log(session.client("logs"), JOB).last_lines() == []


def test_an_endpoint_s_log(session: boto3.Session) -> None:
    client: Any = session.client("logs")
    group = "/aws/sagemaker/Endpoints/weather-local"
    client.create_log_group(logGroupName=group)
    _write(client, "AllTraffic/i-1", "served", group=group)
    assert [line.message for line in endpoint_log(client, "weather-local").new_lines()] == ["served"]
