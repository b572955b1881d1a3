"""aws.cloudwatch.EventBusPolicy."""

from mlstack_localcloud.provider.model import Call, Const, Kind, Property, ResourceType

_BUS = {"EventBusName": "eventBusName"}
_PUT = Call("PutPermission")

TYPE = ResourceType(
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    service="events",
    id="{eventBusName}",
    properties=(
        Property(
            "eventBusName",
            "EventBusName",
            result="",
            default="default",
            replaces=True,
            source="a policy belongs to its event bus",
        ),
        Property("policy", "Policy", kind=Kind.POLICY, required=True),
    ),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("DescribeEventBus", {"Name": "eventBusName"}, takes=(), must="Policy"),),
    deletes=(Call("RemovePermission", {**_BUS, "RemoveAllPermissions": Const(True)}, takes=()),),
    gone=("ResourceNotFoundException",),
)
