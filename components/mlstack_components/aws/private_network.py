"""A private network of an environment's own: no way in, no way out, and AWS's services reached inside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.network import Network
from mlstack_components.aws.network_addresses import subnet_cidrs
from mlstack_components.aws.network_policies import (
    INTERFACES,
    SECRETS,
    TRACKING,
    endpoint_policy,
    flow_log_policy,
    gateway_policy,
    service_name,
)
from mlstack_components.aws.policies import trust_policy

if TYPE_CHECKING:
    from mlstack_components.aws.placement import Placement

_HTTPS = 443


@dataclass(frozen=True, kw_only=True)
class PrivateNetworkArgs:
    """What a private network is made from."""

    placement: Placement
    """The account and region."""
    cidr: str
    """The range of its addresses, `/16` to `/25` (`/24` with a zone beyond `d`), such as `10.0.0.0/16`."""
    zones: tuple[str, ...]
    """The letters of its zones, such as `("a", "b")`. Zones differ from account to account in what they are and not in
    their letters, so they are given and never looked up."""
    encryption_key_arn: pulumi.Input[str]
    """The key of the flow logs."""
    secrets: bool = False
    """Whether Secrets Manager is reached too."""
    tracking: bool = False
    """Whether MLflow tracking servers are reached too."""
    flow_log_retention_days: int = 365
    """How long it is kept who talked to whom."""
    permissions_boundary_arn: pulumi.Input[str] | None = None
    """The organisation's boundary on what roles may ever do; None where it has none."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all resources."""


class PrivateNetwork(pulumi.ComponentResource):
    """A VPC with one private subnet a zone, a security group for jobs, endpoints of AWS's services, and flow logs.

    There is no internet gateway, no NAT gateway and no public address. Jobs reach the endpoints, S3 and each other;
    nobody else reaches them. Rules: EC2.2, EC2.6, EC2.15, EC2.55, EC2.56, CKV_AWS_23, CKV_AWS_24, CKV_AWS_130,
    CKV2_AWS_11, CKV2_AWS_12.
    """

    vpc_id: pulumi.Output[str]
    """The VPC's id."""
    subnet_ids: pulumi.Output[list[str]]
    """The ids of the subnets, in the order of the zones."""
    security_group_id: pulumi.Output[str]
    """The id of the security group of jobs and models."""
    network: pulumi.Output[Network]
    """Subnets and security group as jobs and models take them."""

    def __init__(self, name: str, args: PrivateNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:PrivateNetwork", name, {}, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._name = name
        self.vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            aws.ec2.VpcArgs(
                cidr_block=args.cidr,
                # Both, for the endpoints to answer under the names that clients use anyway.
                enable_dns_hostnames=True,
                enable_dns_support=True,
                tags=self._named(args, "vpc"),
            ),
            self._child,
        )
        self.default_security_group = aws.ec2.DefaultSecurityGroup(
            f"{name}-default-group",
            aws.ec2.DefaultSecurityGroupArgs(vpc_id=self.vpc.id, tags=self._named(args, "closed")),
            self._child,
        )
        self.route_table = aws.ec2.RouteTable(
            f"{name}-private-routes",
            aws.ec2.RouteTableArgs(vpc_id=self.vpc.id, tags=self._named(args, "private")),
            self._child,
        )
        self.associations: dict[str, aws.ec2.RouteTableAssociation] = {}
        self.subnets = [self._subnet(args, zone, cidr) for zone, cidr in subnet_cidrs(args.cidr, args.zones).items()]
        self.jobs_group = self._group(args, "jobs", "Jobs and models: to the endpoints, to S3 and among themselves")
        self.endpoints_group = self._group(args, "endpoints", "Endpoints of AWS's services: from jobs and models")
        self._endpoints(args)
        self._rules(args)
        self._flow_logs(args)
        self._outputs()

    def _outputs(self) -> None:
        self.vpc_id = self.vpc.id
        self.subnet_ids = pulumi.Output.all(*(subnet.id for subnet in self.subnets))
        self.security_group_id = self.jobs_group.id
        self.network = pulumi.Output.all(self.subnet_ids, self.security_group_id).apply(
            lambda known: Network(tuple(known[0]), (known[1],))
        )
        self.register_outputs(
            {"vpc_id": self.vpc_id, "subnet_ids": self.subnet_ids, "security_group_id": self.security_group_id}
        )

    def _named(self, args: PrivateNetworkArgs, what: str) -> dict[str, str]:
        """The tags, with the name that the console shows: these resources have no other."""
        return {**args.tags, "Name": f"{self._name}-{what}"}

    def _subnet(self, args: PrivateNetworkArgs, zone: str, cidr: str) -> aws.ec2.Subnet:
        subnet = aws.ec2.Subnet(
            f"{self._name}-private-{zone}",
            aws.ec2.SubnetArgs(
                vpc_id=self.vpc.id,
                cidr_block=cidr,
                availability_zone=f"{args.placement.region}{zone}",
                map_public_ip_on_launch=False,
                tags=self._named(args, f"private-{zone}"),
            ),
            self._child,
        )
        self.associations[zone] = aws.ec2.RouteTableAssociation(
            f"{self._name}-private-{zone}-routes",
            aws.ec2.RouteTableAssociationArgs(subnet_id=subnet.id, route_table_id=self.route_table.id),
            self._child,
        )
        return subnet

    def _group(self, args: PrivateNetworkArgs, what: str, description: str) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            f"{self._name}-{what}",
            aws.ec2.SecurityGroupArgs(vpc_id=self.vpc.id, description=description, tags=self._named(args, what)),
            self._child,
        )

    def _endpoints(self, args: PrivateNetworkArgs) -> None:
        self.gateway = aws.ec2.VpcEndpoint(
            f"{self._name}-s3-gateway",
            aws.ec2.VpcEndpointArgs(
                vpc_id=self.vpc.id,
                service_name=service_name(args.placement, "s3"),
                vpc_endpoint_type="Gateway",
                route_table_ids=[self.route_table.id],
                policy=gateway_policy(args.placement),
                tags=self._named(args, "s3"),
            ),
            self._child,
        )
        services = {**INTERFACES, **(SECRETS if args.secrets else {}), **(TRACKING if args.tracking else {})}
        self.interfaces = {
            what: aws.ec2.VpcEndpoint(
                f"{self._name}-{what}-interface",
                aws.ec2.VpcEndpointArgs(
                    vpc_id=self.vpc.id,
                    service_name=service_name(args.placement, service),
                    vpc_endpoint_type="Interface",
                    private_dns_enabled=True,
                    subnet_ids=[subnet.id for subnet in self.subnets],
                    security_group_ids=[self.endpoints_group.id],
                    policy=endpoint_policy(args.placement, actions),
                    tags=self._named(args, what),
                ),
                self._child,
            )
            for what, (service, actions) in services.items()
        }

    def _rules(self, args: PrivateNetworkArgs) -> None:
        jobs, endpoints = self.jobs_group.id, self.endpoints_group.id
        group = "referenced_security_group_id"
        each_other = "Instances of a job talk to each other"
        # Between the instances of a job AWS encrypts with IPsec, which needs UDP and ESP beside the job's own ports.
        everything: dict[str, Any] = {"ip_protocol": "-1"}
        https: dict[str, Any] = {"ip_protocol": "tcp", "from_port": _HTTPS, "to_port": _HTTPS}
        incoming: list[tuple[str, pulumi.Output[str], str, dict[str, Any]]] = [
            ("jobs-from-jobs", jobs, each_other, {**everything, group: jobs}),
            ("endpoints-from-jobs", endpoints, "Jobs and models call AWS's services", {**https, group: jobs}),
        ]
        outgoing: list[tuple[str, pulumi.Output[str], str, dict[str, Any]]] = [
            ("jobs-to-jobs", jobs, each_other, {**everything, group: jobs}),
            ("jobs-to-endpoints", jobs, "Jobs and models call AWS's services", {**https, group: endpoints}),
            ("jobs-to-s3", jobs, "S3 through the gateway", {**https, "prefix_list_id": self.gateway.prefix_list_id}),
        ]
        self.ingress_rules = {
            what: aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-{what}",
                aws.vpc.SecurityGroupIngressRuleArgs(
                    security_group_id=owner, description=description, tags=args.tags, **peer
                ),
                self._child,
            )
            for what, owner, description, peer in incoming
        }
        self.egress_rules = {
            what: aws.vpc.SecurityGroupEgressRule(
                f"{self._name}-{what}",
                aws.vpc.SecurityGroupEgressRuleArgs(
                    security_group_id=owner, description=description, tags=args.tags, **peer
                ),
                self._child,
            )
            for what, owner, description, peer in outgoing
        }

    def _flow_logs(self, args: PrivateNetworkArgs) -> None:
        name = self._name
        self.flow_log_group = group = aws.cloudwatch.LogGroup(
            f"{name}-flow-logs",
            aws.cloudwatch.LogGroupArgs(
                kms_key_id=args.encryption_key_arn, retention_in_days=args.flow_log_retention_days, tags=args.tags
            ),
            self._child,
        )
        trust = trust_policy(args.placement, "vpc-flow-logs", source_arns=[args.placement.arn("ec2", "vpc-flow-log/*")])
        self.flow_log_role = role = aws.iam.Role(
            f"{name}-flow-logs-role",
            aws.iam.RoleArgs(
                assume_role_policy=trust,
                description="Writes the flow logs of the private network",
                permissions_boundary=args.permissions_boundary_arn,
                tags=args.tags,
            ),
            self._child,
        )
        self.flow_log_policy = policy = aws.iam.RolePolicy(
            f"{name}-flow-logs-policy",
            aws.iam.RolePolicyArgs(role=role.name, policy=group.arn.apply(flow_log_policy)),
            self._child,
        )
        self.flow_log = aws.ec2.FlowLog(
            f"{name}-flow-log",
            aws.ec2.FlowLogArgs(
                vpc_id=self.vpc.id,
                traffic_type="ALL",
                log_destination=group.arn,
                iam_role_arn=role.arn,
                tags=self._named(args, "flow-log"),
            ),
            pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
