"""aws.sagemaker.ModelPackageGroup."""

from mlstack_localcloud.provider.model import Call, Output, Property, ResourceType, Wait
from mlstack_localcloud.provider.resources.sagemaker._tags import TAGS

_DESCRIBE = Call("DescribeModelPackageGroup", {"ModelPackageGroupName": "modelPackageGroupName"}, takes=())

TYPE = ResourceType(
    "aws:sagemaker/modelPackageGroup:ModelPackageGroup",
    service="sagemaker",
    id="{modelPackageGroupName}",
    properties=(
        Property("modelPackageGroupName", "ModelPackageGroupName"),
        Property("modelPackageGroupDescription", "ModelPackageGroupDescription"),
    ),
    outputs=(Output("arn", result="ModelPackageGroupArn"),),
    create=Call("CreateModelPackageGroup"),
    created=Wait(_DESCRIBE, status="ModelPackageGroupStatus", until=("Completed",), failed=("Failed",), timeout=600),
    reads=(_DESCRIBE,),
    deletes=(Call("DeleteModelPackageGroup", {"ModelPackageGroupName": "modelPackageGroupName"}, takes=()),),
    deleted=Wait(_DESCRIBE, timeout=600),
    tags=TAGS,
    gone=("ValidationException: does not exist", "ValidationException: could not find"),
)
