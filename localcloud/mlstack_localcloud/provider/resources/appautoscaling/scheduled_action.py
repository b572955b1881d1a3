"""aws.appautoscaling.ScheduledAction."""

from mlstack_localcloud.provider.model import Call, ListOf, Name, Output, Property, ResourceType
from mlstack_localcloud.provider.resources.appautoscaling._key import KEY, KEY_PATTERN, KEY_PROPERTIES

_PUT = Call("PutScheduledAction")
_DESCRIBE = Call(
    "DescribeScheduledActions",
    {**KEY, "ScheduledActionNames": ListOf("name")},
    takes=(),
    out_of="ScheduledActions",
    find={"ScheduledActionName": "name", **KEY},
)

TYPE = ResourceType(
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    service="application-autoscaling",
    id="{name}-{serviceNamespace}-{resourceId}",
    # The official provider imports none; the name is last, as in a policy's id.
    import_id=f"{KEY_PATTERN}/(?P<name>[^/]+)",
    name=Name("name", longest=1600),
    properties=(
        Property(
            "name",
            "ScheduledActionName",
            replaces=True,
            source="terraform-provider-aws, internal/service/appautoscaling/scheduled_action.go",
        ),
        *KEY_PROPERTIES,
        Property("scalableTargetAction", "ScalableTargetAction", required=True),
        Property("schedule", "Schedule", required=True),
        Property("timezone", "Timezone", default="UTC"),
    ),
    outputs=(Output("arn", result="ScheduledActionARN"),),
    create=_PUT,
    answers=(_DESCRIBE,),
    updates=(_PUT,),
    reads=(_DESCRIBE,),
    deletes=(Call("DeleteScheduledAction", {**KEY, "ScheduledActionName": "name"}, takes=()),),
    gone=("ObjectNotFoundException",),
    not_implemented=("endTime", "startTime"),
)
