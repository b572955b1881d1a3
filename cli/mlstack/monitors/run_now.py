"""Running a monitor now, over the calls of the last hours.

A second schedule with the job definition of the first, the expression NOW and a window that ends now is what SageMaker
documents for this; it goes again when its one execution has ended
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-scheduling.html).
"""

from __future__ import annotations

import contextlib
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.names import split_s3_uri
from mlstack_components.errors import MlstackError

from mlstack.cloud.errors import is_missing
from mlstack.monitors.violations import VIOLATIONS_FILE, MonitorRun, read_violations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlstack.cloud.deployment import Deployment

MONITORS = {"data_quality": "DataQuality", "model_quality": "ModelQuality"}
"""SageMaker's type of a monitor, by its name in mlstack.yaml."""

NO_DATA = "no data"
NO_LABELS = re.compile("no ground truth|no call has a label")
_FOUND = "CompletedWithViolations"
_ENDED = frozenset({"Completed", _FOUND, "Failed", "Stopped"})
_SECONDS_BETWEEN_LOOKS = {True: 0.5, False: 15.0}
_MOST_SECONDS = 3900.0
"""The longest that a monitor's job may take, and some minutes in which SageMaker starts it."""

_LONGEST_NAME = 63


class MonitorError(MlstackError):
    """A monitor could not be run, or its run failed."""

    code = "monitor"


@dataclass(frozen=True)
class RunNow:
    """Runs a monitor of one environment.

    Attributes:
        deployment: The environment.
        hours: How far back the calls are looked at.
        monitor: Which one, as mlstack.yaml calls it.
    """

    deployment: Deployment
    hours: int
    monitor: str = "data_quality"

    def run(self) -> MonitorRun:
        """Run it to its end.

        Raises:
            MonitorError: There is no monitor yet, nothing was captured, or the run failed.
        """
        from botocore.exceptions import ClientError

        schedule = _schedule_of(self.deployment, self.monitor)
        sagemaker = self.deployment.session.client("sagemaker")
        try:
            described = sagemaker.describe_monitoring_schedule(MonitoringScheduleName=schedule)
        except ClientError as error:
            if is_missing(error):
                raise _not_there(self.deployment) from error
            raise
        definition = described["MonitoringScheduleConfig"]["MonitoringJobDefinitionName"]
        with self._once(sagemaker, definition) as name:
            execution = self._wait(sagemaker, name)
        return self._result(schedule, execution)

    @contextlib.contextmanager
    def _once(self, sagemaker: Any, definition: str) -> Iterator[str]:
        suffix = f"-now-{int(time.time() * 1000):x}"
        name = self.deployment.endpoint_name[: _LONGEST_NAME - len(suffix)].rstrip("-") + suffix
        window = {"DataAnalysisStartTime": f"-PT{self.hours}H", "DataAnalysisEndTime": "-PT0H"}
        sagemaker.create_monitoring_schedule(
            MonitoringScheduleName=name,
            MonitoringScheduleConfig={
                "MonitoringJobDefinitionName": definition,
                "MonitoringType": MONITORS[self.monitor],
                "ScheduleConfig": {"ScheduleExpression": "NOW", **window},
            },
        )
        try:
            yield name
        finally:
            sagemaker.delete_monitoring_schedule(MonitoringScheduleName=name)

    def _wait(self, sagemaker: Any, name: str) -> Mapping[str, Any]:
        deadline = time.monotonic() + _MOST_SECONDS
        pause = _SECONDS_BETWEEN_LOOKS[self.deployment.spec.is_local]
        while time.monotonic() < deadline:
            found = sagemaker.list_monitoring_executions(MonitoringScheduleName=name)["MonitoringExecutionSummaries"]
            if found and found[0]["MonitoringExecutionStatus"] in _ENDED:
                ended: Mapping[str, Any] = found[0]
                return ended
            time.sleep(pause)
        raise MonitorError(f"The monitor's run did not end within {_MOST_SECONDS / 60:g} minutes.")

    def _result(self, schedule: str, execution: Mapping[str, Any]) -> MonitorRun:
        status, reason = execution["MonitoringExecutionStatus"], execution.get("FailureReason")
        if status in {"Failed", "Stopped"}:
            raise self._failure(status, reason)
        job = self.deployment.session.client("sagemaker").describe_processing_job(
            ProcessingJobName=execution["ProcessingJobArn"].rpartition("/")[2]
        )
        uri = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"].rstrip("/")
        found = read_violations(self._read(f"{uri}/{VIOLATIONS_FILE}")) if status == _FOUND else ()
        return MonitorRun(schedule, status, reason, found, uri, self.monitor)

    def _read(self, uri: str) -> bytes:
        bucket, key = split_s3_uri(uri)
        answer = self.deployment.session.client("s3").get_object(Bucket=bucket, Key=key)
        content: bytes = answer["Body"].read()
        return content

    def _failure(self, status: str, reason: str | None) -> MonitorError:
        environment = self.deployment.address
        if reason is not None and NO_LABELS.search(reason):
            return MonitorError(
                f"No call of the last {self.hours} hours has a label.",
                next_step=f"Upload what was right: `mlstack label {environment} --file FILE`, by the ids that "
                "`mlstack invoke --id ID` gave the calls.",
            )
        if reason is not None and NO_DATA in reason:
            return MonitorError(
                f"No call of the last {self.hours} hours was captured.",
                next_step=f"Call it, such as with `mlstack invoke {environment} --file FILE`, or look further back: "
                f"`mlstack monitor {environment} --hours {self.hours * 7}`.",
            )
        return MonitorError(f"The monitor's run {status.lower()}: {reason or 'SageMaker gives no reason.'}")


def monitors_of(deployment: Deployment) -> tuple[str, ...]:
    """The monitors that an environment has by mlstack.yaml.

    Args:
        deployment: The environment.

    Raises:
        MonitorError: There is none.
    """
    monitoring = deployment.spec.monitoring
    found = tuple(name for name in MONITORS if monitoring is not None and getattr(monitoring, name) is not None)
    if not found:
        raise MonitorError(
            f"The environment `{deployment.environment}` has no monitor.",
            next_step="Write `monitoring: {data_quality: hourly}` and `capture_percent: 100` below `serving` in "
            f"mlstack.yaml, then run `mlstack up {deployment.environment}`.",
        )
    return found


def chosen(deployment: Deployment, monitor: str | None) -> tuple[str, ...]:
    """The monitors to run.

    Args:
        deployment: The environment.
        monitor: The one that is asked for, or None for all.

    Raises:
        MonitorError: There is no such monitor.
    """
    there = monitors_of(deployment)
    if monitor is not None and monitor not in there:
        raise MonitorError(
            f"The environment `{deployment.environment}` has no monitor `{monitor}`.",
            next_step=f"It has {' and '.join(there)}.",
        )
    return there if monitor is None else (monitor,)


def _schedule_of(deployment: Deployment, monitor: str) -> str:
    names = deployment.outputs.monitoring_schedule_names or {}
    if monitor in names:
        return names[monitor]
    raise _not_there(deployment)


def _not_there(deployment: Deployment) -> MonitorError:
    environment = deployment.environment
    waits_for = deployment.outputs.monitors_wait_for or "a released model version with a baseline"
    return MonitorError(
        f"The monitor of `{environment}` waits for {waits_for}.",
        next_step=f"`mlstack up {environment}`, then train, approve and release a version: its run makes the baseline.",
    )
