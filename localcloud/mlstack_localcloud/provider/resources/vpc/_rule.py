"""What rules of security groups have in common, whichever way they look."""

from mlstack_localcloud.provider.model import (
    ID,
    Beside,
    Call,
    ListOf,
    Output,
    Property,
    ResourceType,
    Source,
)
from mlstack_localcloud.provider.resources.ec2._tags import ec2_tags

_GROUP: dict[str, Source] = {"GroupId": "securityGroupId"}
# The four things that a rule can be about; it has one of them, and its description is a part of that.
_PEERS = {
    "cidrIpv4": "IpRanges.CidrIp",
    "cidrIpv6": "Ipv6Ranges.CidrIpv6",
    "prefixListId": "PrefixListIds.PrefixListId",
    "referencedSecurityGroupId": "UserIdGroupPairs.GroupId",
}
_CREATION: dict[str, Source] = {
    **_GROUP,
    "IpPermissions.FromPort": "fromPort",
    "IpPermissions.IpProtocol": "ipProtocol",
    "IpPermissions.ToPort": "toPort",
    **{f"IpPermissions.{member}": name for name, member in _PEERS.items()},
    **{
        f"IpPermissions.{member.split('.')[0]}.Description": Beside("description", name)
        for name, member in _PEERS.items()
    },
}


def _part(name: str, member: str, result: str | None = None, **more: object) -> Property:
    place = f"SecurityGroupRules.SecurityGroupRule.{member}"
    return Property(name, place, result=member if result is None else result, **more)  # type: ignore[arg-type]


_PARTS = (
    _part("cidrIpv4", "CidrIpv4"),
    _part("cidrIpv6", "CidrIpv6"),
    _part("description", "Description"),
    # A rule on all protocols has all ports, which AWS shows as -1.
    _part("fromPort", "FromPort", default=-1),
    _part("ipProtocol", "IpProtocol", required=True),
    _part("prefixListId", "PrefixListId"),
    _part("referencedSecurityGroupId", "ReferencedGroupId", "ReferencedGroupInfo.groupId"),
    _part("toPort", "ToPort", default=-1),
)


def rule(token: str, direction: str) -> ResourceType:
    """The type of a security group's rules.

    Args:
        token: Pulumi's token.
        direction: `Ingress` or `Egress`.
    """
    return ResourceType(
        token,
        service="ec2",
        id="{id}",
        properties=(*_PARTS, Property("securityGroupId", result="GroupId", required=True)),
        outputs=(
            Output("id", result="SecurityGroupRuleId"),
            Output("arn", text="arn:{partition}:ec2:{region}:{account}:security-group-rule/{id}"),
            Output("securityGroupRuleId", result="SecurityGroupRuleId"),
        ),
        create=Call(
            f"AuthorizeSecurityGroup{direction}",
            _CREATION,
            takes=(),
            out_of="SecurityGroupRules",
            find={"GroupId": "securityGroupId"},
        ),
        updates=(
            Call(
                "ModifySecurityGroupRules",
                {**_GROUP, "SecurityGroupRules.SecurityGroupRuleId": ID},
                takes=tuple(each.name for each in _PARTS),
            ),
        ),
        reads=(
            Call(
                "DescribeSecurityGroupRules",
                {"SecurityGroupRuleIds": ListOf(ID)},
                takes=(),
                out_of="SecurityGroupRules",
                find={"SecurityGroupRuleId": ID},
            ),
        ),
        deletes=(Call(f"RevokeSecurityGroup{direction}", {**_GROUP, "SecurityGroupRuleIds": ListOf(ID)}, takes=()),),
        tags=ec2_tags("security-group-rule"),
        gone=("InvalidSecurityGroupRuleId.NotFound", "InvalidGroup.NotFound"),
    )
