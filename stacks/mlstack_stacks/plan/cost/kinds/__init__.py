"""What each kind of resource uses in a month, one kind a file.

A kind is a module with `usages(resource, context)`, from a planned resource to what it uses and what of it has no
price. It is imported when a resource of its type is met. What is in neither table has no price, and is told so.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from mlstack_stacks.plan.cost.usage import NoPrice
from mlstack_stacks.spec_keys import owner_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlstack_stacks.plan.cost.usage import Context, Usage
    from mlstack_stacks.plan.resources import PlannedResource

KINDS: dict[str, str] = {
    "aws:cloudwatch/dashboard:Dashboard": "dashboard",
    "aws:cloudwatch/logGroup:LogGroup": "log_group",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "alarm",
    "aws:codebuild/project:Project": "build_project",
    "aws:ec2/flowLog:FlowLog": "flow_log",
    "aws:ec2/natGateway:NatGateway": "nat_gateway",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpc_endpoint",
    "aws:ecr/repository:Repository": "image_repository",
    "aws:kms/key:Key": "key",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "replication",
    "aws:sagemaker/domain:Domain": "domain",
    "aws:sagemaker/endpoint:Endpoint": "endpoint",
    "aws:sagemaker/featureGroup:FeatureGroup": "feature_group",
    "aws:sagemaker/mlflowTrackingServer:MlflowTrackingServer": "tracking_server",
    "aws:sagemaker/monitoringSchedule:MonitoringSchedule": "monitoring_schedule",
    "aws:sagemaker/pipeline:Pipeline": "pipeline",
    "aws:sagemaker/trainingJob:TrainingJob": "training_job",
    "aws:secretsmanager/secret:Secret": "secret",
    "aws:sns/topic:Topic": "topic",
    "aws:sns/topicSubscription:TopicSubscription": "topic_subscription",
    "aws:sqs/queue:Queue": "queue",
    "aws:ssm/parameter:Parameter": "parameter",
}
"""The module of each Pulumi type."""

FREE: frozenset[str] = frozenset(
    {
        "aws:appautoscaling/policy:Policy",
        "aws:appautoscaling/scheduledAction:ScheduledAction",
        "aws:appautoscaling/target:Target",
        "aws:budgets/budget:Budget",  # one that tells; its actions are a kind of their own
        "aws:costexplorer/anomalyMonitor:AnomalyMonitor",
        "aws:costexplorer/anomalySubscription:AnomalySubscription",
        "aws:costexplorer/costAllocationTag:CostAllocationTag",
        "aws:cloudwatch/eventBus:EventBus",
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        "aws:cloudwatch/eventRule:EventRule",  # events of AWS's own services are free; who publishes others pays
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/route:Route",
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/vpc:Vpc",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        "aws:iam/policy:Policy",
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:kms/alias:Alias",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketLogging:BucketLogging",
        "aws:s3/bucketNotification:BucketNotification",
        "aws:s3/bucketObjectv2:BucketObjectv2",  # what is stored is the bucket's
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:cloudcontrol/resource:Resource",  # a monitor's job definition: its jobs are the schedule's
        "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition",  # its jobs are the schedule's
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration",  # what it describes is the endpoint's
        "aws:sagemaker/model:Model",
        "aws:sagemaker/modelPackageGroup:ModelPackageGroup",
        "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy",
        "aws:sagemaker/userProfile:UserProfile",  # what is started in it is the domain's
        "aws:scheduler/schedule:Schedule",  # 14 million calls a month are free
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    }
)
"""The Pulumi types that AWS doesn't bill."""


def usages(resource: PlannedResource, context: Context) -> Iterable[Usage | NoPrice] | None:
    """What a resource uses in a month.

    Args:
        resource: The resource, one in the cloud.
        context: What else it follows from.

    Returns:
        Its usages; nothing, or None, where it is free.
    """
    if resource.type in FREE:
        return None
    module = KINDS.get(resource.type)
    if module is None:
        return (NoPrice("all of it", "mlstack knows no price of this kind of resource"),)
    if getattr(context.spec, "models", None) is not None:
        context = replace(context, spec=owner_of(context.spec, resource.name))
    found: Iterable[Usage | NoPrice] | None = import_module(f"{__name__}.{module}").usages(resource, context)
    return found
