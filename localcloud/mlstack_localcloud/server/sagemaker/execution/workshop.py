"""What jobs and models are run with: objects, environments, credentials, logs and directories."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mlstack_localcloud.server.authorization.authorizer import Denied
from mlstack_localcloud.server.authorization.sources import session_arn
from mlstack_localcloud.server.sagemaker.execution import variables
from mlstack_localcloud.server.sagemaker.execution.directories import JobDirectory
from mlstack_localcloud.server.sagemaker.execution.environments import Environments
from mlstack_localcloud.server.sagemaker.execution.failures import JobError
from mlstack_localcloud.server.sagemaker.execution.logs import LogFollower
from mlstack_localcloud.server.sagemaker.execution.objects import Objects

if TYPE_CHECKING:
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.ports import Authorization, ClientFactory, Directories, Document

_MOST_METRICS = 1000  # API reference of CloudWatch, PutMetricData.


class Workshop:
    """Hands out what one job needs.

    Attributes:
        objects: Moves objects of S3.
        environments: Makes Python environments.
    """

    def __init__(self, home: Directories, clients: ClientFactory, authorization: Authorization) -> None:
        self._authorization = authorization
        self.objects = Objects(clients)
        self.environments = Environments(home.environments)
        self._clients = clients
        self._jobs = home.jobs

    def job_directory(self, kind: str, region: str, name: str) -> JobDirectory:
        """Return an empty directory for a job."""
        return JobDirectory.make(self._jobs / kind / region / name)

    def last_output(self, kind: str, region: str, name: str) -> float | None:
        """Return when a job printed something for the last time, in seconds since 1970; None where that isn't known."""
        root = self._jobs / kind / region / name
        logs = [*root.glob("output.log"), *root.glob("algo-*/output.log")]
        return max((log.stat().st_mtime for log in logs), default=None)

    def job_log(
        self, group: str, region: str, name: str, file: Path, *, role_arn: str | None, host: str = "algo-1"
    ) -> LogFollower:
        """Return what sends a host's output to its log stream, named as SageMaker names it: `<job>/<host>-<time>`."""
        stream = f"{name}/{host}-{int(time.time())}"
        return self.log(group, region, stream, file, role_arn)

    def log(self, group: str, region: str, stream: str, file: Path, role_arn: str | None) -> LogFollower:
        """Return what sends a growing file to a log stream under a role."""
        return LogFollower(self._clients, region, group, stream, file, role_arn=role_arn)

    def credentials(self, role_arn: str, region: str) -> dict[str, str]:
        """Return the variables with temporary keys of a role."""
        return variables.credentials(self._clients, role_arn, region)

    def publish(self, topic_arn: str, message: str, role_arn: str) -> None:
        """Publish a message to a topic of SNS under a role."""
        client = self._clients.client("sns", topic_arn.split(":")[3], role_arn)
        client.publish(TopicArn=topic_arn, Message=message)

    def put_metrics(self, namespace: str, metrics: list[Document], region: str, role_arn: str) -> None:
        """Publish metrics to CloudWatch under a role.

        Args:
            namespace: Their namespace.
            metrics: Entries of PutMetricData; a thousand go into one call.
            region: The region.
            role_arn: The role.

        Raises:
            ClientError: The role may not.
        """
        client = self._clients.client("cloudwatch", region, role_arn)
        for start in range(0, len(metrics), _MOST_METRICS):
            client.put_metric_data(Namespace=namespace, MetricData=metrics[start : start + _MOST_METRICS])

    def scaled_variants(self, endpoint: str, region: str) -> set[str]:
        """Return the variants of an endpoint that are registered for automatic scaling."""
        pages = self._clients.client("application-autoscaling", region).get_paginator("describe_scalable_targets")
        parts = [
            target["ResourceId"].split("/")
            for page in pages.paginate(ServiceNamespace="sagemaker")
            for target in page["ScalableTargets"]
        ]
        return {variant for _, name, _, variant in parts if name == endpoint}

    def attach_volume(self, role_arn: str, caller_arn: str, key: str, region: str) -> None:
        """Ask for the grant by which SageMaker attaches an encrypted volume.

        The job's role must be allowed to make it, or else who created the job:
        https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html

        Args:
            role_arn: The job's role.
            caller_arn: Who created the job.
            key: The volume's key.
            region: The region of the job.

        Raises:
            JobError: Neither may.
        """
        keys: dict[str, tuple[str, ...]] = {"kms:grantisforawsresource": ("true",)}
        reasons = []
        for arn in (session_arn(role_arn), caller_arn):
            try:
                self._authorization.authorize_key(arn, "kms:CreateGrant", key, region, keys)
            except Denied as denied:
                reasons.append(str(denied))
            else:
                return
        raise JobError(f"ClientError: The volume cannot be encrypted with {key}: {'; '.join(reasons)}")
