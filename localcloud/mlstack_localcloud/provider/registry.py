"""The resource types and data sources that the local cloud has: one line each, loaded when first used."""

from __future__ import annotations

import importlib
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from mlstack_localcloud.provider.errors import ProviderError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_localcloud.provider.model import DataSource, ResourceType

__all__ = ["DATA_SOURCES", "RESOURCE_TYPES", "data_source", "resource_type"]

RESOURCE_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "aws:budgets/budget:Budget": "budgets.budget",
        "aws:cloudwatch/dashboard:Dashboard": "cloudwatch.dashboard",
        "aws:appautoscaling/policy:Policy": "appautoscaling.policy",
        "aws:appautoscaling/scheduledAction:ScheduledAction": "appautoscaling.scheduled_action",
        "aws:appautoscaling/target:Target": "appautoscaling.target",
        "aws:cloudcontrol/resource:Resource": "cloudcontrol.resource",
        "aws:cloudwatch/eventBus:EventBus": "cloudwatch.event_bus",
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "cloudwatch.event_bus_policy",
        "aws:cloudwatch/eventRule:EventRule": "cloudwatch.event_rule",
        "aws:cloudwatch/eventTarget:EventTarget": "cloudwatch.event_target",
        "aws:cloudwatch/logGroup:LogGroup": "cloudwatch.log_group",
        "aws:cloudwatch/metricAlarm:MetricAlarm": "cloudwatch.metric_alarm",
        "aws:codebuild/project:Project": "codebuild.project",
        "aws:costexplorer/anomalyMonitor:AnomalyMonitor": "costexplorer.anomaly_monitor",
        "aws:costexplorer/anomalySubscription:AnomalySubscription": "costexplorer.anomaly_subscription",
        "aws:costexplorer/costAllocationTag:CostAllocationTag": "costexplorer.cost_allocation_tag",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "ec2.default_security_group",
        "aws:ec2/flowLog:FlowLog": "ec2.flow_log",
        "aws:ec2/routeTable:RouteTable": "ec2.route_table",
        "aws:ec2/routeTableAssociation:RouteTableAssociation": "ec2.route_table_association",
        "aws:ec2/securityGroup:SecurityGroup": "ec2.security_group",
        "aws:ec2/subnet:Subnet": "ec2.subnet",
        "aws:ec2/vpc:Vpc": "ec2.vpc",
        "aws:ec2/vpcEndpoint:VpcEndpoint": "ec2.vpc_endpoint",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy": "ecr.lifecycle_policy",
        "aws:ecr/repository:Repository": "ecr.repository",
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "iam.open_id_connect_provider",
        "aws:iam/policy:Policy": "iam.policy",
        "aws:iam/role:Role": "iam.role",
        "aws:iam/rolePolicy:RolePolicy": "iam.role_policy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "iam.role_policy_attachment",
        "aws:kms/alias:Alias": "kms.alias",
        "aws:kms/key:Key": "kms.key",
        "aws:s3/bucket:Bucket": "s3.bucket",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "s3.bucket_lifecycle_configuration",
        "aws:s3/bucketLogging:BucketLogging": "s3.bucket_logging",
        "aws:s3/bucketNotification:BucketNotification": "s3.bucket_notification",
        "aws:s3/bucketObjectv2:BucketObjectv2": "s3.bucket_objectv2",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "s3.bucket_ownership_controls",
        "aws:s3/bucketPolicy:BucketPolicy": "s3.bucket_policy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "s3.bucket_public_access_block",
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "s3.bucket_replication_config",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
            "s3.bucket_server_side_encryption_configuration"
        ),
        "aws:s3/bucketVersioning:BucketVersioning": "s3.bucket_versioning",
        "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition": "sagemaker.data_quality_job_definition",
        "aws:sagemaker/domain:Domain": "sagemaker.domain",
        "aws:sagemaker/endpoint:Endpoint": "sagemaker.endpoint",
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration": "sagemaker.endpoint_configuration",
        "aws:sagemaker/featureGroup:FeatureGroup": "sagemaker.feature_group",
        "aws:sagemaker/mlflowTrackingServer:MlflowTrackingServer": "sagemaker.mlflow_tracking_server",
        "aws:sagemaker/model:Model": "sagemaker.model",
        "aws:sagemaker/modelPackageGroup:ModelPackageGroup": "sagemaker.model_package_group",
        "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy": "sagemaker.model_package_group_policy",
        "aws:sagemaker/monitoringSchedule:MonitoringSchedule": "sagemaker.monitoring_schedule",
        "aws:sagemaker/pipeline:Pipeline": "sagemaker.pipeline",
        "aws:sagemaker/trainingJob:TrainingJob": "sagemaker.training_job",
        "aws:sagemaker/userProfile:UserProfile": "sagemaker.user_profile",
        "aws:scheduler/schedule:Schedule": "scheduler.schedule",
        "aws:sns/topic:Topic": "sns.topic",
        "aws:sns/topicPolicy:TopicPolicy": "sns.topic_policy",
        "aws:sns/topicSubscription:TopicSubscription": "sns.topic_subscription",
        "aws:sqs/queue:Queue": "sqs.queue",
        "aws:sqs/queuePolicy:QueuePolicy": "sqs.queue_policy",
        "aws:ssm/parameter:Parameter": "ssm.parameter",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "vpc.security_group_egress_rule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "vpc.security_group_ingress_rule",
    }
)
"""The module below `resources` that holds `TYPE`, by token."""

DATA_SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "aws:index/getCallerIdentity:getCallerIdentity": "caller_identity",
        "aws:index/getPartition:getPartition": "partition",
        "aws:index/getRegion:getRegion": "region",
        "aws:ssm/getParametersByPath:getParametersByPath": "parameters_by_path",
    }
)
"""The module below `data_sources` that holds `SOURCE`, by token."""

_HERE = __name__.rpartition(".")[0]


@lru_cache(maxsize=512)
def resource_type(token: str) -> ResourceType:
    """The resource type of a token.

    Raises:
        ProviderError: The local cloud does not have it.
    """
    if token not in RESOURCE_TYPES:
        raise ProviderError(f"The local cloud does not implement the resource type {token}.")
    found: ResourceType = importlib.import_module(f"{_HERE}.resources.{RESOURCE_TYPES[token]}").TYPE
    return found


@lru_cache(maxsize=512)
def data_source(token: str) -> DataSource:
    """The data source of a token.

    Raises:
        ProviderError: The local cloud does not have it.
    """
    if token not in DATA_SOURCES:
        raise ProviderError(f"The local cloud does not implement the function {token}.")
    found: DataSource = importlib.import_module(f"{_HERE}.data_sources.{DATA_SOURCES[token]}").SOURCE
    return found
