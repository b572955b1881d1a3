"""aws.scheduler.Schedule."""

from mlstack_localcloud.provider.model import ANY, Call, Default, Name, Output, Property, ResourceType
from mlstack_localcloud.provider.sources import Source

_PLACE: dict[str, Source] = {"Name": "name", "GroupName": Default("groupName", "default")}

TYPE = ResourceType(
    "aws:scheduler/schedule:Schedule",
    service="scheduler",
    id="{groupName}/{name}",
    name=Name("name", prefix_property="namePrefix", longest=64),
    properties=(
        Property("name", "Name"),
        Property("namePrefix"),
        Property("description", "Description", default=""),
        Property("flexibleTimeWindow", "FlexibleTimeWindow"),
        Property("groupName", "GroupName", default="default"),
        Property("kmsKeyArn", "KmsKeyArn"),
        Property("scheduleExpression", "ScheduleExpression"),
        Property("scheduleExpressionTimezone", "ScheduleExpressionTimezone", default="UTC"),
        Property("state", "State", default="ENABLED"),
        # AWS adds 24 hours and 185 attempts where nothing is said of retries.
        Property("target", "Target", nested_defaults={"retryPolicy": ANY}),
    ),
    outputs=(Output("arn", result="Arn|ScheduleArn"),),
    create=Call("CreateSchedule"),
    updates=(Call("UpdateSchedule", _PLACE),),
    reads=(Call("GetSchedule", _PLACE, takes=()),),
    deletes=(Call("DeleteSchedule", _PLACE, takes=()),),
    gone=("ResourceNotFoundException",),
    not_implemented=("actionAfterCompletion", "endDate", "startDate"),
)
