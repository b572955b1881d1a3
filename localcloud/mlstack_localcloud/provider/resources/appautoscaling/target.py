"""aws.appautoscaling.Target."""

from mlstack_localcloud.provider.model import Call, ListOf, Output, Property, ResourceType, Tags
from mlstack_localcloud.provider.resources.appautoscaling._key import KEY, KEY_PATTERN, KEY_PROPERTIES

_REGISTER = Call("RegisterScalableTarget")
_DESCRIBE = Call(
    "DescribeScalableTargets",
    {"ServiceNamespace": "serviceNamespace", "ResourceIds": ListOf("resourceId")},
    takes=(),
    out_of="ScalableTargets",
    find=KEY,
)

TYPE = ResourceType(
    "aws:appautoscaling/target:Target",
    service="application-autoscaling",
    id="{resourceId}",
    import_id=KEY_PATTERN,
    properties=(
        *KEY_PROPERTIES,
        Property("maxCapacity", "MaxCapacity", required=True),
        Property("minCapacity", "MinCapacity", required=True),
        Property("roleArn", "RoleARN", computed=True),
        Property("suspendedState", "SuspendedState", computed=True),
    ),
    outputs=(Output("arn", result="ScalableTargetARN"),),
    create=_REGISTER,
    answers=(_DESCRIBE,),
    updates=(_REGISTER,),
    reads=(_DESCRIBE,),
    deletes=(Call("DeregisterScalableTarget", KEY, takes=()),),
    tags=Tags(
        put=Call("TagResource", {"ResourceARN": "arn"}, takes=()),
        put_member="Tags",
        remove=Call("UntagResource", {"ResourceARN": "arn"}, takes=()),
        remove_member="TagKeys",
        read=Call("ListTagsForResource", {"ResourceARN": "arn"}, takes=()),
        result="Tags",
        create_member="Tags",
        key="",
    ),
    gone=("ObjectNotFoundException", "ResourceNotFoundException"),
)
