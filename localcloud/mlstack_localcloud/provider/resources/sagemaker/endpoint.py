"""aws.sagemaker.Endpoint.

An update that SageMaker rolls back ends in `InService` too, and the official provider reports it as success; so does
this one, or a release that fails in the cloud would not fail here.
"""

from mlstack_localcloud.provider.model import ANY, Call, Name, Output, Property, ResourceType, Wait
from mlstack_localcloud.provider.resources.sagemaker._tags import TAGS

_DESCRIBE = Call("DescribeEndpoint", {"EndpointName": "name"}, takes=())
_READY = Wait(
    _DESCRIBE,
    status="EndpointStatus",
    until=("InService",),
    failed=("Failed", "OutOfService"),
    reason="FailureReason",
    timeout=3600,
    # The official provider leaves a failed endpoint behind, which no update can repair.
    undo=True,
)

TYPE = ResourceType(
    "aws:sagemaker/endpoint:Endpoint",
    service="sagemaker",
    id="{name}",
    name=Name("name", longest=63),
    properties=(
        Property("name", "EndpointName"),
        Property(
            "deploymentConfig",
            "DeploymentConfig",
            # Only the last update's is told, and none after a creation.
            result="",
            nested_defaults={"terminationWaitInSeconds": 0, "maximumExecutionTimeoutInSeconds": ANY},
        ),
        Property("endpointConfigName", "EndpointConfigName"),
    ),
    outputs=(Output("arn", result="EndpointArn"),),
    create=Call("CreateEndpoint"),
    created=_READY,
    updates=(Call("UpdateEndpoint", {"EndpointName": "name"}, on=("endpointConfigName", "deploymentConfig")),),
    updated=_READY,
    reads=(_DESCRIBE,),
    deletes=(Call("DeleteEndpoint", {"EndpointName": "name"}, takes=()),),
    deleted=Wait(_DESCRIBE, failed=("Failed",), reason="FailureReason", timeout=1800),
    tags=TAGS,
    gone=("ValidationException: could not find", "ValidationException: does not exist"),
)
