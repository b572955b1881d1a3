"""aws.ssm.Parameter."""

from mlstack_localcloud.provider.model import (
    Call,
    Const,
    Kind,
    ListOf,
    Name,
    Output,
    Property,
    ResourceType,
    Source,
    Tags,
)

_TAGGED: dict[str, Source] = {"ResourceType": Const("Parameter"), "ResourceId": "name"}
_GET = Call("GetParameter", {"Name": "name", "WithDecryption": Const(True)}, takes=(), out_of="Parameter")

TYPE = ResourceType(
    "aws:ssm/parameter:Parameter",
    service="ssm",
    id="{name}",
    name=Name("name", longest=1011),
    properties=(
        Property("name", "Name"),
        Property("allowedPattern", "AllowedPattern"),
        Property("dataType", "DataType", computed=True),
        Property("description", "Description", default=""),
        Property("keyId", "KeyId", kind=Kind.REFERENCE, computed=True),
        Property("overwrite", "Overwrite", result="", kind=Kind.SETTING),
        Property("tier", "Tier", computed=True),
        Property("type", "Type"),
        Property("value", "Value"),
    ),
    outputs=(Output("arn", result="ARN"), Output("version", result="Version", changes=True)),
    create=Call("PutParameter", {"Overwrite": "overwrite"}),
    answers=(_GET,),
    updates=(Call("PutParameter", {"Overwrite": Const(True)}),),
    reads=(
        _GET,
        Call(
            "DescribeParameters",
            {
                "ParameterFilters.Key": Const("Name"),
                "ParameterFilters.Option": Const("Equals"),
                "ParameterFilters.Values": ListOf("name"),
            },
            takes=(),
            out_of="Parameters",
            find={"Name": "name"},
            paged=True,
        ),
    ),
    deletes=(Call("DeleteParameter", {"Name": "name"}, takes=()),),
    tags=Tags(
        put=Call("AddTagsToResource", _TAGGED, takes=()),
        put_member="Tags",
        remove=Call("RemoveTagsFromResource", _TAGGED, takes=()),
        remove_member="TagKeys",
        read=Call("ListTagsForResource", _TAGGED, takes=()),
        result="TagList",
        create_member="Tags",
    ),
    gone=("ParameterNotFound",),
    not_implemented=("arn", "insecureValue", "valueWo", "valueWoVersion"),
)
