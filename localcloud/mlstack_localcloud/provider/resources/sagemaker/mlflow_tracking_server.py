"""aws.sagemaker.MlflowTrackingServer."""

from mlstack_localcloud.provider.model import Call, Output, Property, ResourceType, Wait
from mlstack_localcloud.provider.resources.sagemaker._tags import TAGS

_DESCRIBE = Call("DescribeMlflowTrackingServer", {"TrackingServerName": "trackingServerName"}, takes=())

TYPE = ResourceType(
    "aws:sagemaker/mlflowTrackingServer:MlflowTrackingServer",
    service="sagemaker",
    id="{trackingServerName}",
    properties=(
        Property("trackingServerName", "TrackingServerName"),
        Property("artifactStoreUri", "ArtifactStoreUri"),
        Property("automaticModelRegistration", "AutomaticModelRegistration", default=False),
        Property("mlflowVersion", "MlflowVersion", computed=True),
        Property("roleArn", "RoleArn"),
        Property("trackingServerSize", "TrackingServerSize", default="Small"),
        Property("weeklyMaintenanceWindowStart", "WeeklyMaintenanceWindowStart", computed=True),
    ),
    outputs=(Output("arn", result="TrackingServerArn"), Output("trackingServerUrl", result="TrackingServerUrl")),
    create=Call("CreateMlflowTrackingServer"),
    created=Wait(_DESCRIBE, status="TrackingServerStatus", until=("Created",), failed=("CreateFailed",), timeout=2700),
    updates=(Call("UpdateMlflowTrackingServer", {"TrackingServerName": "trackingServerName"}),),
    updated=Wait(_DESCRIBE, status="TrackingServerStatus", until=("Updated",), failed=("UpdateFailed",), timeout=2700),
    reads=(_DESCRIBE,),
    deletes=(Call("DeleteMlflowTrackingServer", {"TrackingServerName": "trackingServerName"}, takes=()),),
    deleted=Wait(_DESCRIBE, failed=("DeleteFailed",), timeout=2700),
    tags=TAGS,
    gone=("ResourceNotFound",),
)
