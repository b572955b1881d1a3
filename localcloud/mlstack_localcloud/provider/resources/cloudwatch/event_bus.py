"""aws.cloudwatch.EventBus."""

from mlstack_localcloud.provider.model import Call, Output, Property, ResourceType, Tags

_BUS = {"Name": "name"}

TYPE = ResourceType(
    "aws:cloudwatch/eventBus:EventBus",
    service="events",
    id="{name}",
    properties=(
        Property("name", "Name", required=True),
        Property("eventSourceName", "EventSourceName", replaces=True, source="UpdateEventBus does not take it"),
    ),
    outputs=(Output("arn", result="EventBusArn|Arn"),),
    create=Call("CreateEventBus"),
    reads=(Call("DescribeEventBus", _BUS, takes=()),),
    deletes=(Call("DeleteEventBus", _BUS, takes=()),),
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
    # moto has no UpdateEventBus, by which all of these change in place.
    not_implemented=("deadLetterConfig", "description", "kmsKeyIdentifier", "logConfig"),
)
