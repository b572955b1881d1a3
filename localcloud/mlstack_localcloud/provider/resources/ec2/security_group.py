"""aws.ec2.SecurityGroup, with its rules as resources of their own."""

from mlstack_localcloud.provider.model import (
    ID,
    Call,
    Clear,
    Default,
    Kind,
    ListOf,
    Name,
    Output,
    Property,
    ResourceType,
    Source,
)
from mlstack_localcloud.provider.resources.ec2._tags import ec2_tags

_GROUP: dict[str, Source] = {"GroupId": ID}
_DESCRIPTION = "Managed by Pulumi"
_READ = Call("DescribeSecurityGroups", {"GroupIds": ListOf(ID)}, takes=(), out_of="SecurityGroups", find=_GROUP)

TYPE = ResourceType(
    "aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    id="{id}",
    name=Name("name", prefix_property="namePrefix", longest=255),
    properties=(
        Property("name", "GroupName"),
        Property("namePrefix"),
        Property("description", "Description", default=_DESCRIPTION),
        Property("revokeRulesOnDelete", kind=Kind.SETTING, default=False),
        Property("vpcId", "VpcId", computed=True),
    ),
    outputs=(
        Output("id", result="GroupId"),
        Output("arn", text="arn:{partition}:ec2:{region}:{account}:security-group/{id}"),
        Output("ownerId", text="{account}"),
    ),
    create=Call("CreateSecurityGroup", {"Description": Default("description", _DESCRIPTION)}),
    answers=(_READ,),
    reads=(_READ,),
    deletes=(Call("DeleteSecurityGroup", _GROUP, takes=()),),
    # AWS lets a new group call everybody; the official provider takes that away.
    clears=(
        Clear(
            read=_READ,
            place="SecurityGroups.IpPermissionsEgress",
            delete=Call("RevokeSecurityGroupEgress", _GROUP, takes=()),
            into="IpPermissions",
        ),
    ),
    tags=ec2_tags("security-group"),
    gone=("InvalidGroup.NotFound",),
    not_implemented=("egress", "ingress"),
)
