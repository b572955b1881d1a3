"""What a destroyed environment left behind is found, whatever type it is of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack.engine.state import StateResource
from mlstack.infrastructure.remains import LOOKS, PARTS, look_for
from mlstack_localcloud.provider.registry import RESOURCE_TYPES

if TYPE_CHECKING:
    import boto3

# The release pointer is made by `mlstack release` and no part of a stack.
NO_PART_OF_STACKS = {"aws:ssm/parameter:Parameter"}


def test_every_type_that_a_stack_may_have_is_known() -> None:
    assert RESOURCE_TYPES.keys() - NO_PART_OF_STACKS <= LOOKS.keys() | PARTS
    assert not LOOKS.keys() & PARTS


def test_a_network_that_is_left_is_found_and_one_that_is_gone_is_not(aws: boto3.Session) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.77.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="left", Description="d", VpcId=vpc)["GroupId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.us-east-1.kms", VpcEndpointType="Interface", SubnetIds=[subnet]
    )["VpcEndpoint"]["VpcEndpointId"]
    (flows,) = ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName="left",
        DeliverLogsPermissionArn="arn:aws:iam::000000000000:role/left",
    )["FlowLogIds"]
    ids = {
        "flowLog:FlowLog": flows,
        "routeTable:RouteTable": table,
        "securityGroup:SecurityGroup": group,
        "subnet:Subnet": subnet,
        "vpc:Vpc": vpc,
        "vpcEndpoint:VpcEndpoint": endpoint,
    }
    session: Any = aws
    resources = [_state(f"aws:ec2/{kind}", id_) for kind, id_ in ids.items()]
    left = {f"{kind.partition(':')[2]} {id_}" for kind, id_ in ids.items()}
    assert set(look_for(session, resources).left) == left

    ec2.delete_flow_logs(FlowLogIds=[flows])
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    ec2.delete_security_group(GroupId=group)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_route_table(RouteTableId=table)
    ec2.delete_vpc(VpcId=vpc)
    assert look_for(session, resources).left == ()


def _state(kind: str, id_: str) -> StateResource:
    return StateResource(f"urn:{id_}", kind, id_, {}, {}, custom=True, external=False, retained=False)
