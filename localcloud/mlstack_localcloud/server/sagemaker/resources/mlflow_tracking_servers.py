"""MLflow tracking servers: their settings here, their experiments and runs in a real MLflow (`tracking/`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import conflict, not_found
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.store import now
from mlstack_localcloud.server.sagemaker.tracking.browser_sessions import PATH, BrowserSessions
from mlstack_localcloud.server.sagemaker.tracking.fleet import TrackingFleet
from mlstack_localcloud.server.sagemaker.unsupported import unsupported

if TYPE_CHECKING:
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
    from mlstack_localcloud.server.sagemaker.ports import ClientFactory, Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = arns.MLFLOW_TRACKING_SERVER
DEFAULT_VERSION = "3.0"
_EXPIRES_SECONDS = 300
_SESSION_SECONDS = 43_200
"""How long an address and the session after it are good unless asked otherwise
(docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedMlflowTrackingServerUrl.html)."""

_LISTING = Listing(
    result="TrackingServerSummaries",
    name="TrackingServerName",
    status="TrackingServerStatus",
    members=(
        "TrackingServerArn",
        "TrackingServerName",
        "CreationTime",
        "LastModifiedTime",
        "TrackingServerStatus",
        "IsActive",
        "MlflowVersion",
    ),
)


class MlflowTrackingServers:
    """State machine: `Created`, then `Updated`, `Stopped` and `Started` as asked; each at once.

    Attributes:
        fleet: The processes.
        sessions: The browsers that were let in.
    """

    def __init__(self, store: Store, tags: Tags, clients: ClientFactory, directory: Path, workshop: Workshop) -> None:
        self._store = store
        self._tags = tags
        self._clients = clients
        self.fleet = TrackingFleet(directory, workshop)
        self.sessions = BrowserSessions()

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "CreateMlflowTrackingServer": self.create,
            "DescribeMlflowTrackingServer": self.describe,
            "ListMlflowTrackingServers": self.list_page,
            "UpdateMlflowTrackingServer": self.update,
            "DeleteMlflowTrackingServer": self.delete,
            "StartMlflowTrackingServer": self.start,
            "StopMlflowTrackingServer": self.stop,
            "CreatePresignedMlflowTrackingServerUrl": self.presign,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Make a server."""
        _refuse_registration(request)
        name = request["TrackingServerName"]
        arn = arns.arn(caller, KIND, name)
        created = now()
        by = {"IamIdentity": {"Arn": caller.arn, "PrincipalId": caller.account}}
        server: Document = {
            "TrackingServerSize": "Small",
            "MlflowVersion": DEFAULT_VERSION,
            "AutomaticModelRegistration": False,
            "WeeklyMaintenanceWindowStart": "Tue:03:30",
            **{key: value for key, value in request.items() if key != "Tags"},
            "TrackingServerArn": arn,
            "TrackingServerStatus": "Created",
            "IsActive": "Active",
            "TrackingServerUrl": self._address(caller.region),
            "CreationTime": created,
            "CreatedBy": by,
            "LastModifiedTime": created,
            "LastModifiedBy": by,
        }
        if not self._store.insert(KIND, caller.region, name, server):
            raise conflict(f"A tracking server with the name {name} already exists.")
        self._tags.attach(arn, request)
        return {"TrackingServerArn": arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return a server."""
        return self.existing(request["TrackingServerName"], caller.region)

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List servers."""
        wanted = {member: request[member] for member in ("TrackingServerStatus", "MlflowVersion") if member in request}
        found = self._store.documents(KIND, caller.region)
        return _LISTING.answer(
            request, [each for each in found if all(each[member] == value for member, value in wanted.items())]
        )

    def update(self, request: Document, caller: Identity) -> Document:
        """Change a server; its process is started anew when it is next asked."""
        _refuse_registration(request)
        server = self.existing(request["TrackingServerName"], caller.region)
        self.fleet.stop(server)
        return self._change(server, caller, **request, TrackingServerStatus="Updated")

    def start(self, request: Document, caller: Identity) -> Document:
        """Let a server answer again."""
        server = self.existing(request["TrackingServerName"], caller.region)
        if server["IsActive"] == "Active":
            raise conflict(f"Tracking server {server['TrackingServerName']} is already started.")
        return self._change(server, caller, TrackingServerStatus="Started", IsActive="Active")

    def stop(self, request: Document, caller: Identity) -> Document:
        """Let a server answer no more; what it has recorded stays."""
        server = self.existing(request["TrackingServerName"], caller.region)
        if server["IsActive"] != "Active":
            raise conflict(f"Tracking server {server['TrackingServerName']} is already stopped.")
        changed = self._change(server, caller, TrackingServerStatus="Stopped", IsActive="Inactive")
        self.fleet.stop(server)
        return changed

    def delete(self, request: Document, caller: Identity) -> Document:
        """Delete a server with its experiments and runs; artifacts stay in S3."""
        server = self.existing(request["TrackingServerName"], caller.region)
        self._store.delete(KIND, caller.region, server["TrackingServerName"])
        self._tags.detach(server["TrackingServerArn"])
        self.fleet.forget(server, caller.region)
        return {"TrackingServerArn": server["TrackingServerArn"]}

    def presign(self, request: Document, caller: Identity) -> Document:
        """Return an address that opens the server's pages in a browser."""
        server = self.active(request["TrackingServerName"], caller.region)
        token = self.sessions.invite(
            caller.region,
            server["TrackingServerName"],
            caller.arn,
            expires=request.get("ExpiresInSeconds", _EXPIRES_SECONDS),
            lasts=request.get("SessionExpirationDurationInSeconds", _SESSION_SECONDS),
        )
        return {"AuthorizedUrl": f"{self._address(caller.region)}{PATH}?authToken={token}"}

    def existing(self, name: str, region: str) -> Document:
        """Return a server.

        Raises:
            ServiceError: ResourceNotFound.
        """
        server = self._store.get(KIND, region, name)
        if server is None:
            raise not_found(f"Tracking server {name} does not exist.")
        return server

    def active(self, name: str, region: str) -> Document:
        """Return a server that answers.

        Raises:
            ServiceError: There is none of that name, or it is stopped.
        """
        server = self.existing(name, region)
        if server["IsActive"] != "Active":
            raise conflict(f"Tracking server {name} is stopped. Start it first.")
        return server

    def _change(self, server: Document, caller: Identity, **changes: object) -> Document:
        by = {"IamIdentity": {"Arn": caller.arn, "PrincipalId": caller.account}}
        name = server["TrackingServerName"]
        self._store.update(KIND, caller.region, name, lambda body: body.update(changes, LastModifiedBy=by))
        return {"TrackingServerArn": server["TrackingServerArn"]}

    def _address(self, region: str) -> str:
        return str(self._clients.client("sts", region).meta.endpoint_url)


def _refuse_registration(request: Document) -> None:
    if request.get("AutomaticModelRegistration"):
        raise unsupported("AutomaticModelRegistration")
