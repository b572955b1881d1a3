"""aws.iam.RolePolicy."""

from mlstack_localcloud.provider.model import Call, Kind, Name, Property, ResourceType, Source

_POLICY: dict[str, Source] = {"RoleName": "role", "PolicyName": "name"}
_PUT = Call("PutRolePolicy")

TYPE = ResourceType(
    "aws:iam/rolePolicy:RolePolicy",
    service="iam",
    id="{role}:{name}",
    import_id="(?P<role>[^:]+):(?P<name>.+)",
    regional=False,
    name=Name("name", prefix_property="namePrefix", longest=128),
    properties=(
        Property("name", "PolicyName"),
        Property("namePrefix"),
        Property("policy", "PolicyDocument", kind=Kind.POLICY),
        Property("role", "RoleName"),
    ),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("GetRolePolicy", _POLICY),),
    deletes=(Call("DeleteRolePolicy", _POLICY, takes=()),),
    gone=("NoSuchEntity",),
)
