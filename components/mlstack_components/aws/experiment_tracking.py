"""The server that experiments are tracked with: SageMaker's managed MLflow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.names import s3_uri
from mlstack_components.aws.policies import document, statement, trust_policy
from mlstack_components.aws.secure_bucket import SecureBucket, SecureBucketArgs, secure_bucket
from mlstack_components.aws.tracking_access import TRACKING_PREFIX

if TYPE_CHECKING:
    from mlstack_components.aws.placement import Placement

ServerSize = Literal["Small", "Medium", "Large"]
"""For up to 25, 50 and 100 users (https://docs.aws.amazon.com/sagemaker/latest/dg/mlflow.html)."""

MAINTENANCE = "Sun:03:00"
"""When AWS may take the server down to update it, a day and a time of UTC."""


@dataclass(frozen=True, kw_only=True)
class ExperimentTrackingArgs:
    """What a tracking server is made from."""

    placement: Placement
    """The account and region."""
    server_name: str
    """The server's name, 1 to 256 letters, digits and hyphens: clients name the server by it, so it is chosen."""
    encryption_key_arn: pulumi.Input[str]
    """The key of the artifacts."""
    bucket: pulumi.Input[str] | None = None
    """The name of the bucket of the artifacts, which lie below `mlflow/`; where None one is made."""
    size: ServerSize = "Small"
    """How many users it is for."""
    weekly_maintenance: str = MAINTENANCE
    """When AWS may update it, such as `Sun:03:00`, in UTC."""
    permissions_boundary_arn: pulumi.Input[str] | None = None
    """The organisation's boundary on what roles may ever do; None where it has none."""
    noncurrent_days: int = 90
    """Of a bucket that is made: for how many days a replaced or deleted version of an object is kept."""
    access_log_days: int = 365
    """Of a bucket that is made: for how many days its access logs are kept."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all resources."""


class ExperimentTracking(pulumi.ComponentResource):
    """A tracking server, the role that it reads and writes artifacts with, and their bucket where none is given.

    Only signed requests reach it, and what they may do their sender's policies say, action by action. Experiments and
    runs are kept by AWS, encrypted with a key of its own: the server takes none (CreateMlflowTrackingServer).
    """

    server_arn: pulumi.Output[str]
    """The server's ARN, which is the tracking URI of MLflow's clients; known as soon as its role may work."""
    bucket_arn: pulumi.Output[str]
    """The bucket of the artifacts."""
    server: aws.sagemaker.MlflowTrackingServer
    """The server."""
    role: aws.iam.Role
    """Its role."""
    role_policy: aws.iam.RolePolicy
    """What that role may do."""
    logs: SecureBucket | None
    """The bucket of access logs; None where the artifacts' bucket was given."""
    artifacts: SecureBucket | None
    """The bucket of artifacts; None where it was given."""

    def __init__(self, name: str, args: ExperimentTrackingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:ExperimentTracking", name, {}, opts)
        self.logs = self.artifacts = None
        bucket = pulumi.Output.from_input(self._made_bucket(name, args) if args.bucket is None else args.bucket)
        self.bucket_arn = bucket.apply(lambda known: f"arn:{args.placement.partition}:s3:::{known}")
        self.role = aws.iam.Role(
            f"{name}-tracking",
            aws.iam.RoleArgs(
                assume_role_policy=trust_policy(args.placement, "sagemaker"),
                description="Keeps the artifacts of tracked experiments",
                permissions_boundary=args.permissions_boundary_arn,
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.role_policy = aws.iam.RolePolicy(
            f"{name}-tracking-policy",
            aws.iam.RolePolicyArgs(
                role=self.role.name,
                policy=pulumi.Output.all(self.bucket_arn, args.encryption_key_arn).apply(
                    lambda known: tracking_policy(known[0], known[1])
                ),
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.server = aws.sagemaker.MlflowTrackingServer(
            f"{name}-tracking-server",
            aws.sagemaker.MlflowTrackingServerArgs(
                tracking_server_name=args.server_name,
                artifact_store_uri=bucket.apply(lambda known: s3_uri(known, TRACKING_PREFIX.rstrip("/"))),
                role_arn=self.role.arn,
                tracking_server_size=args.size,
                weekly_maintenance_window_start=args.weekly_maintenance,
                # Versions are registered by the pipeline, once they have passed their gates.
                automatic_model_registration=False,
                tags=args.tags,
            ),
            # The official provider makes the new one first, and AWS has one server of a name.
            pulumi.ResourceOptions(parent=self, depends_on=[self.role_policy], delete_before_replace=True),
        )
        self.server_arn = self.server.arn
        self.register_outputs({"server_arn": self.server_arn, "bucket_arn": self.bucket_arn})

    def _made_bucket(self, name: str, args: ExperimentTrackingArgs) -> pulumi.Output[str]:
        self.logs = logs = secure_bucket(
            f"{name}-tracking-logs",
            SecureBucketArgs(
                placement=args.placement,
                # S3 delivers access logs only to buckets without a KMS key, and logging the log bucket would never end:
                # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
                encryption_key_arn=None,
                noncurrent_days=args.noncurrent_days,
                expiration_days=args.access_log_days,
                receives_access_logs=True,
                tags=args.tags,
            ),
            self,
        )
        self.artifacts = secure_bucket(
            f"{name}-tracking-artifacts",
            SecureBucketArgs(
                placement=args.placement,
                encryption_key_arn=args.encryption_key_arn,
                noncurrent_days=args.noncurrent_days,
                log_bucket=logs.bucket.bucket,
                log_bucket_ready=logs.ready,
                log_prefix=TRACKING_PREFIX,
                tags=args.tags,
            ),
            self,
        )
        return self.artifacts.name


def tracking_policy(bucket_arn: str, encryption_key_arn: str) -> str:
    """Return what the server's role may do: list, read, write and delete artifacts.

    https://docs.aws.amazon.com/sagemaker/latest/dg/mlflow-create-tracking-server-iam.html, narrowed to the prefix, and
    without the rights of automatic model registration.

    Args:
        bucket_arn: The bucket of the artifacts.
        encryption_key_arn: Its key.
    """
    objects = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts"]
    return document(
        statement("ListArtifacts", ["s3:GetBucketLocation", "s3:ListBucket"], bucket_arn),
        statement("KeepArtifacts", [*objects, "s3:PutObject"], f"{bucket_arn}/{TRACKING_PREFIX}*"),
        statement("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], encryption_key_arn),
    )
