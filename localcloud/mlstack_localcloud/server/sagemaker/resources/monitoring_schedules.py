"""Monitoring schedules: when the jobs of a definition run.

```
Scheduled -> Stopped -> Scheduled     (StopMonitoringSchedule, StartMonitoringSchedule)
```
A schedule with the expression NOW runs once, at its creation. What would have fired while the daemon was off is not
made up for.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from mlstack_localcloud.server.repeating_thread import RepeatingThread
from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import in_use, not_found, validation_error
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.monitoring import times
from mlstack_localcloud.server.sagemaker.ports import Origin
from mlstack_localcloud.server.sagemaker.resources.job_definition_kinds import KINDS
from mlstack_localcloud.server.sagemaker.store import now
from mlstack_localcloud.server.sagemaker.unsupported import MONITORING_SCHEDULE, refuse, unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from mlstack_localcloud.server.sagemaker.monitoring.executions import Executions
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.job_definitions import JobDefinitions
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = arns.MONITORING_SCHEDULE

_SECONDS_BETWEEN_LOOKS = 5.0
_SCHEDULED, _STOPPED = "Scheduled", "Stopped"
_LISTING = Listing(
    result="MonitoringScheduleSummaries",
    name="MonitoringScheduleName",
    status="MonitoringScheduleStatus",
    members=(
        "MonitoringScheduleName",
        "MonitoringScheduleArn",
        "CreationTime",
        "LastModifiedTime",
        "MonitoringScheduleStatus",
        "EndpointName",
        "MonitoringJobDefinitionName",
        "MonitoringType",
    ),
)


class MonitoringSchedules:
    """The monitoring schedules of all regions, and the thread that fires them.

    Args:
        store: The tables.
        tags: The tags.
        definitions: What is done, by the type of the monitor.
        executions: What was and is done.
        clock: Tells the time, in seconds since 1970.
    """

    def __init__(
        self,
        store: Store,
        tags: Tags,
        definitions: Mapping[str, JobDefinitions],
        executions: Executions,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._tags = tags
        self._definitions = definitions
        self._executions = executions
        self._clock = clock
        self._thread = RepeatingThread("monitoring-schedules", _SECONDS_BETWEEN_LOOKS, self.fire)
        self._firing = threading.Lock()

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "CreateMonitoringSchedule": self.create,
            "DescribeMonitoringSchedule": self.describe,
            "ListMonitoringSchedules": self.list_page,
            "UpdateMonitoringSchedule": self.update,
            "StartMonitoringSchedule": self.start,
            "StopMonitoringSchedule": self.stop,
            "DeleteMonitoringSchedule": self.delete,
            "ListMonitoringExecutions": self._executions.list_page,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Make a schedule."""
        name = request["MonitoringScheduleName"]
        arn, created = arns.arn(caller, KIND, name), now()
        config = self._checked(request["MonitoringScheduleConfig"], caller)
        schedule: Document = {
            "MonitoringScheduleName": name,
            "MonitoringScheduleArn": arn,
            "MonitoringScheduleStatus": _SCHEDULED,
            "CreationTime": created,
            "LastModifiedTime": created,
            "_creator": caller.arn,
            **config,
            **self._next(config),
        }
        if not self._store.insert(KIND, caller.region, name, schedule):
            raise in_use(f"Monitoring Schedule with name {name} already exists ({arn}).")
        self._tags.attach(arn, request)
        self._run_now(schedule, caller)
        return {"MonitoringScheduleArn": arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a schedule, with its last execution."""
        schedule = self._existing(request["MonitoringScheduleName"], caller)
        last = self._executions.last(schedule["MonitoringScheduleName"], caller.region)
        return schedule if last is None else {**schedule, "LastMonitoringExecutionSummary": last}

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List schedules."""
        asked = {
            "EndpointName": request.get("EndpointName"),
            "MonitoringJobDefinitionName": request.get("MonitoringJobDefinitionName"),
            "MonitoringType": request.get("MonitoringTypeEquals"),
        }
        found = [
            schedule
            for schedule in self._store.documents(KIND, caller.region)
            if all(value in {None, schedule[member]} for member, value in asked.items())
        ]
        return _LISTING.answer(request, found)

    def update(self, request: Document, caller: Identity) -> Document:
        """Give a schedule another time or another definition."""
        schedule = self._existing(request["MonitoringScheduleName"], caller)
        config = self._checked(request["MonitoringScheduleConfig"], caller)
        changed = {**config, **self._next(config)}
        updated = self._store.update(KIND, caller.region, schedule["MonitoringScheduleName"], _changes(changed))
        if updated is not None:
            self._run_now(updated, caller)
        return {"MonitoringScheduleArn": schedule["MonitoringScheduleArn"]}

    def start(self, request: Document, caller: Identity) -> Document:
        """Let a stopped schedule fire again."""
        schedule = self._existing(request["MonitoringScheduleName"], caller)
        changed = {"MonitoringScheduleStatus": _SCHEDULED, **self._next(schedule)}
        self._store.update(KIND, caller.region, schedule["MonitoringScheduleName"], _changes(changed))
        return {}

    def stop(self, request: Document, caller: Identity) -> Document:
        """Let a schedule fire no more, until it is started."""
        schedule = self._existing(request["MonitoringScheduleName"], caller)
        changed = {"MonitoringScheduleStatus": _STOPPED}
        self._store.update(KIND, caller.region, schedule["MonitoringScheduleName"], _changes(changed))
        return {}

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a schedule; the history of its executions stays."""
        schedule = self._existing(request["MonitoringScheduleName"], caller)
        self._store.delete(KIND, caller.region, schedule["MonitoringScheduleName"])
        self._tags.detach(schedule["MonitoringScheduleArn"])
        return {}

    def resume(self) -> None:
        """Begin to fire; what is past is past."""
        for region, schedule in self._store.everywhere(KIND):
            name = schedule["MonitoringScheduleName"]
            self._store.update(KIND, region, name, _changes(self._next(schedule)), stamp=False)
        self._thread.start()

    def close(self) -> None:
        """Fire no more."""
        self._thread.close()

    def fire(self) -> None:
        """Start the executions that are due, each once."""
        with self._firing:
            self._fire(self._clock())

    def _fire(self, moment: float) -> None:
        for region, schedule in self._store.everywhere(KIND):
            due = schedule.get("_next")
            if due is None or due > moment or schedule["MonitoringScheduleStatus"] != _SCHEDULED:
                continue
            changed = _changes(self._next(schedule))
            self._store.update(KIND, region, schedule["MonitoringScheduleName"], changed, stamp=False)
            recurrence = times.Recurrence.of(_expression(schedule))
            scheduled = times.utc(due)
            self._execute(schedule, scheduled, times.before(recurrence, scheduled), region)

    def _run_now(self, schedule: Document, caller: Identity) -> None:
        if _expression(schedule) == times.NOW:
            moment = times.utc(self._clock())
            self._execute(schedule, moment, _relative(schedule, moment), caller.region)

    def _execute(self, schedule: Document, scheduled: datetime, window: times.Window, region: str) -> None:
        account = schedule["MonitoringScheduleArn"].split(":")[4]
        definitions = self._definitions[schedule["MonitoringType"]]
        definition = definitions.existing(schedule["MonitoringJobDefinitionName"], region)
        self._executions.start(schedule, definition, scheduled, window, Origin(account, region, schedule["_creator"]))

    def _next(self, schedule: Document) -> Document:
        if _expression(schedule) == times.NOW:
            return {"_next": None}
        recurrence = times.Recurrence.of(_expression(schedule))
        return {"_next": recurrence.after(times.utc(self._clock())).timestamp()}

    def _checked(self, config: Document, caller: Identity) -> Document:
        """The members of a schedule that follow from its configuration."""
        refuse(config, MONITORING_SCHEDULE)
        name, kind = config.get("MonitoringJobDefinitionName"), config.get("MonitoringType")
        if name is None or kind is None:
            raise validation_error("A schedule needs MonitoringJobDefinitionName and MonitoringType.")
        if kind not in self._definitions:
            raise unsupported(f"the MonitoringType {kind}")
        endpoint = KINDS[kind].endpoint_of(self._definitions[kind].existing(name, caller.region))
        self._check_capture(endpoint, caller)
        schedule = {"ScheduleExpression": times.DAILY, **config.get("ScheduleConfig", {})}
        members: Document = {
            "MonitoringScheduleConfig": {**config, "ScheduleConfig": schedule},
            "MonitoringJobDefinitionName": name,
            "MonitoringType": kind,
            "EndpointName": endpoint,
        }
        try:
            if schedule["ScheduleExpression"] == times.NOW:
                _relative(members, times.utc(self._clock()))
            else:
                times.Recurrence.of(schedule["ScheduleExpression"])
        except times.ExpressionError as error:
            raise validation_error(str(error)) from error
        return members

    def _check_capture(self, endpoint: str, caller: Identity) -> None:
        document = self._store.get(arns.ENDPOINT, caller.region, endpoint)
        if document is None:
            raise validation_error(f'Could not find endpoint "{arns.arn(caller, arns.ENDPOINT, endpoint)}".')
        if not (document["_deployment"].get("capture") or {}).get("EnableCapture"):
            raise validation_error(f"Data capture is not enabled for the endpoint {endpoint}.")

    def _existing(self, name: str, caller: Identity) -> Document:
        schedule = self._store.get(KIND, caller.region, name)
        if schedule is None:
            raise not_found(f"Monitoring Schedule with name {name} does not exist.")
        return schedule


def _expression(schedule: Document) -> str:
    return str(schedule["MonitoringScheduleConfig"]["ScheduleConfig"]["ScheduleExpression"])


def _relative(schedule: Document, moment: datetime) -> times.Window:
    config = schedule["MonitoringScheduleConfig"]["ScheduleConfig"]
    if "DataAnalysisStartTime" not in config or "DataAnalysisEndTime" not in config:
        raise times.ExpressionError("A schedule that runs NOW needs DataAnalysisStartTime and DataAnalysisEndTime.")
    return times.relative(config["DataAnalysisStartTime"], config["DataAnalysisEndTime"], moment)


def _changes(members: Document) -> Callable[[Document], None]:
    return lambda document: document.update(members)
