"""aws.kms.Alias."""

from mlstack_localcloud.provider.model import ID, Call, Kind, Name, Output, Property, ResourceType

_TARGET = Call("DescribeKey", {"KeyId": "name"}, takes=(), out_of="KeyMetadata", into="Key")

TYPE = ResourceType(
    "aws:kms/alias:Alias",
    service="kms",
    id="{name}",
    name=Name("name", prefix_property="namePrefix", longest=256, before="alias/"),
    properties=(
        Property("name", "AliasName"),
        Property("namePrefix"),
        Property("targetKeyId", "TargetKeyId", kind=Kind.REFERENCE),
    ),
    outputs=(
        Output("arn", text="arn:{partition}:kms:{region}:{account}:{name}"),
        Output("targetKeyArn", result="Key.arn", changes=True),
    ),
    create=Call("CreateAlias"),
    answers=(_TARGET,),
    updates=(Call("UpdateAlias", {"AliasName": ID}),),
    reads=(
        Call("ListAliases", takes=(), out_of="Aliases", find={"AliasName": "name"}, paged=True),
        _TARGET,
    ),
    deletes=(Call("DeleteAlias", {"AliasName": "name"}, takes=()),),
    gone=("NotFoundException",),
)
