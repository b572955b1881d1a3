"""The actions that planning and deploying a project's environment take, as data.

They are those of https://docs.aws.amazon.com/service-authorization/latest/reference/ that the official provider calls
for the resource types that the components declare.
"""

from __future__ import annotations

PASSED_TO = (
    "codebuild.amazonaws.com",
    "events.amazonaws.com",
    "s3.amazonaws.com",
    "sagemaker.amazonaws.com",
    "scheduler.amazonaws.com",
)
"""Whom a deployment may hand roles to."""

READS = {
    "cloudwatch": ("DescribeAlarms", "GetDashboard", "ListTagsForResource"),
    "codebuild": ("BatchGetProjects",),
    "ecr": ("DescribeRepositories", "GetLifecyclePolicy", "ListTagsForResource"),
    "events": ("DescribeEventBus", "DescribeRule", "ListTagsForResource", "ListTargetsByRule"),
    "iam": (
        "GetRole",
        "GetRolePolicy",
        "ListAttachedRolePolicies",
        "ListInstanceProfilesForRole",
        "ListRolePolicies",
    ),
    "logs": ("ListTagsForResource",),
    "s3": (
        "GetAccelerateConfiguration",
        "GetBucketAcl",
        "GetBucketCORS",
        "GetBucketLocation",
        "GetBucketLogging",
        "GetBucketNotification",
        "GetBucketObjectLockConfiguration",
        "GetBucketOwnershipControls",
        "GetBucketPolicy",
        "GetBucketPublicAccessBlock",
        "GetBucketRequestPayment",
        "GetBucketTagging",
        "GetBucketVersioning",
        "GetBucketWebsite",
        "GetEncryptionConfiguration",
        "GetLifecycleConfiguration",
        "GetReplicationConfiguration",
        "ListBucket",
    ),
    "sagemaker": (
        "DescribeDataQualityJobDefinition",
        "DescribeEndpoint",
        "DescribeEndpointConfig",
        "DescribeFeatureGroup",
        "DescribeMlflowTrackingServer",
        "DescribeModel",
        "DescribeModelQualityJobDefinition",
        "DescribeModelPackage",
        "DescribeModelPackageGroup",
        "DescribeMonitoringSchedule",
        "DescribePipeline",
        "GetModelPackageGroupPolicy",
        "ListModelPackages",
        "ListTags",
    ),
    "scheduler": ("GetSchedule",),
    "sns": ("GetTopicAttributes", "ListTagsForResource"),
    "sqs": ("GetQueueAttributes", "GetQueueUrl", "ListQueueTags"),
    "ssm": ("GetParameter", "GetParametersByPath", "ListTagsForResource"),
}
"""What reads the settings of resources that carry the environment's name, by service."""

WRITES = {
    "cloudwatch": (
        "DeleteAlarms",
        "DeleteDashboards",
        "PutDashboard",
        "PutMetricAlarm",
        "TagResource",
        "UntagResource",
    ),
    "codebuild": ("CreateProject", "DeleteProject", "UpdateProject"),
    "ecr": (
        "CreateRepository",
        "DeleteLifecyclePolicy",
        "DeleteRepository",
        "PutImageScanningConfiguration",
        "PutImageTagMutability",
        "PutLifecyclePolicy",
        "TagResource",
        "UntagResource",
    ),
    "events": (
        "CreateEventBus",
        "DeleteEventBus",
        "DeleteRule",
        "PutPermission",
        "PutRule",
        "PutTargets",
        "RemovePermission",
        "RemoveTargets",
        "TagResource",
        "UntagResource",
    ),
    "logs": (
        "AssociateKmsKey",
        "CreateLogGroup",
        "DeleteLogGroup",
        "DeleteRetentionPolicy",
        "DisassociateKmsKey",
        "PutRetentionPolicy",
        "TagResource",
        "UntagResource",
    ),
    "s3": (
        "CreateBucket",
        "DeleteBucket",
        "DeleteBucketPolicy",
        "DeleteObject",
        "DeleteObjectTagging",
        "DeleteObjectVersion",
        "GetObject",
        "GetObjectTagging",
        "ListBucketVersions",
        "PutBucketLogging",
        "PutBucketNotification",
        "PutBucketOwnershipControls",
        "PutBucketPolicy",
        "PutBucketPublicAccessBlock",
        "PutBucketTagging",
        "PutBucketVersioning",
        "PutEncryptionConfiguration",
        "PutLifecycleConfiguration",
        "PutObject",
        "PutObjectTagging",
        "PutReplicationConfiguration",
    ),
    "sagemaker": (
        "AddTags",
        "CreateDataQualityJobDefinition",
        "CreateEndpoint",
        "CreateEndpointConfig",
        "CreateFeatureGroup",
        "CreateMlflowTrackingServer",
        "CreateModel",
        "CreateModelPackageGroup",
        "CreateModelQualityJobDefinition",
        "CreateMonitoringSchedule",
        "CreatePipeline",
        "DeleteDataQualityJobDefinition",
        "DeleteEndpoint",
        "DeleteEndpointConfig",
        "DeleteFeatureGroup",
        "DeleteMlflowTrackingServer",
        "DeleteModel",
        "DeleteModelPackageGroup",
        "DeleteModelQualityJobDefinition",
        "DeleteModelPackageGroupPolicy",
        "DeleteMonitoringSchedule",
        "DeletePipeline",
        "DeleteTags",
        "PutModelPackageGroupPolicy",
        "UpdateEndpoint",
        "UpdateFeatureGroup",
        "UpdateMlflowTrackingServer",
        "UpdateMonitoringSchedule",
        "UpdatePipeline",
    ),
    "scheduler": ("CreateSchedule", "DeleteSchedule", "UpdateSchedule"),
    "sns": ("CreateTopic", "DeleteTopic", "SetTopicAttributes", "Subscribe", "TagResource", "UntagResource"),
    "sqs": ("CreateQueue", "DeleteQueue", "SetQueueAttributes", "TagQueue", "UntagQueue"),
    "ssm": ("AddTagsToResource", "DeleteParameters", "PutParameter"),
}
"""What changes them, by service."""

ROLE_CHANGES = (
    "iam:DeleteRole",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
)
"""What changes roles but not their rights."""

RIGHTS_CHANGES = ("iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy")
"""What changes the rights of roles."""

KEY_READS = ("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags")
"""What reads the settings of keys."""

KEY_CHANGES = (
    "kms:CreateAlias",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DeleteAlias",
    "kms:EnableKeyRotation",
    "kms:GenerateDataKey",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""What changes and uses keys."""
SCALING = (
    "application-autoscaling:DeleteScalingPolicy",
    "application-autoscaling:DeleteScheduledAction",
    "application-autoscaling:DeregisterScalableTarget",
    "application-autoscaling:PutScalingPolicy",
    "application-autoscaling:PutScheduledAction",
    "application-autoscaling:RegisterScalableTarget",
    "application-autoscaling:TagResource",
    "application-autoscaling:UntagResource",
)
"""What scales endpoints."""
