"""What may pass a VPC's endpoints, and what its flow logs may write, as pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.policies import Statement, document, statement

if TYPE_CHECKING:
    from mlstack_components.aws.placement import Placement

INTERFACES = {
    "sagemaker-api": ("sagemaker.api", "sagemaker"),
    "sagemaker-runtime": ("sagemaker.runtime", "sagemaker"),
    "ecr-api": ("ecr.api", "ecr"),
    "ecr-registry": ("ecr.dkr", "ecr"),
    "logs": ("logs", "logs"),
    "sts": ("sts", "sts"),
    "kms": ("kms", "kms"),
}
"""The interface endpoints of every network by their logical names: the end of the service's name, and the prefix of its
actions."""

SECRETS = {"secrets": ("secretsmanager", "secretsmanager")}
"""The endpoint that joins them where jobs read secrets."""

TRACKING = {"tracking": ("experiments", "sagemaker-mlflow")}
"""The endpoint that joins them where jobs record their runs on an MLflow tracking server."""

_OF_SAGEMAKER = frozenset({"experiments"})
"""Services whose names begin otherwise
(https://docs.aws.amazon.com/sagemaker/latest/dg/mlflow-interface-endpoint-create.html)."""


def service_name(placement: Placement, service: str) -> str:
    """Return the name of an endpoint service of AWS, outside China, where some have other names.

    Args:
        placement: The account and region.
        service: The service, such as `sagemaker.api`.
    """
    start = "aws.sagemaker" if service in _OF_SAGEMAKER else "com.amazonaws"
    return f"{start}.{placement.region}.{service}"


def endpoint_policy(placement: Placement, actions: str) -> str:
    """Return who may call through an interface endpoint: this account's own principals.

    With credentials of another account, brought in from outside, nothing can be carried out.

    Args:
        placement: The account and region.
        actions: The prefix of the service's actions, such as `kms`.
    """
    return document(_own_account(placement, actions))


def gateway_policy(placement: Placement) -> str:
    """Return who may reach which buckets through the gateway endpoint.

    The account's principals, and the layers of images: ECR keeps those in a bucket of AWS's and gives out signed
    addresses, which belong to no principal of this account
    (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html).

    Args:
        placement: The account and region.
    """
    layers = f"arn:{placement.partition}:s3:::prod-{placement.region}-starport-layer-bucket/*"
    return document(
        _own_account(placement, "s3"), statement("ImageLayers", ["s3:GetObject"], layers, principal={"AWS": "*"})
    )


def flow_log_policy(log_group_arn: str) -> str:
    """Return what the role of the flow logs may do: write to its group.

    Args:
        log_group_arn: The group's ARN, without `:*`.
    """
    actions = ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    return document(statement("WriteFlowLogs", actions, [log_group_arn, f"{log_group_arn}:*"]))


def _own_account(placement: Placement, actions: str) -> Statement:
    return statement(
        "OwnAccount",
        [f"{actions}:*"],
        "*",
        principal={"AWS": "*"},
        condition={"StringEquals": {"aws:PrincipalAccount": placement.account}},
    )
