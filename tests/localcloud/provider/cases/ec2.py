from __future__ import annotations

import json
from typing import Any

from pulumi_aws import cloudwatch, ec2, iam, vpc

from . import Case, Shared

_SERVICE = "com.amazonaws.us-east-1.sts"


def _policy(account: str) -> str:
    condition = {"StringEquals": {"aws:PrincipalAccount": account}}
    allowed = {"Effect": "Allow", "Principal": "*", "Action": "sts:*", "Resource": "*", "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [allowed]})


def _open(aws: Any, group: str) -> None:
    """Let everybody in."""
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    aws("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])


def _rename(aws: Any, outputs: Any) -> None:
    aws("ec2").create_tags(Resources=[outputs["id"]], Tags=[{"Key": "a", "Value": "by hand"}])


def _modify_rule(aws: Any, outputs: Any) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIpv4": "0.0.0.0/0"}
    aws("ec2").modify_security_group_rules(
        GroupId=outputs["securityGroupId"],
        SecurityGroupRules=[{"SecurityGroupRuleId": outputs["id"], "SecurityGroupRule": rule}],
    )


CASES = [
    Case(
        token="aws:ec2/vpc:Vpc",
        make=ec2.Vpc,
        inputs=lambda _: {"cidr_block": "10.1.0.0/16", "enable_dns_hostnames": True, "tags": {"a": "1"}},
        outputs=("arn", "ownerId", "defaultSecurityGroupId", "mainRouteTableId", "defaultNetworkAclId", "tagsAll"),
        change=lambda _: {"enable_dns_hostnames": False, "enable_dns_support": False, "tags": {"b": "1"}},
        replace=lambda _: {"cidr_block": "10.2.0.0/16"},
        tamper=lambda aws, o: aws("ec2").modify_vpc_attribute(VpcId=o["id"], EnableDnsSupport={"Value": True}),
        remove=lambda aws, o: aws("ec2").delete_vpc(VpcId=o["id"]),
    ),
    Case(
        token="aws:ec2/subnet:Subnet",
        make=ec2.Subnet,
        inputs=lambda shared: {
            "vpc_id": shared.vpc.id,
            "cidr_block": "10.0.16.0/20",
            "availability_zone": "us-east-1b",
            "tags": {"a": "1"},
        },
        outputs=("arn", "availabilityZone", "availabilityZoneId", "ownerId", "tagsAll"),
        change=lambda _: {"map_public_ip_on_launch": True, "tags": {}},
        replace=lambda _: {"cidr_block": "10.0.32.0/20", "availability_zone": "us-east-1c"},
        tamper=lambda aws, o: aws("ec2").modify_subnet_attribute(
            SubnetId=o["id"], MapPublicIpOnLaunch={"Value": False}
        ),
        remove=lambda aws, o: aws("ec2").delete_subnet(SubnetId=o["id"]),
    ),
    Case(
        token="aws:ec2/routeTable:RouteTable",
        make=ec2.RouteTable,
        inputs=lambda shared: {"vpc_id": shared.vpc.id, "tags": {"a": "1"}},
        outputs=("arn", "ownerId", "vpcId", "tagsAll"),
        change=lambda _: {"tags": {"a": "2"}},
        replace=lambda shared: {"vpc_id": shared.vpc2.id},
        tamper=_rename,
        remove=lambda aws, o: aws("ec2").delete_route_table(RouteTableId=o["id"]),
    ),
    Case(
        token="aws:ec2/routeTableAssociation:RouteTableAssociation",
        make=ec2.RouteTableAssociation,
        inputs=lambda shared: {"subnet_id": shared.subnet.id, "route_table_id": shared.table.id},
        outputs=("routeTableId", "subnetId"),
        replace=lambda shared: {"route_table_id": shared.table2.id},
        remove=lambda aws, o: aws("ec2").disassociate_route_table(AssociationId=o["id"]),
        import_id=lambda o: f"{o['subnetId']}/{o['routeTableId']}",
    ),
    Case(
        token="aws:ec2/securityGroup:SecurityGroup",
        make=ec2.SecurityGroup,
        inputs=lambda shared: {"vpc_id": shared.vpc.id, "description": "Jobs", "tags": {"a": "1"}},
        outputs=("arn", "name", "ownerId", "tagsAll"),
        change=lambda _: {"tags": {"a": "2"}},
        replace=lambda _: {"description": "Other jobs"},
        tamper=_rename,
        remove=lambda aws, o: aws("ec2").delete_security_group(GroupId=o["id"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        make=ec2.DefaultSecurityGroup,
        inputs=lambda shared: {"vpc_id": shared.vpc.id, "tags": {"a": "1"}},
        outputs=("arn", "name", "ownerId", "tagsAll"),
        change=lambda _: {"tags": {"a": "2"}},
        replace=lambda shared: {"vpc_id": shared.vpc2.id},
        tamper=lambda aws, o: _open(aws, o["id"]),
        # It can't be removed while its VPC is there; opening it again is the worst that a hand can do.
        remove=lambda aws, o: _open(aws, o["id"]),
        restored_by="update",
    ),
    Case(
        token="aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        make=vpc.SecurityGroupIngressRule,
        inputs=lambda shared: {
            "security_group_id": shared.group.id,
            "description": "Jobs call",
            "ip_protocol": "tcp",
            "from_port": 443,
            "to_port": 443,
            "cidr_ipv4": "10.0.0.0/16",
            "tags": {"a": "1"},
        },
        outputs=("arn", "securityGroupRuleId", "tagsAll"),
        change=lambda _: {"description": "Some call", "from_port": 80, "to_port": 80, "tags": {"a": "2"}},
        replace=lambda shared: {"security_group_id": shared.group2.id},
        tamper=_modify_rule,
        remove=lambda aws, o: aws("ec2").revoke_security_group_ingress(
            GroupId=o["securityGroupId"], SecurityGroupRuleIds=[o["id"]]
        ),
    ),
    Case(
        token="aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        make=vpc.SecurityGroupEgressRule,
        inputs=lambda shared: {
            "security_group_id": shared.group.id,
            "description": "Jobs of several instances",
            "ip_protocol": "-1",
            "referenced_security_group_id": shared.group.id,
            "tags": {"a": "1"},
        },
        outputs=("arn", "securityGroupRuleId", "tagsAll"),
        change=lambda _: {"tags": {"a": "2"}},
        replace=lambda shared: {"security_group_id": shared.group2.id},
        tamper=_rename,
        remove=lambda aws, o: aws("ec2").revoke_security_group_egress(
            GroupId=o["securityGroupId"], SecurityGroupRuleIds=[o["id"]]
        ),
    ),
    Case(
        token="aws:ec2/vpcEndpoint:VpcEndpoint",
        make=ec2.VpcEndpoint,
        inputs=lambda shared: {
            "vpc_id": shared.vpc.id,
            "service_name": _SERVICE,
            "vpc_endpoint_type": "Interface",
            "subnet_ids": [shared.subnet.id],
            "security_group_ids": [shared.group.id],
            "private_dns_enabled": True,
            "policy": _policy("000000000000"),
            "tags": {"a": "1"},
        },
        outputs=("arn", "state", "ownerId", "dnsEntries", "networkInterfaceIds", "tagsAll"),
        change=lambda shared: {
            "policy": _policy("111111111111"),
            "subnet_ids": [shared.subnet.id, shared.subnet2.id],
            "security_group_ids": [shared.group2.id],
            "tags": {"a": "2"},
        },
        replace=lambda _: {"service_name": "com.amazonaws.us-east-1.kms"},
        tamper=lambda aws, o: aws("ec2").modify_vpc_endpoint(
            VpcEndpointId=o["id"],
            PolicyDocument=_policy("222222222222"),
            RemoveSubnetIds=[o["subnetIds"][0]],
        ),
        remove=lambda aws, o: aws("ec2").delete_vpc_endpoints(VpcEndpointIds=[o["id"]]),
    ),
    Case(
        token="aws:ec2/flowLog:FlowLog",
        make=ec2.FlowLog,
        inputs=lambda shared: {
            "vpc_id": shared.vpc.id,
            "traffic_type": "ALL",
            "log_destination": shared.flows.arn,
            "iam_role_arn": shared.flow_role.arn,
            "tags": {"a": "1"},
        },
        outputs=("arn", "logFormat", "tagsAll"),
        change=lambda _: {"tags": {"a": "2"}},
        replace=lambda shared: {"vpc_id": shared.vpc2.id},
        tamper=_rename,
        remove=lambda aws, o: aws("ec2").delete_flow_logs(FlowLogIds=[o["id"]]),
    ),
]


def shared(resources: Shared) -> None:
    """Resources that no case touches."""
    network = ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
    other = ec2.Vpc("vpc2", cidr_block="10.9.0.0/16")
    trust = {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    resources.resources.update(
        vpc=network,
        vpc2=other,
        subnet=ec2.Subnet("subnet", vpc_id=network.id, cidr_block="10.0.0.0/24"),
        subnet2=ec2.Subnet("subnet2", vpc_id=network.id, cidr_block="10.0.1.0/24"),
        table=ec2.RouteTable("table", vpc_id=network.id),
        table2=ec2.RouteTable("table2", vpc_id=network.id),
        group=ec2.SecurityGroup("group", vpc_id=network.id),
        group2=ec2.SecurityGroup("group2", vpc_id=network.id),
        flows=cloudwatch.LogGroup("flows"),
        flow_role=iam.Role("flow-role", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]})),
    )
