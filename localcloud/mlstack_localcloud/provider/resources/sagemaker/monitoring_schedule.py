"""aws.sagemaker.MonitoringSchedule."""

from mlstack_localcloud.provider.model import ANY, Call, Name, Output, Property, ResourceType, Wait
from mlstack_localcloud.provider.resources.sagemaker._tags import TAGS

_DESCRIBE = Call("DescribeMonitoringSchedule", {"MonitoringScheduleName": "name"}, takes=())
_SCHEDULED = Wait(
    _DESCRIBE,
    status="MonitoringScheduleStatus",
    until=("Scheduled",),
    failed=("Failed",),
    reason="FailureReason",
    timeout=120,
)

TYPE = ResourceType(
    "aws:sagemaker/monitoringSchedule:MonitoringSchedule",
    service="sagemaker",
    id="{name}",
    name=Name("name", longest=63),
    properties=(
        Property("name", "MonitoringScheduleName"),
        Property(
            "monitoringScheduleConfig",
            "MonitoringScheduleConfig",
            nested_defaults={"scheduleConfig": ANY},
        ),
    ),
    outputs=(Output("arn", result="MonitoringScheduleArn"),),
    create=Call("CreateMonitoringSchedule"),
    created=_SCHEDULED,
    updates=(Call("UpdateMonitoringSchedule", {"MonitoringScheduleName": "name"}, on=("monitoringScheduleConfig",)),),
    updated=_SCHEDULED,
    reads=(_DESCRIBE,),
    deletes=(Call("DeleteMonitoringSchedule", {"MonitoringScheduleName": "name"}, takes=()),),
    deleted=Wait(_DESCRIBE, failed=("Failed",), reason="FailureReason", timeout=120),
    tags=TAGS,
    gone=("ResourceNotFound",),
)
