"""aws.sagemaker.FeatureGroup.

The official provider replaces a group whose features change, though UpdateFeatureGroup can add some
(https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sagemaker/feature_group.go).
"""

from mlstack_localcloud.provider.model import ANY, Call, Output, Part, Property, ResourceType, Wait
from mlstack_localcloud.provider.resources.sagemaker._tags import TAGS

_DESCRIBE = Call("DescribeFeatureGroup", {"FeatureGroupName": "featureGroupName"}, takes=())

TYPE = ResourceType(
    "aws:sagemaker/featureGroup:FeatureGroup",
    service="sagemaker",
    id="{featureGroupName}",
    properties=(
        Property("featureGroupName", "FeatureGroupName"),
        Property("description", "Description"),
        Property("eventTimeFeatureName", "EventTimeFeatureName"),
        Property("featureDefinitions", "FeatureDefinitions"),
        Property(
            "offlineStoreConfig",
            "OfflineStoreConfig",
            nested_defaults={
                "dataCatalogConfig": ANY,
                "disableGlueTableCreation": False,
                "resolvedOutputS3Uri": ANY,
                "tableFormat": "Glue",
            },
        ),
        Property(
            "onlineStoreConfig",
            "OnlineStoreConfig",
            nested_defaults={"enableOnlineStore": False, "storageType": ANY},
            in_place=("ttlDuration",),
        ),
        Property("recordIdentifierFeatureName", "RecordIdentifierFeatureName"),
        # The official provider requires it, though the API does so only for an offline store.
        Property("roleArn", "RoleArn", required=True),
        Property("throughputConfig", "ThroughputConfig", computed=True),
    ),
    outputs=(Output("arn", result="FeatureGroupArn"),),
    create=Call("CreateFeatureGroup"),
    created=Wait(
        _DESCRIBE, status="FeatureGroupStatus", until=("Created",), failed=("CreateFailed",), reason="FailureReason"
    ),
    updates=(
        Call(
            "UpdateFeatureGroup",
            {
                "FeatureGroupName": "featureGroupName",
                "OnlineStoreConfig.TtlDuration": Part("onlineStoreConfig", "ttlDuration"),
            },
            takes=(),
            on=("onlineStoreConfig",),
        ),
        Call("UpdateFeatureGroup", {"FeatureGroupName": "featureGroupName"}, takes=("throughputConfig",)),
    ),
    reads=(_DESCRIBE,),
    deletes=(Call("DeleteFeatureGroup", {"FeatureGroupName": "featureGroupName"}, takes=()),),
    deleted=Wait(_DESCRIBE, failed=("DeleteFailed",), reason="FailureReason", timeout=900),
    tags=TAGS,
    gone=("ResourceNotFound",),
)
