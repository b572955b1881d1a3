"""aws.ec2.Vpc."""

from mlstack_localcloud.provider.model import ID, Call, Const, ListOf, Output, Property, ResourceType, Source
from mlstack_localcloud.provider.resources.ec2._tags import ec2_tags

_VPC: dict[str, Source] = {"VpcId": ID}


def _attribute(name: str) -> Call:
    return Call("DescribeVpcAttribute", {**_VPC, "Attribute": Const(name)}, takes=())


def _own(operation: str, filtered: str, value: str, entries: str, into: str) -> Call:
    """What AWS makes with each VPC: found among those of all VPCs, by the VPC that it belongs to."""
    filters: dict[str, Source] = {"Filters.Name": Const(filtered), "Filters.Values": Const([value])}
    return Call(operation, filters, takes=(), out_of=entries, find=_VPC, into=into, paged=True)


_MADE_WITH_IT = (
    _own("DescribeSecurityGroups", "group-name", "default", "SecurityGroups", "DefaultGroup"),
    _own("DescribeRouteTables", "association.main", "true", "RouteTables", "MainTable"),
    _own("DescribeNetworkAcls", "default", "true", "NetworkAcls", "DefaultAcl"),
)

TYPE = ResourceType(
    "aws:ec2/vpc:Vpc",
    service="ec2",
    id="{id}",
    properties=(
        Property("cidrBlock", "CidrBlock"),
        Property("enableDnsHostnames", "EnableDnsHostnames.Value", default=False),
        Property("enableDnsSupport", "EnableDnsSupport.Value", default=True),
        Property("instanceTenancy", "InstanceTenancy", default="default"),
    ),
    outputs=(
        Output("id", result="VpcId"),
        Output("arn", text="arn:{partition}:ec2:{region}:{account}:vpc/{id}"),
        Output("defaultNetworkAclId", result="DefaultAcl.networkAclId"),
        Output("defaultRouteTableId", result="MainTable.routeTableId"),
        Output("defaultSecurityGroupId", result="DefaultGroup.groupId"),
        Output("dhcpOptionsId", result="DhcpOptionsId"),
        Output("mainRouteTableId", result="MainTable.routeTableId"),
        Output("ownerId", text="{account}"),
    ),
    create=Call("CreateVpc", out_of="Vpc"),
    answers=_MADE_WITH_IT,
    # Each call changes one attribute.
    updates=(
        Call("ModifyVpcAttribute", _VPC, takes=("enableDnsSupport",)),
        Call("ModifyVpcAttribute", _VPC, takes=("enableDnsHostnames",)),
    ),
    reads=(
        Call("DescribeVpcs", {"VpcIds": ListOf(ID)}, takes=(), out_of="Vpcs", find=_VPC),
        _attribute("enableDnsSupport"),
        _attribute("enableDnsHostnames"),
        *_MADE_WITH_IT,
    ),
    deletes=(Call("DeleteVpc", _VPC, takes=()),),
    tags=ec2_tags("vpc"),
    gone=("InvalidVpcID.NotFound",),
    not_implemented=(
        "assignGeneratedIpv6CidrBlock",
        "enableNetworkAddressUsageMetrics",
        "ipv4IpamPoolId",
        "ipv4NetmaskLength",
        "ipv6CidrBlock",
        "ipv6CidrBlockNetworkBorderGroup",
        "ipv6IpamPoolId",
        "ipv6NetmaskLength",
    ),
)
