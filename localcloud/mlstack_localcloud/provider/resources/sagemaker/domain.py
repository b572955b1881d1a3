"""aws.sagemaker.Domain."""

from mlstack_localcloud.provider.model import ANY, Call, Const, Kind, Output, Property, ResourceType, Wait
from mlstack_localcloud.provider.resources.sagemaker._tags import TAGS

_SOURCE = "terraform-provider-aws, internal/service/sagemaker/domain.go"
_DESCRIBE = Call("DescribeDomain", {"DomainId": "id"}, takes=())
_READY = Wait(
    _DESCRIBE,
    status="Status",
    until=("InService",),
    failed=("Failed", "Update_Failed", "Delete_Failed"),
    reason="FailureReason",
    timeout=600,
)
_IDLE = {
    "appLifecycleManagement": ANY,
    "autoMountHomeEfs": ANY,
    "studioWebPortal": ANY,
    "defaultLandingUri": ANY,
    "spaceStorageSettings": ANY,
}

TYPE = ResourceType(
    "aws:sagemaker/domain:Domain",
    service="sagemaker",
    id="{id}",
    import_id="(?P<id>.+)",
    properties=(
        Property("domainName", "DomainName"),
        Property("authMode", "AuthMode"),
        Property("appNetworkAccessType", "AppNetworkAccessType", default="PublicInternetOnly"),
        Property("appSecurityGroupManagement", "AppSecurityGroupManagement"),
        Property("defaultSpaceSettings", "DefaultSpaceSettings"),
        Property("defaultUserSettings", "DefaultUserSettings", nested_defaults=_IDLE),
        Property("kmsKeyId", "KmsKeyId", kind=Kind.REFERENCE),
        Property("retentionPolicy", kind=Kind.SETTING),
        Property("subnetIds", "SubnetIds", kind=Kind.SET, required=True),
        Property("tagPropagation", "TagPropagation", default="DISABLED"),
        Property("vpcId", "VpcId", required=True, replaces=True, source=_SOURCE),
    ),
    outputs=(
        Output("id", result="DomainId"),
        Output("arn", result="DomainArn"),
        Output("url", result="Url"),
        Output("homeEfsFileSystemId", result="HomeEfsFileSystemId"),
    ),
    create=Call("CreateDomain"),
    created=_READY,
    updates=(Call("UpdateDomain", {"DomainId": "id"}),),
    updated=_READY,
    reads=(_DESCRIBE,),
    deletes=(Call("DeleteDomain", {"DomainId": "id", "RetentionPolicy.HomeEfsFileSystem": Const("Retain")}, takes=()),),
    deleted=Wait(_DESCRIBE, failed=("Delete_Failed",), reason="FailureReason", timeout=600),
    tags=TAGS,
    gone=("ResourceNotFound",),
    not_implemented=("domainSettings",),
)
