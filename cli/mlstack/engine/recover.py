"""Going on after the engine was killed in the middle of a creation.

The state then says that a creation was under way, not whether it happened. By itself the engine would create a second
one: a duplicate where the provider chose the name, a conflict where the name is fixed. But the inputs in the state hold
the name already, and so the id: the engine looks for a resource of this id, and takes it over or forgets it.

Not covered: what has neither name nor id before it is made (KMS keys, subscriptions). A repeated creation of settings
of something else (a bucket's policy, a rule's target) is harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

IDS: dict[str, str] = {
    "aws:cloudwatch/eventRule:EventRule": "{name}",
    "aws:cloudwatch/logGroup:LogGroup": "{name}",
    "aws:ecr/repository:Repository": "{name}",
    "aws:iam/role:Role": "{name}",
    "aws:iam/rolePolicy:RolePolicy": "{role}:{name}",
    "aws:kms/alias:Alias": "{name}",
    "aws:s3/bucket:Bucket": "{bucket}",
    "aws:sagemaker/endpoint:Endpoint": "{name}",
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": "{name}",
    "aws:sagemaker/model:Model": "{name}",
    "aws:sagemaker/featureGroup:FeatureGroup": "{featureGroupName}",
    "aws:sagemaker/modelPackageGroup:ModelPackageGroup": "{modelPackageGroupName}",
    "aws:sagemaker/pipeline:Pipeline": "{pipelineName}",
    "aws:sns/topic:Topic": "arn:aws:sns:{_region}:{_account}:{name}",
    "aws:sqs/queue:Queue": "{_queues}/{_account}/{name}",
}
"""How the provider makes a resource's id from its inputs (pulumi-aws, `Import` of each resource's page)."""


_CREATING = "creating"


@dataclass(frozen=True)
class Place:
    """Where an environment's resources are.

    Attributes:
        account: The account's 12 digits.
        region: The region.
        endpoint_url: The local cloud's address, or None for AWS.
    """

    account: str
    region: str
    endpoint_url: str | None = None

    @property
    def variables(self) -> dict[str, str]:
        """What ids are made from beside inputs."""
        queues = self.endpoint_url or f"https://sqs.{self.region}.amazonaws.com"
        return {"_account": self.account, "_region": self.region, "_queues": queues}


@dataclass(frozen=True)
class Recovery:
    """What to do about creations that were under way.

    Attributes:
        adopt: Resources to look for, as pairs of URN and id.
        forget: URNs of those of which nothing can be known.
    """

    adopt: tuple[tuple[str, str], ...]
    forget: tuple[str, ...]

    def apply(self, exported: Mapping[str, Any]) -> dict[str, Any]:
        """The state with the adopted resources in it, as if they had been made; a refresh then says whether they were.

        (`pulumi refresh --import-pending-creates` of 3.259 drops them without a look.)

        Args:
            exported: The state, as `pulumi stack export` prints it.

        Returns:
            A changed copy.
        """
        deployment = dict(exported["deployment"])
        identities = dict(self.adopt)
        settled = {*identities, *self.forget}
        pending = deployment.get("pending_operations") or []
        adopted = [
            {**operation["resource"], "id": identities[operation["resource"]["urn"]]}
            for operation in pending
            if operation["type"] == _CREATING and operation["resource"]["urn"] in identities
        ]
        deployment["resources"] = [*deployment.get("resources", []), *adopted]
        deployment["pending_operations"] = [each for each in pending if each["resource"]["urn"] not in settled]
        return {**exported, "deployment": deployment}


def plan_recovery(pending: Sequence[Mapping[str, Any]], place: Place) -> Recovery | None:
    """Decides what to do about operations that were under way.

    Args:
        pending: The operations, as the state holds them.
        place: Where the environment's resources are.

    Returns:
        What to do; None where no creation was under way.
    """
    creations = [operation["resource"] for operation in pending if operation["type"] == _CREATING]
    if not creations:
        return None
    adopt, forget = [], []
    for resource in creations:
        identity = _identity(resource, place)
        if identity is None:
            forget.append(resource["urn"])
        else:
            adopt.append((resource["urn"], identity))
    return Recovery(tuple(adopt), tuple(forget))


def _identity(resource: Mapping[str, Any], place: Place) -> str | None:
    pattern = IDS.get(resource["type"])
    if pattern is None:
        return None
    named = {name: value for name, value in (resource.get("inputs") or {}).items() if isinstance(value, str)}
    try:
        return pattern.format(**named, **place.variables)
    except KeyError:
        # A name that was not known yet, or is a secret.
        return None
