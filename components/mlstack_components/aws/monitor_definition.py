"""Job definitions of monitors that Cloud Control makes, because pulumi-aws has no resource for them.

The form is CloudFormation's: docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ and there
aws-resource-sagemaker-modelqualityjobdefinition.html and others. A definition never changes and its name follows
from what is in it, so that another baseline, as with each release, makes another one before the former goes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.instance_types import volume_key
from mlstack_components.aws.model_monitors import MAX_RUNTIME_SECONDS, VOLUME_GIGABYTES
from mlstack_components.aws.names import MONITOR_REPORT_PREFIX, s3_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlstack_components.aws.network import Network, NetworkInput
    from mlstack_components.aws.placement import Placement

INPUT = "/opt/ml/processing/input/endpoint"
"""Where a job finds the captured calls."""

_OUTPUT = "/opt/ml/processing/output"
_HASH_DIGITS = 8


@dataclass(frozen=True, kw_only=True)
class MonitorArgs:
    """What every monitor of an endpoint is made from."""

    placement: Placement
    """The account and region."""
    endpoint_name: pulumi.Input[str]
    """The endpoint, which captures its calls."""
    baseline_uri: str | None
    """The S3 folder of the baseline of the released version; None as long as nothing is released that has it: then
    nothing is scheduled."""
    schedule: str
    """`hourly`, `daily`, or cron with five fields, every few hours at the most, in UTC."""
    role_arn: pulumi.Input[str]
    """The role of the monitors' jobs."""
    artifact_bucket: pulumi.Input[str]
    """The name of the bucket of the reports and of what the jobs are told by."""
    encryption_key_arn: pulumi.Input[str]
    """The key of volumes, reports and of what the jobs are told by."""
    instance_type: str = "ml.m5.xlarge"
    """The machine of each run."""
    network: NetworkInput | None = None
    """The VPC of the jobs; SageMaker's own network where None."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all resources."""


@dataclass(frozen=True)
class Known:
    """The values of a monitor's inputs, once they are known.

    Attributes:
        endpoint: The endpoint's name.
        role: The role of the jobs.
        artifacts: The bucket of the reports.
        key: The key of volumes and reports.
        network: The VPC, or None.
        more: What only this monitor has.
    """

    endpoint: str
    role: str
    artifacts: str
    key: str
    network: Network | None
    more: Mapping[str, Any]

    def endpoint_input(self, **more: Any) -> dict[str, Any]:
        """Return the endpoint as a job's input.

        Args:
            more: Further members.
        """
        return {"EndpointName": self.endpoint, "LocalPath": INPUT, **more}

    def output(self, folder: str) -> dict[str, Any]:
        """Return where reports go.

        Args:
            folder: The monitor's folder.
        """
        report = {"S3Uri": s3_uri(self.artifacts, f"{MONITOR_REPORT_PREFIX}{folder}"), "LocalPath": _OUTPUT}
        return {"KmsKeyId": self.key, "MonitoringOutputs": [{"S3Output": report}]}


def definition_resource(
    name: str,
    type_name: str,
    args: MonitorArgs,
    *,
    specific: Callable[[Known], dict[str, Any]],
    more: Mapping[str, pulumi.Input[Any]],
    parent: pulumi.Resource,
    isolated: bool = True,
) -> aws.cloudcontrol.Resource:
    """Declare a job definition.

    Args:
        name: Its logical name, and what its name begins with.
        type_name: CloudFormation's name of its type.
        args: What the monitor is made from.
        specific: The members that only this kind has, from the values.
        more: The inputs that only this kind has, by name.
        parent: The monitor.
        isolated: Whether the jobs have no network.
    """
    known = {
        "endpoint": args.endpoint_name,
        "role": args.role_arn,
        "artifacts": args.artifact_bucket,
        "key": args.encryption_key_arn,
        "network": args.network,
    }

    def write(found: dict[str, Any]) -> str:
        values = Known(**{each: found[each] for each in known}, more={each: found[f"more_{each}"] for each in more})
        return desired_state(name, args, {**specific(values), **_common(args, values, isolated=isolated)})

    inputs = {**known, **{f"more_{each}": value for each, value in more.items()}}
    return aws.cloudcontrol.Resource(
        name,
        aws.cloudcontrol.ResourceArgs(type_name=type_name, desired_state=pulumi.Output.all(**inputs).apply(write)),
        pulumi.ResourceOptions(parent=parent),
    )


def definition_name(definition: aws.cloudcontrol.Resource) -> pulumi.Output[str]:
    """Return the name of a job definition, whose identifier is its ARN."""
    return definition.id.apply(lambda arn: arn.rpartition("/")[2])


def desired_state(name: str, args: MonitorArgs, members: dict[str, Any]) -> str:
    """Return a job definition as Cloud Control takes it, named by what is in it.

    Args:
        name: What its name begins with.
        args: What the monitor is made from.
        members: Its members, without name and tags.
    """
    definition = {**members, "Tags": [{"Key": key, "Value": value} for key, value in sorted(args.tags.items())]}
    digest = hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()[:_HASH_DIGITS]
    return json.dumps({"JobDefinitionName": f"{name[: 62 - _HASH_DIGITS]}-{digest}", **definition})


def _common(args: MonitorArgs, known: Known, *, isolated: bool) -> dict[str, Any]:
    cluster: dict[str, Any] = {
        "InstanceCount": 1,
        "InstanceType": args.instance_type,
        "VolumeSizeInGB": VOLUME_GIGABYTES,
    }
    key = volume_key(args.instance_type, known.key)
    return {
        "JobResources": {"ClusterConfig": cluster if key is None else {**cluster, "VolumeKmsKeyId": key}},
        "NetworkConfig": _network_config(known.network, isolated=isolated),
        "RoleArn": known.role,
        "StoppingCondition": {"MaxRuntimeInSeconds": MAX_RUNTIME_SECONDS},
    }


def _network_config(network: Network | None, *, isolated: bool) -> dict[str, Any]:
    config: dict[str, Any] = {"EnableInterContainerTrafficEncryption": True, "EnableNetworkIsolation": isolated}
    if network is None:
        return config
    vpc = {"Subnets": list(network.subnet_ids), "SecurityGroupIds": list(network.security_group_ids)}
    return {**config, "VpcConfig": vpc}
