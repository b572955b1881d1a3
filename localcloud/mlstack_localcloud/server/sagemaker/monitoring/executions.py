"""Monitoring executions: one a firing, each a processing job, or the reason why there is none.

What became of it is the job's own state, so nothing here has to be moved when the job ends:

```
InProgress | Stopping | Stopped | Failed     as the job
Completed                                    the job, with a message that tells violations or not
```
"""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import ServiceError
from mlstack_localcloud.server.sagemaker.execution.objects import DeniedError
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.monitoring.job_request import Execution, ground_truth_uri, job_request
from mlstack_localcloud.server.sagemaker.resources.job_definition_kinds import KINDS, DefinitionKind
from mlstack_localcloud.server.sagemaker.store import now

if TYPE_CHECKING:
    from datetime import datetime

    from mlstack_localcloud.server.sagemaker.execution.objects import Objects
    from mlstack_localcloud.server.sagemaker.monitoring.times import Window
    from mlstack_localcloud.server.sagemaker.ports import Document, Identity, Origin
    from mlstack_localcloud.server.sagemaker.resources.processing_jobs import ProcessingJobs
    from mlstack_localcloud.server.sagemaker.serving.router import Router
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = "monitoring-execution"
NO_DATA = "Job inputs had no data"
NO_LABELS = "Job inputs had no data: there is no ground truth"
VIOLATIONS = "CompletedWithViolations"

_LISTING = Listing(
    result="MonitoringExecutionSummaries",
    name="_name",
    status="MonitoringExecutionStatus",
    members=(
        "MonitoringScheduleName",
        "ScheduledTime",
        "CreationTime",
        "LastModifiedTime",
        "MonitoringExecutionStatus",
        "ProcessingJobArn",
        "EndpointName",
        "FailureReason",
        "MonitoringJobDefinitionName",
        "MonitoringType",
    ),
)
_log = logging.getLogger(__name__)


class Executions:
    """The executions of all schedules.

    Args:
        store: The tables.
        jobs: Where their jobs run.
        objects: Tells whether calls were captured.
        router: Knows the processes of endpoints, whose last captures may not be written yet.
    """

    def __init__(self, store: Store, jobs: ProcessingJobs, objects: Objects, router: Router) -> None:
        self._store = store
        self._jobs = jobs
        self._objects = objects
        self._router = router

    def start(
        self, schedule: Document, definition: Document, scheduled: datetime, window: Window, caller: Origin
    ) -> None:
        """Start an execution.

        Args:
            schedule: The schedule.
            definition: Its job definition.
            scheduled: When it was to fire.
            window: The calls that it looks at.
            caller: Who made the schedule.
        """
        kind = KINDS[schedule["MonitoringType"]]
        endpoint, created = kind.endpoint_of(definition), now()
        job_name = f"model-monitoring-{scheduled:%Y%m%d%H%M}-{secrets.token_hex(12)}"
        execution: Document = {
            "_name": job_name,
            "MonitoringScheduleName": schedule["MonitoringScheduleName"],
            "MonitoringJobDefinitionName": definition["JobDefinitionName"],
            "MonitoringType": schedule["MonitoringType"],
            "EndpointName": endpoint,
            "ScheduledTime": scheduled.timestamp(),
            "CreationTime": created,
            "LastModifiedTime": created,
        }
        reason = self._start_job(
            definition, kind, schedule["MonitoringScheduleName"], window, caller, job_name=job_name
        )
        if reason is None:
            execution["ProcessingJobArn"] = arns.arn(caller, arns.PROCESSING_JOB, job_name)
        else:
            execution |= {"MonitoringExecutionStatus": "Failed", "FailureReason": reason}
        self._store.insert(KIND, caller.region, job_name, execution)

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List executions."""
        found = [self._shown(each, caller.region) for each in self._store.documents(KIND, caller.region)]
        return _LISTING.answer(request, [each for each in found if _wanted(request, each)])

    def last(self, schedule: str, region: str) -> Document | None:
        """Return a schedule's last execution, or None."""
        found = [each for each in self._store.documents(KIND, region) if each["MonitoringScheduleName"] == schedule]
        newest = max(found, key=lambda each: float(each["CreationTime"]), default=None)
        return None if newest is None else self._shown(newest, region)

    def _start_job(
        self,
        definition: Document,
        kind: DefinitionKind,
        schedule: str,
        window: Window,
        caller: Origin,
        *,
        job_name: str,
    ) -> str | None:
        """Start the job; return why there is none."""
        endpoint = kind.endpoint_of(definition)
        try:
            folders = self._folders(definition, endpoint, window, caller)
            if not folders:
                return NO_DATA
            if kind.labelled and not self._has_labels(definition, kind, caller):
                return NO_LABELS
            execution = Execution(job_name, schedule, endpoint, window, folders)
            self._jobs.create(job_request(definition, kind, execution), caller)
        except (ServiceError, DeniedError) as error:
            return str(error)
        except Exception:
            _log.exception("The schedule %s could not start a job", schedule)
            return "InternalServerError: see the log of the local cloud."
        return None

    def _has_labels(self, definition: Document, kind: DefinitionKind, caller: Origin) -> bool:
        uri = ground_truth_uri(definition, kind)
        return self._objects.under(definition["RoleArn"]).exists(uri, caller.region)

    def _folders(self, definition: Document, endpoint: str, window: Window, caller: Origin) -> dict[str, str]:
        """The folders with captured calls, by their path below the endpoint's destination."""
        document = self._store.get(arns.ENDPOINT, caller.region, endpoint)
        if document is None:
            raise ServiceError("ValidationException", f"Could not find endpoint {endpoint}.")
        self._write_captures(document["EndpointArn"])
        deployment = document["_deployment"]
        destination = (deployment.get("capture") or {}).get("DestinationS3Uri", "").rstrip("/")
        objects = self._objects.under(definition["RoleArn"])
        paths = [
            f"{endpoint}/{variant['name']}/{folder}"
            for variant in deployment["variants"]
            for folder in window.folders()
        ]
        found = {path: f"{destination}/{path}/" for path in paths if destination}
        return {path: uri for path, uri in found.items() if objects.exists(uri, caller.region)}

    def _write_captures(self, arn: str) -> None:
        for each, fleet in self._router.routes():
            if each == arn and fleet.capture is not None:
                fleet.capture.flush()

    def _shown(self, execution: Document, region: str) -> Document:
        if "ProcessingJobArn" not in execution:
            return execution
        job = self._store.get(arns.PROCESSING_JOB, region, execution["_name"])
        if job is None:
            return {**execution, "MonitoringExecutionStatus": "Stopped", "FailureReason": "The job was deleted."}
        status = job["ProcessingJobStatus"]
        if status == "Completed" and job.get("ExitMessage", "").startswith(VIOLATIONS):
            status = VIOLATIONS
        reasons = {"FailureReason": job["FailureReason"]} if "FailureReason" in job else {}
        changed = {"MonitoringExecutionStatus": status, "LastModifiedTime": job["LastModifiedTime"]}
        return {**execution, **changed, **reasons}


def _wanted(request: Document, execution: Document) -> bool:
    same = {
        "MonitoringScheduleName": "MonitoringScheduleName",
        "EndpointName": "EndpointName",
        "MonitoringJobDefinitionName": "MonitoringJobDefinitionName",
        "MonitoringTypeEquals": "MonitoringType",
    }
    if any(request.get(asked, execution[member]) != execution[member] for asked, member in same.items()):
        return False
    scheduled = execution["ScheduledTime"]
    return bool(request.get("ScheduledTimeAfter", 0) < scheduled < request.get("ScheduledTimeBefore", float("inf")))
