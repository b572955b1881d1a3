"""Build projects: what CreateProject takes is kept, with what CodeBuild adds.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.authorization.authorizer import Denied
from mlstack_localcloud.server.codebuild.errors import already_exists, invalid_input, not_found
from mlstack_localcloud.server.sagemaker.store import now

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Authorization, Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.store import Store

PROJECT = "project"
PRINCIPAL = "codebuild.amazonaws.com"
_TIMEOUT, _QUEUED_TIMEOUT = 60, 480  # Minutes, by API_CreateProject.
_NOT_IMPLEMENTED = ("buildBatchConfig", "fileSystemLocations", "secondaryArtifacts", "secondarySources")
_SOURCES = ("NO_SOURCE", "S3")
_ARTIFACTS = ("NO_ARTIFACTS", "S3")


class Projects:
    """The projects of an account.

    Args:
        store: The tables.
        authorization: Tells whether CodeBuild may assume a project's role.
    """

    def __init__(self, store: Store, authorization: Authorization) -> None:
        self._store = store
        self._authorization = authorization

    def operations(self) -> dict[str, Handler]:
        """The operations by name."""
        return {
            "CreateProject": self.create,
            "UpdateProject": self.update,
            "DeleteProject": self.delete,
            "BatchGetProjects": self.batch_get,
            "ListProjects": self.list_all,
        }

    def get(self, name: str, caller: Identity) -> Document:
        """Return a project.

        Raises:
            ServiceError: ResourceNotFoundException.
        """
        project = self._store.get(PROJECT, place_of(caller), name.rpartition(":project/")[2] or name)
        if project is None:
            raise not_found(f"Project cannot be found: {_arn(name, caller)}")
        return project

    def create(self, request: Document, caller: Identity) -> Document:
        """CreateProject."""
        moment = now()
        given = {
            "timeoutInMinutes": _TIMEOUT,
            "queuedTimeoutInMinutes": _QUEUED_TIMEOUT,
            "cache": {"type": "NO_CACHE"},
            "encryptionKey": f"arn:aws:kms:{caller.region}:{caller.account}:alias/aws/s3",
            "secondarySources": [],
            "secondaryArtifacts": [],
            "secondarySourceVersions": [],
            **{name: value for name, value in request.items() if name not in {"concurrentBuildLimit", "badgeEnabled"}},
        }
        _take_limit(given, request)
        project = {
            **_with_defaults(given),
            "arn": _arn(request["name"], caller),
            "badge": {"badgeEnabled": False},
            "projectVisibility": "PRIVATE",
            "created": moment,
            "lastModified": moment,
        }
        self._check(project, caller)
        if not self._store.insert(PROJECT, place_of(caller), request["name"], project):
            raise already_exists(f"Project already exists: {project['arn']}")
        return {"project": project}

    def update(self, request: Document, caller: Identity) -> Document:
        """UpdateProject: what is given replaces what was there; the rest stays."""
        project = self.get(request["name"], caller)

        def change(stored: Document) -> None:
            stored.update({name: value for name, value in request.items() if name != "concurrentBuildLimit"})
            _take_limit(stored, request)
            if not stored.get("vpcConfig", {}).get("vpcId"):
                stored.pop("vpcConfig", None)  # An empty one takes the network away.
            stored.update(_with_defaults(stored), lastModified=now())
            self._check(stored, caller)

        changed = self._store.update(PROJECT, place_of(caller), project["name"], change, stamp=False)
        return {"project": changed or {}}

    def delete(self, request: Document, caller: Identity) -> Document:
        """DeleteProject; one that is not there is no error."""
        self._store.delete(PROJECT, place_of(caller), request["name"].rpartition(":project/")[2])
        return {}

    def batch_get(self, request: Document, caller: Identity) -> Document:
        """BatchGetProjects."""
        names = {each: each.rpartition(":project/")[2] for each in request["names"]}
        found = {each: self._store.get(PROJECT, place_of(caller), name) for each, name in names.items()}
        return {
            "projects": [project for project in found.values() if project is not None],
            "projectsNotFound": [each for each, project in found.items() if project is None],
        }

    def list_all(self, _request: Document, caller: Identity) -> Document:
        """ListProjects."""
        return {"projects": [project["name"] for project in self._store.documents(PROJECT, place_of(caller))]}

    def _check(self, project: Document, caller: Identity) -> None:
        for name in _NOT_IMPLEMENTED:
            if project.get(name):
                raise invalid_input(f"The local cloud does not implement {name} of CodeBuild.")
        check_kinds(project)
        role = project["serviceRole"]
        try:
            self._authorization.authorize_assumption(PRINCIPAL, role, project["arn"], caller.region)
        except Denied as denied:
            message = f"CodeBuild is not authorized to perform: sts:AssumeRole on {role} ({denied})"
            raise invalid_input(message) from denied


def check_kinds(project: Document) -> None:
    """Refuse sources and artifacts that the local cloud has not.

    Args:
        project: A project, or what a build is made of.

    Raises:
        ServiceError: InvalidInputException.
    """
    source, artifacts = project["source"], project["artifacts"]
    if source["type"] not in _SOURCES:
        raise invalid_input(f"The local cloud has no sources of the type {source['type']}, only S3 and NO_SOURCE.")
    if source["type"] == "S3" and "/" not in source.get("location", ""):
        raise invalid_input("Project source location is required: bucket/key")
    if source["type"] == "NO_SOURCE" and not source.get("buildspec"):
        raise invalid_input("A buildspec is required for the source type NO_SOURCE")
    if artifacts["type"] not in _ARTIFACTS:
        raise invalid_input(f"The local cloud has no artifacts of the type {artifacts['type']}.")
    if artifacts["type"] == "S3" and not artifacts.get("location"):
        raise invalid_input("Project artifacts location is required")


def _take_limit(project: Document, request: Document) -> None:
    limit = request.get("concurrentBuildLimit")
    if limit == -1:  # API_UpdateProject: "To remove this limit, set this value to -1."
        project.pop("concurrentBuildLimit", None)
    elif limit is not None:
        project["concurrentBuildLimit"] = limit


def _with_defaults(project: Document) -> Document:
    """Add what CodeBuild itself adds to the parts of a project."""
    environment = {"privilegedMode": False, "environmentVariables": [], "imagePullCredentialsType": "CODEBUILD"}
    variables = [{"type": "PLAINTEXT", **each} for each in project["environment"].get("environmentVariables", [])]
    return {
        **project,
        "source": {"insecureSsl": False, **project["source"]},
        "environment": {**environment, **project["environment"], "environmentVariables": variables},
    }


def place_of(caller: Identity) -> str:
    """Return what the tables know as a region: the account and the region of a caller."""
    return f"{caller.account}/{caller.region}"


def _arn(name: str, caller: Identity) -> str:
    return f"arn:aws:codebuild:{caller.region}:{caller.account}:project/{name}"
