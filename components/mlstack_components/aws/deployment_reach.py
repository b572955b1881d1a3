"""What of each service belongs to an environment, by what the names of its resources begin with, as pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlstack_components.aws.placement import Placement


@dataclass(frozen=True)
class Reach:
    """How an environment's resources are told from others.

    Attributes:
        placement: The account and region.
        project: The project's name.
        environment: The environment's name.
        prefix: What made-up names begin with, before a hyphen.
        names: What chosen names are or begin with, as `DeploymentPolicyArgs.names` says.
    """

    placement: Placement
    project: str
    environment: str
    prefix: str
    names: tuple[str, ...]


def own_resources(reach: Reach, service: str) -> list[str]:
    """Return the ARNs of a service's resources, by what their names begin with.

    Args:
        reach: Whose.
        service: The service, as IAM's actions name it.
    """
    placement = reach.placement
    if service == "ssm":
        return [placement.arn("ssm", f"parameter/mlstack/{reach.project}/{reach.environment}/*")]
    starts = [name[:-1] if name.endswith("*") else f"{name}-" for name in reach.names]
    covered = [name for name in reach.names if not name.endswith("*") and name.startswith(tuple(starts))]
    # The first is the endpoint's and the dashboard's; the others are for SageMaker alone.
    names = [name for name in reach.names if name not in covered] if service == "sagemaker" else reach.names[:1]
    named = [arn for name in names for arn in _named(placement, service, name)]
    return list(dict.fromkeys([*_made_up(reach)[service], *named]))


def _made_up(reach: Reach) -> dict[str, tuple[str, ...]]:
    """The resources whose names the provider makes up, by service."""
    placement, start = reach.placement, f"{reach.prefix}-*"
    partition, account = placement.partition, placement.account
    return {
        "cloudwatch": (placement.arn("cloudwatch", f"alarm:{start}"),),
        "codebuild": (placement.arn("codebuild", f"project/{start}"),),
        "ecr": (placement.arn("ecr", f"repository/{start}"),),
        "events": (placement.arn("events", f"event-bus/{start}"), placement.arn("events", f"rule/{start}")),
        "iam": (f"arn:{partition}:iam::{account}:role/{start}",),
        "logs": (
            placement.arn("logs", f"log-group:{start}"),
            placement.arn("logs", f"log-group:/aws/codebuild/{start}"),
        ),
        "s3": (f"arn:{partition}:s3:::{start}",),
        "sagemaker": (placement.arn("sagemaker", f"*/{start}"),),
        "scheduler": (placement.arn("scheduler", f"schedule/default/{start}"),),
        "sns": (placement.arn("sns", start),),
        "sqs": (placement.arn("sqs", start),),
    }


def _named(placement: Placement, service: str, name: str) -> list[str]:
    """The ARNs of a service's resources whose names are chosen, by a name or its beginning."""
    if service == "cloudwatch":
        return [f"arn:{placement.partition}:cloudwatch::{placement.account}:dashboard/{name}"]
    if service == "logs":
        return [placement.arn("logs", f"log-group:/aws/sagemaker/Endpoints/{name}{end}") for end in ("", ":*")]
    if service != "sagemaker":
        return []
    # A version follows its group's name, a feature group's own name the environment's.
    ends = ("",) if name.endswith("*") else ("", "-*", "/*")
    return [placement.arn("sagemaker", f"*/{name}{end}") for end in ends]
