"""aws.costexplorer.AnomalyMonitor."""

from mlstack_localcloud.provider.model import Call, Kind, ListOf, Name, Output, Property, ResourceType
from mlstack_localcloud.provider.resources.costexplorer._tags import TAGS

TYPE = ResourceType(
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor",
    service="ce",
    id="{arn}",
    name=Name("name", longest=1024),
    regional=False,
    properties=(
        Property(
            "name",
            "AnomalyMonitor.MonitorName",
            result="MonitorName",
            replaces=False,
            source="its identity is the ARN, and UpdateAnomalyMonitor takes another name",
        ),
        Property("monitorDimension", "AnomalyMonitor.MonitorDimension", result="MonitorDimension"),
        Property(
            "monitorSpecification",
            "AnomalyMonitor.MonitorSpecification",
            result="MonitorSpecification",
            kind=Kind.STRUCTURE,
        ),
        Property("monitorType", "AnomalyMonitor.MonitorType", result="MonitorType"),
    ),
    outputs=(Output("arn", result="MonitorArn"),),
    create=Call("CreateAnomalyMonitor"),
    updates=(Call("UpdateAnomalyMonitor", {"MonitorArn": "arn", "MonitorName": "name"}, takes=(), on=("name",)),),
    reads=(Call("GetAnomalyMonitors", {"MonitorArnList": ListOf("arn")}, takes=(), out_of="AnomalyMonitors.0"),),
    deletes=(Call("DeleteAnomalyMonitor", {"MonitorArn": "arn"}, takes=()),),
    tags=TAGS,
    gone=("UnknownMonitorException",),
)
