"""Builds: started, run in a thread of their own, stopped, told of; their records outlive the daemon.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html
"""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.codebuild.errors import invalid_input, not_found, too_many_builds
from mlstack_localcloud.server.codebuild.projects import PROJECT, check_kinds, place_of
from mlstack_localcloud.server.codebuild.run import BuildRun
from mlstack_localcloud.server.sagemaker.ports import Origin
from mlstack_localcloud.server.sagemaker.store import now

if TYPE_CHECKING:
    from mlstack_localcloud.server.codebuild.events import BuildEvents
    from mlstack_localcloud.server.codebuild.projects import Projects
    from mlstack_localcloud.server.codebuild.run import Tools
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import RunningJobs, Signals
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.store import Store

BUILD = "build"
IN_PROGRESS = "IN_PROGRESS"
FAULT = "FAULT"
_OVERRIDES = {
    "sourceVersion": ("sourceVersion",),
    "sourceTypeOverride": ("source", "type"),
    "sourceLocationOverride": ("source", "location"),
    "buildspecOverride": ("source", "buildspec"),
    "artifactsOverride": ("artifacts",),
    "timeoutInMinutesOverride": ("timeoutInMinutes",),
    "queuedTimeoutInMinutesOverride": ("queuedTimeoutInMinutes",),
    "serviceRoleOverride": ("serviceRole",),
    "encryptionKeyOverride": ("encryptionKey",),
    "imageOverride": ("environment", "image"),
    "computeTypeOverride": ("environment", "computeType"),
    "privilegedModeOverride": ("environment", "privilegedMode"),
    "logsConfigOverride": ("logsConfig",),
}
"""Where in a build the members of StartBuild go."""
_TAKEN = {"projectName", "environmentVariablesOverride", "idempotencyToken", *_OVERRIDES}


class Builds:
    """The builds of an account.

    Args:
        store: The tables.
        projects: The projects.
        tools: What builds are run with.
        running: The threads of what runs.
        events: Tells what becomes of builds.
    """

    def __init__(
        self, store: Store, projects: Projects, tools: Tools, running: RunningJobs, events: BuildEvents
    ) -> None:
        self._store = store
        self._projects = projects
        self._tools = tools
        self._running = running
        self._events = events
        self._starting = threading.Lock()

    def operations(self) -> dict[str, Handler]:
        """The operations by name."""
        return {
            "StartBuild": self.start,
            "StopBuild": self.stop,
            "BatchGetBuilds": self.batch_get,
            "ListBuilds": self.list_all,
            "ListBuildsForProject": self.list_for_project,
        }

    def start(self, request: Document, caller: Identity) -> Document:
        """StartBuild."""
        for name in request:
            if name not in _TAKEN:
                raise invalid_input(f"The local cloud does not implement {name} of StartBuild.")
        project = self._projects.get(request["projectName"], caller)
        with self._starting:
            token = request.get("idempotencyToken")
            earlier = self._with_token(token, project["name"], place_of(caller)) if token else None
            if earlier is not None:
                return {"build": earlier}
            limit = project.get("concurrentBuildLimit")
            if limit is not None and len(self._active(project["name"], place_of(caller))) >= limit:
                raise too_many_builds(f"Cannot have more than {limit} active builds for the project")
            build = self._new(project, request, caller)
            self._store.insert(BUILD, place_of(caller), build["id"], build)
        origin = Origin.of(caller)
        self._events.state_changed(build, origin)
        self._running.start(build["arn"], lambda signals: self._work(build["id"], origin, signals))
        return {"build": build}

    def stop(self, request: Document, caller: Identity) -> Document:
        """StopBuild: asks the build to end; it is over when its record says so."""
        build = self._get(request["id"], place_of(caller))
        self._running.stop(build["arn"])
        return {"build": build}

    def batch_get(self, request: Document, caller: Identity) -> Document:
        """BatchGetBuilds."""
        found = {each: self._store.get(BUILD, place_of(caller), _id_of(each)) for each in request["ids"]}
        return {
            "builds": [build for build in found.values() if build is not None],
            "buildsNotFound": [each for each, build in found.items() if build is None],
        }

    def list_all(self, request: Document, caller: Identity) -> Document:
        """ListBuilds, the newest first."""
        return {"ids": self._ids(place_of(caller), request)}

    def list_for_project(self, request: Document, caller: Identity) -> Document:
        """ListBuildsForProject, the newest first."""
        project = self._projects.get(request["projectName"], caller)
        return {"ids": self._ids(place_of(caller), request, f"{project['name']}:")}

    def resume(self) -> None:
        """Builds that ran when the daemon ended have failed, and whoever listens is told."""
        for place, build in self._store.everywhere(BUILD):
            if build["buildStatus"] == IN_PROGRESS:
                message = "INTERNAL_ERROR Message: the local cloud ended while the build ran."
                finished = self._finish(build["id"], place, FAULT, message)
                account, _, region = place.partition("/")
                self._events.state_changed(finished, Origin(account, region, build["arn"]))

    def _ids(self, place: str, request: Document, prefix: str = "") -> list[str]:
        builds = self._store.documents(BUILD, place, prefix)
        newest_first = request.get("sortOrder", "DESCENDING") != "ASCENDING"
        return [each["id"] for each in sorted(builds, key=lambda each: each["_order"], reverse=newest_first)]

    def _active(self, project: str, place: str) -> list[Document]:
        builds = self._store.documents(BUILD, place, f"{project}:")
        return [build for build in builds if build["buildStatus"] == IN_PROGRESS]

    def _with_token(self, token: str, project: str, place: str) -> Document | None:
        builds = self._store.documents(BUILD, place, f"{project}:")
        return next((build for build in builds if build.get("_token") == token), None)

    def _get(self, name: str, place: str) -> Document:
        build = self._store.get(BUILD, place, _id_of(name))
        if build is None:
            raise not_found(f"Build {name} does not exist")
        return build

    def _new(self, project: Document, request: Document, caller: Identity) -> Document:
        identifier = f"{project['name']}:{uuid.uuid4()}"
        number = self._store.next_number(PROJECT, place_of(caller), project["name"])
        build: Document = {
            "id": identifier,
            "arn": f"arn:aws:codebuild:{caller.region}:{caller.account}:build/{identifier}",
            "buildNumber": number,
            "startTime": now(),
            "currentPhase": "SUBMITTED",
            "buildStatus": IN_PROGRESS,
            "projectName": project["name"],
            "phases": [],
            "buildComplete": False,
            "initiator": caller.arn.rpartition(":")[2].removeprefix("assumed-role/"),
            "_order": self._store.next_number(BUILD, place_of(caller), ""),
            "_token": request.get("idempotencyToken"),
            "_logsConfig": project.get("logsConfig", {}),
        }
        for name in ("source", "artifacts", "cache", "environment", "serviceRole", "encryptionKey", "sourceVersion"):
            if name in project:
                build[name] = project[name]
        for name in ("timeoutInMinutes", "queuedTimeoutInMinutes", "vpcConfig"):
            if name in project:
                build[name] = project[name]
        _override(build, request)
        check_kinds(build)
        return build

    def _work(self, identifier: str, origin: Origin, signals: Signals) -> None:
        build = self._get(identifier, place_of(origin))
        record = _Record(self, identifier, origin)
        status, message = FAULT, "INTERNAL_SERVICE_ERROR Message: the local cloud failed; its log says how"
        try:
            status, message = BuildRun(build, origin.region, self._tools, record).run(signals)
        finally:
            if not signals.closing.is_set():
                finished = self._finish(identifier, place_of(origin), status, message)
                self._events.state_changed(finished, origin)

    def _finish(self, identifier: str, place: str, status: str, message: str) -> Document:
        def change(build: Document) -> None:
            done = build["currentPhase"] == "FINALIZING"
            _close_phase(build, "SUCCEEDED" if done else status, "" if done else message)
            moment = now()
            build["phases"].append({"phaseType": "COMPLETED", "startTime": moment})
            build.update(currentPhase="COMPLETED", buildStatus=status, buildComplete=True, endTime=moment)

        return self._store.update(BUILD, place, identifier, change, stamp=False) or {}

    def enter(self, identifier: str, phase: str, origin: Origin, failure: str = "") -> None:
        """Record that a build enters a phase, and how the one before ended.

        Args:
            identifier: The build.
            phase: The phase that begins.
            origin: Who started the build.
            failure: Why the phase before failed, empty where it did not.
        """

        def change(build: Document) -> None:
            _close_phase(build, "FAILED" if failure else "SUCCEEDED", failure)
            build["phases"].append({"phaseType": phase, "startTime": now()})
            build["currentPhase"] = phase

        build = self._store.update(BUILD, place_of(origin), identifier, change, stamp=False)
        if build is not None and len(build["phases"]) > 1:
            self._events.phase_changed(build, origin)

    def note(self, identifier: str, place: str, values: Document) -> None:
        """Record members of a build."""
        self._store.update(BUILD, place, identifier, lambda build: build.update(values), stamp=False)


class _Record:
    """What a run tells of its build."""

    def __init__(self, builds: Builds, identifier: str, origin: Origin) -> None:
        self._builds = builds
        self._identifier = identifier
        self._origin = origin

    def enter(self, phase: str, failure: str = "") -> None:
        """Tell that a phase begins."""
        self._builds.enter(self._identifier, phase, self._origin, failure)

    def note(self, **values: Any) -> None:
        """Tell members of the build."""
        self._builds.note(self._identifier, place_of(self._origin), values)


def _override(build: Document, request: Document) -> None:
    for name, place in _OVERRIDES.items():
        if name not in request:
            continue
        if len(place) == 1:
            build["_logsConfig" if name == "logsConfigOverride" else place[0]] = request[name]
        else:
            build[place[0]] = {**build[place[0]], place[1]: request[name]}
    given = [{"type": "PLAINTEXT", **each} for each in request.get("environmentVariablesOverride", [])]
    names = {each["name"] for each in given}
    kept = [each for each in build["environment"]["environmentVariables"] if each["name"] not in names]
    build["environment"] = {**build["environment"], "environmentVariables": [*kept, *given]}


def _close_phase(build: Document, status: str, message: str) -> None:
    if not build["phases"]:
        return
    phase, moment = build["phases"][-1], now()
    phase.update(phaseStatus=status, endTime=moment, durationInSeconds=int(moment - phase["startTime"]))
    if message:
        phase["contexts"] = [{"statusCode": message.partition(" ")[0], "message": message}]


def _id_of(name: str) -> str:
    return name.rpartition(":build/")[2]
