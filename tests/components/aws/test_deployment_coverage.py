"""A deployment may call what the provider calls for the types that a project consists of, as far as the tables tell."""

from __future__ import annotations

import json

import pytest
from mlstack_components.aws.deployment_policies import deploy_policies
from mlstack_localcloud.provider.registry import resource_type

from .test_continuous_integration import ARGS

TYPES = (
    "aws:appautoscaling/policy:Policy",
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    "aws:appautoscaling/target:Target",
    "aws:budgets/budget:Budget",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/eventBus:EventBus",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:ecr/repository:Repository",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:kms/alias:Alias",
    "aws:kms/key:Key",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLogging:BucketLogging",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketNotification:BucketNotification",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    "aws:cloudcontrol/resource:Resource",
    "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition",
    "aws:sagemaker/endpoint:Endpoint",
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    "aws:sagemaker/featureGroup:FeatureGroup",
    "aws:sagemaker/mlflowTrackingServer:MlflowTrackingServer",
    "aws:sagemaker/model:Model",
    "aws:sagemaker/modelPackageGroup:ModelPackageGroup",
    "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy",
    "aws:sagemaker/monitoringSchedule:MonitoringSchedule",
    "aws:sagemaker/pipeline:Pipeline",
    "aws:scheduler/schedule:Schedule",
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:sqs/queue:Queue",
    "aws:sqs/queuePolicy:QueuePolicy",
)
"""What a project's environment may consist of, without a network."""

# IAM's names of permissions that differ from the operation's
# (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html and _awsbudgetservice.html).
ACTIONS = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    # Cloud Control's permissions are CloudFormation's.
    **{
        f"cloudcontrol:{name}": f"cloudformation:{name}" for name in ("CreateResource", "GetResource", "DeleteResource")
    },
    **{
        f"budgets:{operation}": "budgets:ModifyBudget"
        for operation in ("CreateBudget", "UpdateBudget", "DeleteBudget", "CreateNotification", "DeleteNotification")
    },
    **{
        f"budgets:{operation}": "budgets:ViewBudget"
        for operation in (
            "DescribeBudget",
            "DescribeNotificationsForBudget",
            "DescribeSubscribersForNotification",
        )
    },
}
NEVER = {
    # Components set these when they make a resource, and never change them.
    "iam:AttachRolePolicy": "components write their rights inline",
    "iam:DetachRolePolicy": "likewise",
    "iam:DeleteRolePermissionsBoundary": "a boundary can't be taken away",
    "kms:DisableKey": "keys are never disabled",
    "kms:EnableKey": "keys are made enabled",
    "kms:DisableKeyRotation": "keys always rotate",
    "logs:PutLogGroupDeletionProtection": "no component protects its groups so",
    "sns:ConfirmSubscription": "who owns the address confirms",
    "ecr:PutReplicationConfiguration": "nothing is replicated",
    "ecr:BatchDeleteImage": "data is deleted by `mlstack destroy --delete-data`, not by the provider",
    "ecr:ListImages": "likewise",
}


def _operations(token: str) -> set[str]:
    kind = resource_type(token)
    calls = [kind.create, *kind.reads, *kind.deletes, *kind.updates, *kind.answers]
    for each in kind.collections:
        calls += [each.add, each.remove, each.read, *([each.detail] if each.detail else [])]
    if kind.tags is not None:
        calls += [call for call in (kind.tags.put, kind.tags.remove, kind.tags.read, kind.tags.clear) if call]
    return {f"{kind.service}:{call.operation}" for call in calls}


@pytest.fixture(scope="module")
def allowed() -> set[str]:
    documents = [json.loads(each) for each in deploy_policies(ARGS).values()]
    return {action for each in documents for statement in each["Statement"] for action in statement["Action"]}


@pytest.mark.parametrize("token", TYPES)
def test_what_the_provider_calls_is_allowed(allowed: set[str], token: str) -> None:
    needed = {ACTIONS.get(operation, operation) for operation in _operations(token)} - NEVER.keys()
    assert needed - allowed == set()
