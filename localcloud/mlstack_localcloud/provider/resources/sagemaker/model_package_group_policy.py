"""aws.sagemaker.ModelPackageGroupPolicy."""

from mlstack_localcloud.provider.model import Call, Kind, Property, ResourceType

_GROUP = {"ModelPackageGroupName": "modelPackageGroupName"}
_PUT = Call("PutModelPackageGroupPolicy")

TYPE = ResourceType(
    "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy",
    service="sagemaker",
    id="{modelPackageGroupName}",
    properties=(
        Property("modelPackageGroupName", "ModelPackageGroupName", result=""),
        Property("resourcePolicy", "ResourcePolicy", kind=Kind.POLICY),
    ),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("GetModelPackageGroupPolicy", _GROUP, takes=()),),
    deletes=(Call("DeleteModelPackageGroupPolicy", _GROUP, takes=()),),
    gone=("ValidationException: Cannot find resource policy", "ValidationException: does not exist"),
)
