"""aws.ec2.DefaultSecurityGroup: takes over the group that each VPC has, and closes it."""

from mlstack_localcloud.provider.model import (
    ID,
    Call,
    Clear,
    Const,
    Kind,
    ListOf,
    Output,
    Property,
    ResourceType,
    Source,
)
from mlstack_localcloud.provider.resources.ec2._tags import ec2_tags

_GROUP: dict[str, Source] = {"GroupId": ID}
_READ = Call("DescribeSecurityGroups", {"GroupIds": ListOf(ID)}, takes=(), out_of="SecurityGroups", find=_GROUP)

TYPE = ResourceType(
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    id="{id}",
    properties=(
        # Rules can't be given here yet, so each that is found is one too many.
        Property("egress", result="IpPermissionsEgress"),
        Property("ingress", result="IpPermissions"),
        Property("revokeRulesOnDelete", kind=Kind.SETTING, default=False),
        Property("vpcId", result="VpcId", replaces=True, source="a group belongs to its VPC"),
    ),
    outputs=(
        Output("id", result="GroupId"),
        Output("arn", text="arn:{partition}:ec2:{region}:{account}:security-group/{id}"),
        Output("description", result="Description"),
        Output("name", result="GroupName"),
        Output("ownerId", text="{account}"),
    ),
    create=Call(
        "DescribeSecurityGroups",
        {"Filters.Name": Const("group-name"), "Filters.Values": Const(["default"])},
        takes=(),
        out_of="SecurityGroups",
        find={"VpcId": "vpcId"},
        paged=True,
    ),
    reads=(_READ,),
    # It lives as long as its VPC.
    deletes=(),
    clears=(
        Clear(
            read=_READ,
            place="SecurityGroups.IpPermissions",
            delete=Call("RevokeSecurityGroupIngress", _GROUP, takes=()),
            into="IpPermissions",
            property="ingress",
        ),
        Clear(
            read=_READ,
            place="SecurityGroups.IpPermissionsEgress",
            delete=Call("RevokeSecurityGroupEgress", _GROUP, takes=()),
            into="IpPermissions",
            property="egress",
        ),
    ),
    tags=ec2_tags(),
    gone=("InvalidGroup.NotFound",),
    not_implemented=("egress", "ingress"),
)
