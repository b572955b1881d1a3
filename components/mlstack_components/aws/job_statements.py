"""The statements that the policies of several kinds of jobs have in common, as pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.names import PIPELINE_PREFIX
from mlstack_components.aws.policies import Statement, statement

if TYPE_CHECKING:
    from mlstack_components.aws.job_policy_args import JobKind, JobPolicyArgs


def results(args: JobPolicyArgs) -> str:
    """Return where jobs write what they put out, as an ARN."""
    folder = f"{PIPELINE_PREFIX}{args.pipeline_name}/" if args.pipeline_name else PIPELINE_PREFIX
    return f"{args.artifact_bucket_arn}/{folder}*"


def list_buckets(bucket_arns: list[str]) -> Statement:
    """Return the right to list buckets."""
    return statement("ListBuckets", ["s3:GetBucketLocation", "s3:ListBucket"], bucket_arns)


def use_key(args: JobPolicyArgs, *, write: bool) -> list[Statement]:
    """Return the rights on the environment's key."""
    actions = ["kms:Decrypt", "kms:DescribeKey"]
    if write:
        actions += ["kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom"]
        actions += ["kms:ReEncryptTo"]
    # Encrypted volumes are attached by a grant that SageMaker makes in the role's name.
    grant = statement(
        "AttachEncryptedVolumes",
        ["kms:CreateGrant"],
        args.encryption_key_arn,
        condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
    )
    return [statement("UseKey", actions, args.encryption_key_arn), grant]


def pull_images(args: JobPolicyArgs) -> list[Statement]:
    """Return the rights to pull the images in use."""
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    # The token is the account's own and names no resource, so it can't be scoped.
    token = statement("AuthenticateAtRegistries", ["ecr:GetAuthorizationToken"], "*")
    if not args.image_repository_arns:
        return [token]
    return [token, statement("PullImages", actions, list(args.image_repository_arns))]


def job_log_group(args: JobPolicyArgs, kind: JobKind, name: str) -> str:
    """Return the ARN of the log group of a kind's jobs."""
    return args.log_group_arns.get(kind) or args.placement.arn("logs", f"log-group:{name}")


def write_logs(group: str) -> list[Statement]:
    """Return the rights to write logs below a group and metrics."""
    actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    namespaces = ["/aws/sagemaker/*", "AWS/SageMaker*", "aws/sagemaker/*"]
    return [
        statement("WriteLogs", actions, [group, f"{group}:*"]),
        # Metrics name no resource; the namespace is the only scope that there is.
        statement(
            "WriteMetrics",
            ["cloudwatch:PutMetricData"],
            "*",
            condition={"StringLike": {"cloudwatch:namespace": namespaces}},
        ),
    ]


def join_network(args: JobPolicyArgs) -> list[Statement]:
    """Return the rights to be placed in the VPC; none without one."""
    network = args.network
    if network is None:
        return []
    resources = [
        args.placement.arn("ec2", "network-interface/*"),
        *(args.placement.arn("ec2", f"subnet/{subnet}") for subnet in network.subnet_ids),
        *(args.placement.arn("ec2", f"security-group/{group}") for group in network.security_group_ids),
    ]
    changes = [
        "ec2:CreateNetworkInterface",
        "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteNetworkInterfacePermission",
    ]
    # EC2's Describe operations know no resources (https://docs.aws.amazon.com/service-authorization/latest/reference/).
    reads = [
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    ]
    return [statement("JoinNetwork", changes, resources), statement("ReadNetwork", reads, "*")]


def read_secrets(args: JobPolicyArgs) -> list[Statement]:
    """Return the rights to read the secrets; none without any."""
    # Secrets Manager ends a secret's ARN in a hyphen and six characters of its own choice. With `*` in their place the
    # secret `api` would open `api-admin` too
    # (https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html).
    arns = [args.placement.arn("secretsmanager", f"secret:{name}-??????") for name in args.secrets]
    return [statement("ReadSecrets", ["secretsmanager:GetSecretValue"], arns)] if arns else []
