"""aws.ec2.RouteTable, without routes of its own: those of a VPC's range and of gateway endpoints AWS makes."""

from mlstack_localcloud.provider.model import ID, Call, ListOf, Output, Property, ResourceType, Source
from mlstack_localcloud.provider.resources.ec2._tags import ec2_tags

_TABLE: dict[str, Source] = {"RouteTableId": ID}

TYPE = ResourceType(
    "aws:ec2/routeTable:RouteTable",
    service="ec2",
    id="{id}",
    properties=(Property("vpcId", "VpcId"),),
    outputs=(
        Output("id", result="RouteTableId"),
        Output("arn", text="arn:{partition}:ec2:{region}:{account}:route-table/{id}"),
        Output("ownerId", text="{account}"),
    ),
    create=Call("CreateRouteTable", out_of="RouteTable"),
    reads=(Call("DescribeRouteTables", {"RouteTableIds": ListOf(ID)}, takes=(), out_of="RouteTables", find=_TABLE),),
    deletes=(Call("DeleteRouteTable", _TABLE, takes=()),),
    tags=ec2_tags("route-table"),
    gone=("InvalidRouteTableID.NotFound",),
    not_implemented=("propagatingVgws", "routes"),
)
