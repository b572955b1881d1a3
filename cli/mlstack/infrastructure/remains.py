"""What is left of an environment after it was destroyed, asked of the cloud itself and not of Pulumi.

One line a resource type: how to ask for it. What the cloud keeps for a while by itself, such as a key that awaits its
deletion, is told apart from what is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlstack.infrastructure.contents import PIPELINE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack.cloud.aws import AwsSession
    from mlstack.engine.state import StateResource


@dataclass(frozen=True)
class Look:
    """How to ask whether a resource is there.

    Attributes:
        service: The service as botocore names it.
        method: The client's method.
        parameter: The parameter that takes the resource's id.
        is_list: Whether it takes a list of ids.
        answers: The list in the answer that is empty where there is no such thing, for methods that do not refuse.
        account_parameter: The parameter that takes the account, which the id then begins with.
        output: The output of the resource to ask by, where that is not its id.
        fixed: Further parameters.
        further: Further parameters, and the outputs of the resource that they are.
    """

    service: str
    method: str
    parameter: str
    is_list: bool = False
    output: str | None = None
    account_parameter: str | None = None
    answers: str | None = None
    fixed: dict[str, str] = field(default_factory=dict)
    further: dict[str, str] = field(default_factory=dict)


LOOKS: dict[str, Look] = {
    "aws:budgets/budget:Budget": Look("budgets", "describe_budget", "BudgetName", account_parameter="AccountId"),
    "aws:cloudwatch/dashboard:Dashboard": Look("cloudwatch", "get_dashboard", "DashboardName"),
    "aws:appautoscaling/target:Target": Look(
        "application-autoscaling",
        "describe_scalable_targets",
        "ResourceIds",
        is_list=True,
        answers="ScalableTargets",
        fixed={"ServiceNamespace": "sagemaker"},
    ),
    "aws:cloudcontrol/resource:Resource": Look(
        "cloudcontrol", "get_resource", "Identifier", further={"TypeName": "typeName"}
    ),
    "aws:cloudwatch/eventBus:EventBus": Look("events", "describe_event_bus", "Name"),
    "aws:cloudwatch/eventRule:EventRule": Look("events", "describe_rule", "Name"),
    "aws:cloudwatch/logGroup:LogGroup": Look("logs", "describe_log_groups", "logGroupNamePrefix", answers="logGroups"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Look(
        "cloudwatch", "describe_alarms", "AlarmNames", is_list=True, answers="MetricAlarms"
    ),
    "aws:codebuild/project:Project": Look("codebuild", "batch_get_projects", "names", is_list=True, answers="projects"),
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor": Look(
        "ce", "get_anomaly_monitors", "MonitorArnList", is_list=True, answers="AnomalyMonitors"
    ),
    "aws:costexplorer/anomalySubscription:AnomalySubscription": Look(
        "ce", "get_anomaly_subscriptions", "SubscriptionArnList", is_list=True, answers="AnomalySubscriptions"
    ),
    "aws:costexplorer/costAllocationTag:CostAllocationTag": Look(
        "ce",
        "list_cost_allocation_tags",
        "TagKeys",
        is_list=True,
        answers="CostAllocationTags",
        fixed={"Status": "Active"},
    ),
    "aws:ec2/flowLog:FlowLog": Look("ec2", "describe_flow_logs", "FlowLogIds", is_list=True, answers="FlowLogs"),
    "aws:ec2/routeTable:RouteTable": Look("ec2", "describe_route_tables", "RouteTableIds", is_list=True),
    "aws:ec2/securityGroup:SecurityGroup": Look("ec2", "describe_security_groups", "GroupIds", is_list=True),
    "aws:ec2/subnet:Subnet": Look("ec2", "describe_subnets", "SubnetIds", is_list=True),
    "aws:ec2/vpc:Vpc": Look("ec2", "describe_vpcs", "VpcIds", is_list=True),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Look("ec2", "describe_vpc_endpoints", "VpcEndpointIds", is_list=True),
    "aws:ecr/repository:Repository": Look("ecr", "describe_repositories", "repositoryNames", is_list=True),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": Look(
        "iam", "get_open_id_connect_provider", "OpenIDConnectProviderArn"
    ),
    "aws:iam/policy:Policy": Look("iam", "get_policy", "PolicyArn"),
    "aws:iam/role:Role": Look("iam", "get_role", "RoleName"),
    "aws:kms/key:Key": Look("kms", "describe_key", "KeyId"),
    "aws:s3/bucket:Bucket": Look("s3", "head_bucket", "Bucket"),
    "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition": Look(
        "sagemaker", "describe_data_quality_job_definition", "JobDefinitionName"
    ),
    "aws:sagemaker/domain:Domain": Look("sagemaker", "describe_domain", "DomainId"),
    "aws:sagemaker/endpoint:Endpoint": Look("sagemaker", "describe_endpoint", "EndpointName"),
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": Look(
        "sagemaker", "describe_endpoint_config", "EndpointConfigName"
    ),
    "aws:sagemaker/featureGroup:FeatureGroup": Look("sagemaker", "describe_feature_group", "FeatureGroupName"),
    "aws:sagemaker/mlflowTrackingServer:MlflowTrackingServer": Look(
        "sagemaker", "describe_mlflow_tracking_server", "TrackingServerName"
    ),
    "aws:sagemaker/model:Model": Look("sagemaker", "describe_model", "ModelName"),
    "aws:sagemaker/modelPackageGroup:ModelPackageGroup": Look(
        "sagemaker", "describe_model_package_group", "ModelPackageGroupName"
    ),
    "aws:sagemaker/monitoringSchedule:MonitoringSchedule": Look(
        "sagemaker", "describe_monitoring_schedule", "MonitoringScheduleName"
    ),
    "aws:sagemaker/pipeline:Pipeline": Look("sagemaker", "describe_pipeline", "PipelineName"),
    "aws:sagemaker/trainingJob:TrainingJob": Look("sagemaker", "describe_training_job", "TrainingJobName"),
    "aws:scheduler/schedule:Schedule": Look("scheduler", "get_schedule", "Name", output="name"),
    "aws:sns/topic:Topic": Look("sns", "get_topic_attributes", "TopicArn", output="arn"),
    "aws:sqs/queue:Queue": Look("sqs", "get_queue_attributes", "QueueUrl", output="url"),
}
"""Every type that exists by itself."""

PARTS = frozenset(
    {
        "aws:appautoscaling/policy:Policy",
        "aws:appautoscaling/scheduledAction:ScheduledAction",
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:kms/alias:Alias",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketLogging:BucketLogging",
        "aws:s3/bucketNotification:BucketNotification",
        "aws:s3/bucketObjectv2:BucketObjectv2",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy",
        "aws:sagemaker/userProfile:UserProfile",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topicSubscription:TopicSubscription",
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    }
)
"""Types that are a part of one of these, and go with it."""

_JOB_LOGS = {"/aws/sagemaker/ProcessingJobs", "/aws/sagemaker/TrainingJobs", "/aws/sagemaker/TransformJobs"}

_GONE = {
    "404",
    "AWS.SimpleQueueService.NonExistentQueue",
    "InvalidFlowLogId.NotFound",
    "InvalidGroup.NotFound",
    "InvalidRouteTableID.NotFound",
    "InvalidSubnetID.NotFound",
    "InvalidVpcEndpointId.NotFound",
    "InvalidVpcID.NotFound",
    "NoSuchBucket",
    "NoSuchEntity",
    "NotFound",
    "NotFoundException",
    "QueueDoesNotExist",
    "RepositoryNotFoundException",
    "ResourceNotFound",
    "ResourceNotFoundException",
    "UnknownMonitorException",
    "UnknownSubscriptionException",
}


@dataclass(frozen=True)
class Remains:
    """What of an environment is still there.

    Attributes:
        left: What should be gone, as `type id`.
        kept: What the cloud keeps for a while, in words.
    """

    left: tuple[str, ...]
    kept: tuple[str, ...]


def look_for(session: AwsSession, resources: Sequence[StateResource]) -> Remains:
    """Asks the cloud for everything that a stack consisted of.

    Args:
        session: Clients of the environment's cloud.
        resources: What the stack consisted of before it was destroyed.

    Returns:
        What is still there.
    """
    left, kept = [], []
    for resource in resources:
        look = LOOKS.get(resource.type)
        if look is None or not resource.id:
            continue
        found = find_in_cloud(session, look, resource)
        if found is None:
            continue
        if _is_deleted_endpoint(found):
            continue
        deletion = found.get("KeyMetadata", {}).get("DeletionDate")
        if deletion is not None:
            kept.append(f"KMS key {resource.id}, unusable already, is deleted on {deletion:%Y-%m-%d}")
        else:
            left.append(f"{resource.type.rsplit(':', 1)[-1]} {resource.id}")
    if any(resource.type == PIPELINE for resource in resources):
        kept.extend(f"log group {name}, of all jobs of the account" for name in _job_logs(session))
    return Remains(tuple(left), tuple(kept))


def _is_deleted_endpoint(found: dict[str, Any]) -> bool:
    """VPC endpoints are shown for a while after they are gone."""
    endpoints = found.get("VpcEndpoints", ())
    return bool(endpoints) and all(each["State"] in {"deleting", "deleted"} for each in endpoints)


def _job_logs(session: AwsSession) -> list[str]:
    """SageMaker's own log groups, which it makes for all jobs of an account, whosever they are."""
    pages = session.client("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/sagemaker/")
    names = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    return [name for name in names if name in _JOB_LOGS]


def find_in_cloud(session: AwsSession, look: Look, resource: StateResource) -> dict[str, Any] | None:
    """What the cloud says of a resource; None where there is no such thing.

    Args:
        session: Clients of the environment's cloud.
        look: How to ask.
        resource: The resource.
    """
    from botocore.exceptions import ClientError

    from mlstack.cloud.errors import error_code, is_missing

    identity = resource.outputs.get(look.output) if look.output else resource.id
    parameters = {look.parameter: [identity] if look.is_list else identity}
    if look.account_parameter:
        account, _, name = str(identity).partition(":")
        parameters = {look.account_parameter: account, look.parameter: name}
    parameters |= {name: resource.outputs[output] for name, output in look.further.items()}
    try:
        # Copies of buckets, and their key, lie in another region.
        client = session.client(look.service, resource.outputs.get("region"))
        found: dict[str, Any] = getattr(client, look.method)(**parameters, **look.fixed)
    except ClientError as error:
        if is_missing(error) or error_code(error) in _GONE:
            return None
        raise
    return None if look.answers and not found[look.answers] else found
