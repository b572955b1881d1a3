"""aws.ec2.FlowLog, of a VPC."""

from mlstack_localcloud.provider.model import ID, Call, Const, ListOf, Output, Property, ResourceType
from mlstack_localcloud.provider.resources.ec2._tags import ec2_tags

_READ = Call("DescribeFlowLogs", {"FlowLogIds": ListOf(ID)}, takes=(), out_of="FlowLogs", find={"FlowLogId": ID})

TYPE = ResourceType(
    "aws:ec2/flowLog:FlowLog",
    service="ec2",
    id="{id}",
    properties=(
        Property("iamRoleArn", "DeliverLogsPermissionArn"),
        Property("logDestination", "LogDestination", computed=True),
        Property("logDestinationType", "LogDestinationType", default="cloud-watch-logs"),
        Property("logFormat", "LogFormat", computed=True),
        Property("maxAggregationInterval", "MaxAggregationInterval", default=600),
        Property("trafficType", "TrafficType", required=True),
        Property("vpcId", "ResourceIds", result="ResourceId", required=True),
    ),
    outputs=(
        Output("id", result="FlowLogId"),
        Output("arn", text="arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{id}"),
    ),
    create=Call(
        "CreateFlowLogs",
        {"ResourceType": Const("VPC"), "ResourceIds": ListOf("vpcId")},
        out_of="FlowLogIds.0",
        into="FlowLogId",
    ),
    answers=(_READ,),
    reads=(_READ,),
    deletes=(Call("DeleteFlowLogs", {"FlowLogIds": ListOf(ID)}, takes=()),),
    tags=ec2_tags("vpc-flow-log"),
    gone=("InvalidFlowLogId.NotFound",),
    not_implemented=(
        "deliverCrossAccountRole",
        "destinationOptions",
        "eniId",
        "regionalNatGatewayId",
        "subnetId",
        "tagFieldSpecifications",
        "transitGatewayAttachmentId",
        "transitGatewayId",
    ),
)
