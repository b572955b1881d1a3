"""What a plan needs to be allowed: IAM actions, by the type of the resources that need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_stacks.plan.resources import SECRET, UNKNOWN

if TYPE_CHECKING:
    from mlstack_components.aws.placement import Placement
    from mlstack_stacks.plan.resources import Plan, PlannedResource

# What the program needs beside its resources: it reads the release pointer.
_OF_PROGRAMS = frozenset({"ssm:GetParametersByPath"})
_GRANTS = frozenset({"kms:CreateGrant", "kms:DescribeKey"})
_BESIDE = {
    # https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html
    "aws:appautoscaling/target:Target": frozenset({"iam:CreateServiceLinkedRole"}),
    # https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
    "aws:ecr/repository:Repository": _GRANTS,
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    "aws:s3/bucketObjectv2:BucketObjectv2": frozenset({"kms:Decrypt", "kms:GenerateDataKey"}),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": _GRANTS,
}
"""What the services that make a resource do in the caller's name."""
_BUCKET = "bucket"
_POLICY = "aws:iam/policy:Policy"
_RANDOM = "-0000000"  # What the provider adds to names that it makes up.

_KINDS = {
    "ecr": "repository/",
    "events": "rule/",
    "logs": "log-group:",
    "sns": "",
    "sqs": "",
    "ssm": "parameter/",
}
_SAGEMAKER = {
    "EndpointConfig": "endpoint-config",
    "Endpoint": "endpoint",
    "FeatureGroup": "feature-group",
    "ModelPackageGroup": "model-package-group",
    "Model": "model",
    "Pipeline": "pipeline",
}


@dataclass(frozen=True)
class Needed:
    """What one type of resources needs.

    Attributes:
        token: The type.
        name: A name that one of them has or may get.
        actions: The IAM actions.
    """

    token: str
    name: str
    actions: frozenset[str]

    def arn(self, action: str, placement: Placement) -> str:
        """An ARN of a resource that an action is for, as policies would name it; `*` where the action knows none.

        Args:
            action: The action.
            placement: The account and region.
        """
        service, operation = action.split(":")
        if service == "s3":
            # A policy of S3 names the bucket for its settings, and what is in it for objects.
            return f"arn:{placement.partition}:s3:::{self.name}{'/x' if 'Object' in operation else ''}"
        if service == "iam":
            kind = "policy" if self.token == _POLICY else "role"
            return f"arn:{placement.partition}:iam::{placement.account}:{kind}/{self.name}"
        if service == "sagemaker":
            kind = next((kind for noun, kind in _SAGEMAKER.items() if noun in operation), self._kind)
            return placement.arn(service, f"{kind}/{self.name}") if kind else "*"
        if service in _KINDS:
            return placement.arn(service, f"{_KINDS[service]}{self.name.lstrip('/')}")
        return "*"

    @property
    def _kind(self) -> str:
        noun = self.token.rsplit(":", 1)[-1].replace("Configuration", "Config")
        return _SAGEMAKER.get(noun, "")


def needed_by(plan: Plan) -> list[Needed]:
    """What a plan needs, by type.

    Args:
        plan: The plan; resources of types that the provider's table does not have are passed over.
    """
    from mlstack_localcloud.provider.actions import actions_of
    from mlstack_localcloud.provider.registry import RESOURCE_TYPES, resource_type

    found: dict[str, Needed] = {}
    for each in plan.resources:
        if each.type not in RESOURCE_TYPES:
            continue
        before = found.get(each.type)
        actions = actions_of(resource_type(each.type)) | _beside(each) | (before.actions if before else frozenset())
        found[each.type] = Needed(each.type, before.name if before else _name(each), actions)
    program = Needed("program", f"mlstack/{plan.project}/{plan.environment}/release", _OF_PROGRAMS)
    return [*found.values(), program]


def _beside(resource: PlannedResource) -> frozenset[str]:
    """What a resource needs beside its own operations: to hand on a role, or to use a key."""
    passes = any(name.lower().endswith("rolearn") for name in resource.properties)
    return _BESIDE.get(resource.type, frozenset()) | (frozenset({"iam:PassRole"}) if passes else frozenset())


def _name(resource: PlannedResource) -> str:
    from mlstack_localcloud.provider.registry import resource_type

    type_ = resource_type(resource.type)
    # Policies of S3 begin with the bucket, whatever of it or in it is made.
    names = (_BUCKET,) if type_.service == "s3" else type_.identity
    given = [resource.properties.get(name) for name in names]
    known = next((value for value in given if isinstance(value, str) and value not in (UNKNOWN, SECRET)), None)
    return known or f"{resource.name}{_RANDOM}"
