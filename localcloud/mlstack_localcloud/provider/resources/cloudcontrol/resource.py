"""aws.cloudcontrol.Resource.

The official provider compares what is desired with what was desired before, and never with what is there
(https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/cloudcontrol/resource.go). There a
type's schema says what can be changed in place; the types that the local cloud has (`server/cloud_control_types.py`)
have create-only properties alone, so that any change of the desired state replaces. It imports none.
"""

from mlstack_localcloud.provider.model import Call, Kind, Output, Property, ResourceType

_READ = Call("GetResource", {"TypeName": "typeName", "Identifier": "identifier"}, takes=())

TYPE = ResourceType(
    "aws:cloudcontrol/resource:Resource",
    service="cloudcontrol",
    id="{identifier}",
    properties=(
        Property("typeName", "TypeName"),
        Property("desiredState", "DesiredState", result="", kind=Kind.JSON),
        Property("roleArn", "RoleArn", result=""),
        Property("typeVersionId", "TypeVersionId", result=""),
        Property("schema", kind=Kind.SETTING),
    ),
    outputs=(
        Output("identifier", result="ProgressEvent.Identifier|ResourceDescription.Identifier"),
        Output("properties", result="ResourceDescription.Properties"),
    ),
    create=Call("CreateResource"),
    answers=(_READ,),
    reads=(_READ,),
    deletes=(Call("DeleteResource", {"TypeName": "typeName", "Identifier": "identifier"}, takes=()),),
    gone=("ResourceNotFoundException",),
)
