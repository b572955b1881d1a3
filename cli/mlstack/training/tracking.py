"""The tracking server that training records its runs on, as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlstack.cloud.deployment import Deployment


@dataclass(frozen=True)
class LiveTracking:
    """A tracking server.

    Attributes:
        arn: Its ARN, which is the tracking URI of MLflow's clients.
        status: SageMaker's word for its state, such as `Created`; `Missing` where it is gone.
        experiment: The experiment that runs belong to.
    """

    arn: str
    status: str
    experiment: str | None

    @property
    def name(self) -> str:
        """Its name."""
        return self.arn.rpartition("/")[2]

    def to_json(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {"arn": self.arn, "name": self.name, "status": self.status, "experiment": self.experiment}


def read_tracking(deployment: Deployment) -> LiveTracking | None:
    """Look at the tracking server of an environment; None where it has none.

    Args:
        deployment: The environment.
    """
    arn = deployment.outputs.tracking_server_arn
    if arn is None:
        return None
    from botocore.exceptions import ClientError

    from mlstack.cloud.errors import is_missing

    name = arn.rpartition("/")[2]
    try:
        server = deployment.session.client("sagemaker").describe_mlflow_tracking_server(TrackingServerName=name)
    except ClientError as error:
        if not is_missing(error):
            raise
        return LiveTracking(arn, "Missing", deployment.outputs.tracking_experiment)
    return LiveTracking(arn, server["TrackingServerStatus"], deployment.outputs.tracking_experiment)


def pages_of(deployment: Deployment, tracking: LiveTracking) -> str | None:
    """Ask for an address that opens the server's pages, good once and within five minutes; None where it is refused.

    Args:
        deployment: The environment.
        tracking: Its tracking server.
    """
    from botocore.exceptions import ClientError

    sagemaker = deployment.session.client("sagemaker")
    try:
        answer = sagemaker.create_presigned_mlflow_tracking_server_url(TrackingServerName=tracking.name)
    except ClientError:
        # Who may look at the stack need not be allowed to see experiments.
        return None
    return str(answer["AuthorizedUrl"])
