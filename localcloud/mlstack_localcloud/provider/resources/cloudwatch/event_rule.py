"""aws.cloudwatch.EventRule."""

from mlstack_localcloud.provider.model import (
    Call,
    Kind,
    Name,
    Output,
    Property,
    ResourceType,
    Source,
    Tags,
)

_RULE: dict[str, Source] = {"Name": "name", "EventBusName": "eventBusName"}
_PUT = Call("PutRule")

TYPE = ResourceType(
    "aws:cloudwatch/eventRule:EventRule",
    service="events",
    id="{name}",
    import_id="(?:(?P<eventBusName>.+)/)?(?P<name>[^/]+)",
    name=Name("name", prefix_property="namePrefix", longest=64),
    properties=(
        Property("name", "Name"),
        Property("namePrefix"),
        Property("description", "Description"),
        Property(
            "eventBusName", "EventBusName", default="default", replaces=True, source="a rule belongs to its event bus"
        ),
        Property("eventPattern", "EventPattern", kind=Kind.JSON),
        Property("forceDestroy", kind=Kind.SETTING, default=False),
        Property("roleArn", "RoleArn"),
        Property("scheduleExpression", "ScheduleExpression"),
        Property("state", "State", default="ENABLED"),
    ),
    outputs=(Output("arn", result="RuleArn|Arn"),),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("DescribeRule", _RULE, takes=()),),
    deletes=(Call("DeleteRule", {**_RULE, "Force": "forceDestroy"}, takes=()),),
    tags=Tags(
        put=Call("TagResource", {"ResourceARN": "arn"}, takes=()),
        put_member="Tags",
        remove=Call("UntagResource", {"ResourceARN": "arn"}, takes=()),
        remove_member="TagKeys",
        read=Call("ListTagsForResource", {"ResourceARN": "arn"}, takes=()),
        result="Tags",
        create_member="Tags",
    ),
    gone=("ResourceNotFoundException",),
    not_implemented=("isEnabled",),
)
