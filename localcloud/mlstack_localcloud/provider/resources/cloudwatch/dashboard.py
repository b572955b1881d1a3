"""aws.cloudwatch.Dashboard."""

from mlstack_localcloud.provider.model import Call, Kind, ListOf, Output, Property, ResourceType

_PUT = Call("PutDashboard")

TYPE = ResourceType(
    "aws:cloudwatch/dashboard:Dashboard",
    service="cloudwatch",
    id="{dashboardName}",
    import_id="(?P<dashboardName>.+)",
    properties=(
        Property("dashboardName", "DashboardName", required=True),
        Property("dashboardBody", "DashboardBody", kind=Kind.JSON, required=True),
    ),
    outputs=(Output("dashboardArn", text="arn:{partition}:cloudwatch::{account}:dashboard/{dashboardName}"),),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("GetDashboard", {"DashboardName": "dashboardName"}, takes=()),),
    deletes=(Call("DeleteDashboards", {"DashboardNames": ListOf("dashboardName")}, takes=()),),
    gone=("ResourceNotFound", "DashboardNotFoundError"),
)
