"""aws.ec2.RouteTableAssociation, of a subnet."""

from mlstack_localcloud.provider.model import ID, Call, Const, ListOf, Output, Property, ResourceType

TYPE = ResourceType(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    id="{id}",
    import_id="(?P<subnetId>[^/]+)/(?P<routeTableId>[^/]+)",
    properties=(
        Property(
            "routeTableId",
            "RouteTableId",
            replaces=True,
            source="ReplaceRouteTableAssociation makes a new id, and an update can't tell the engine a new one",
        ),
        Property("subnetId", "SubnetId", required=True),
    ),
    outputs=(Output("id", result="RouteTableAssociationId|AssociationId"),),
    create=Call("AssociateRouteTable"),
    reads=(
        Call(
            "DescribeRouteTables",
            {"Filters.Name": Const("association.subnet-id"), "Filters.Values": ListOf("subnetId")},
            takes=(),
            out_of="RouteTables.Associations",
            find={"SubnetId": "subnetId"},
        ),
    ),
    deletes=(Call("DisassociateRouteTable", {"AssociationId": ID}, takes=()),),
    gone=("InvalidAssociationID.NotFound",),
    not_implemented=("gatewayId",),
)
