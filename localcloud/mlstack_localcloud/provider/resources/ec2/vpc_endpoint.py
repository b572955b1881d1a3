"""aws.ec2.VpcEndpoint: gateways and interfaces to AWS's own services."""

from mlstack_localcloud.provider.model import (
    ID,
    Call,
    Collection,
    Const,
    Kind,
    ListOf,
    Output,
    Property,
    ResourceType,
    Source,
    Wait,
)
from mlstack_localcloud.provider.resources.ec2._tags import ec2_tags

_ENDPOINT: dict[str, Source] = {"VpcEndpointId": ID}
_READ = Call(
    "DescribeVpcEndpoints",
    {"VpcEndpointIds": ListOf(ID)},
    takes=(),
    out_of="VpcEndpoints",
    find=_ENDPOINT,
    unless={"State": ("deleted", "deleting")},
)


def _members(name: str, member: str, result: str, entry: str = "") -> Collection:
    return Collection(
        name,
        add=Call("ModifyVpcEndpoint", {**_ENDPOINT, f"Add{member}": ListOf("item")}, takes=()),
        remove=Call("ModifyVpcEndpoint", {**_ENDPOINT, f"Remove{member}": ListOf("item")}, takes=()),
        read=_READ,
        result=result,
        entry=entry,
        inside=True,
    )


TYPE = ResourceType(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    id="{id}",
    properties=(
        Property("autoAccept", kind=Kind.SETTING),
        Property("ipAddressType", "IpAddressType", computed=True),
        Property("policy", "PolicyDocument", kind=Kind.POLICY, computed=True),
        Property("privateDnsEnabled", "PrivateDnsEnabled", computed=True),
        Property("routeTableIds", "RouteTableIds", kind=Kind.SET, computed=True),
        Property("securityGroupIds", "SecurityGroupIds", kind=Kind.SET, computed=True),
        Property("serviceName", "ServiceName"),
        Property("subnetIds", "SubnetIds", kind=Kind.SET, computed=True),
        Property("vpcEndpointType", "VpcEndpointType", default="Gateway"),
        Property("vpcId", "VpcId"),
    ),
    outputs=(
        Output("id", result="VpcEndpointId"),
        Output("arn", text="arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{id}"),
        Output("dnsEntries", result="DnsEntries"),
        Output("networkInterfaceIds", result="NetworkInterfaceIds", changes=True),
        Output("ownerId", text="{account}"),
        Output("prefixListId", result="PrefixList.prefixListId"),
        Output("requesterManaged", value=False),
        Output("state", result="State"),
    ),
    create=Call("CreateVpcEndpoint", out_of="VpcEndpoint"),
    answers=(
        _READ,
        # The addresses behind a gateway, for rules of security groups; an interface has none.
        Call(
            "DescribePrefixLists",
            {"Filters.Name": Const("prefix-list-name"), "Filters.Values": ListOf("serviceName")},
            takes=(),
            out_of="PrefixLists",
            find={"PrefixListName": "serviceName"},
            into="PrefixList",
        ),
    ),
    updates=(Call("ModifyVpcEndpoint", _ENDPOINT, takes=("policy", "privateDnsEnabled", "ipAddressType")),),
    reads=(_READ,),
    deletes=(Call("DeleteVpcEndpoints", {"VpcEndpointIds": ListOf(ID)}, takes=()),),
    collections=(
        _members("routeTableIds", "RouteTableIds", "RouteTableIds"),
        _members("securityGroupIds", "SecurityGroupIds", "Groups", entry="GroupId"),
        _members("subnetIds", "SubnetIds", "SubnetIds"),
    ),
    created=Wait(_READ, status="State", until=("available", "pendingAcceptance"), failed=("failed", "rejected")),
    deleted=Wait(_READ),
    tags=ec2_tags("vpc-endpoint"),
    gone=("InvalidVpcEndpointId.NotFound",),
    not_implemented=(
        "dnsOptions",
        "resourceConfigurationArn",
        "serviceNetworkArn",
        "serviceRegion",
        "subnetConfigurations",
    ),
)
