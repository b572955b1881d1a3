"""aws.ec2.Subnet."""

from mlstack_localcloud.provider.model import ID, Call, ListOf, Output, Property, ResourceType, Source
from mlstack_localcloud.provider.resources.ec2._tags import ec2_tags

_SUBNET: dict[str, Source] = {"SubnetId": ID}

TYPE = ResourceType(
    "aws:ec2/subnet:Subnet",
    service="ec2",
    id="{id}",
    properties=(
        Property("availabilityZone", "AvailabilityZone", computed=True),
        Property("availabilityZoneId", "AvailabilityZoneId", computed=True),
        Property("cidrBlock", "CidrBlock", required=True),
        Property("mapPublicIpOnLaunch", "MapPublicIpOnLaunch.Value", result="MapPublicIpOnLaunch", default=False),
        Property("vpcId", "VpcId"),
    ),
    outputs=(
        Output("id", result="SubnetId"),
        Output("arn", text="arn:{partition}:ec2:{region}:{account}:subnet/{id}"),
        Output("ownerId", text="{account}"),
    ),
    create=Call("CreateSubnet", out_of="Subnet"),
    updates=(Call("ModifySubnetAttribute", _SUBNET, takes=("mapPublicIpOnLaunch",)),),
    reads=(Call("DescribeSubnets", {"SubnetIds": ListOf(ID)}, takes=(), out_of="Subnets", find=_SUBNET),),
    deletes=(Call("DeleteSubnet", _SUBNET, takes=()),),
    tags=ec2_tags("subnet"),
    gone=("InvalidSubnetID.NotFound",),
    not_implemented=(
        "assignIpv6AddressOnCreation",
        "customerOwnedIpv4Pool",
        "enableDns64",
        "enableLniAtDeviceIndex",
        "enableResourceNameDnsARecordOnLaunch",
        "enableResourceNameDnsAaaaRecordOnLaunch",
        "ipv4IpamPoolId",
        "ipv4NetmaskLength",
        "ipv6CidrBlock",
        "ipv6IpamPoolId",
        "ipv6Native",
        "ipv6NetmaskLength",
        "mapCustomerOwnedIpOnLaunch",
        "outpostArn",
        "privateDnsHostnameTypeOnLaunch",
    ),
)
