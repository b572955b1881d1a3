"""aws.sagemaker.UserProfile."""

from mlstack_localcloud.provider.model import Call, Output, Property, ResourceType, Wait
from mlstack_localcloud.provider.resources.sagemaker._tags import TAGS

_KEY = {"DomainId": "domainId", "UserProfileName": "userProfileName"}
_DESCRIBE = Call("DescribeUserProfile", _KEY, takes=())
_READY = Wait(
    _DESCRIBE,
    status="Status",
    until=("InService",),
    failed=("Failed", "Update_Failed", "Delete_Failed"),
    reason="FailureReason",
    timeout=600,
)

TYPE = ResourceType(
    "aws:sagemaker/userProfile:UserProfile",
    service="sagemaker",
    id="{arn}",
    import_id="arn:[^:]+:sagemaker:[^:]+:[^:]+:user-profile/(?P<domainId>[^/]+)/(?P<userProfileName>[^/]+)",
    properties=(
        Property("domainId", "DomainId"),
        Property("userProfileName", "UserProfileName"),
        Property("singleSignOnUserIdentifier", "SingleSignOnUserIdentifier"),
        Property("singleSignOnUserValue", "SingleSignOnUserValue"),
        Property("userSettings", "UserSettings"),
    ),
    outputs=(
        Output("arn", result="UserProfileArn"),
        Output("homeEfsFileSystemUid", result="HomeEfsFileSystemUid"),
    ),
    create=Call("CreateUserProfile"),
    created=_READY,
    updates=(Call("UpdateUserProfile", _KEY),),
    updated=_READY,
    reads=(_DESCRIBE,),
    deletes=(Call("DeleteUserProfile", _KEY, takes=()),),
    deleted=Wait(_DESCRIBE, failed=("Delete_Failed",), reason="FailureReason", timeout=600),
    tags=TAGS,
    gone=("ResourceNotFound",),
)
