"""aws.sagemaker.TrainingJob.

A creation waits for the job's end, and every change but that of tags is another job, as in the official provider
(https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sagemaker/training_job.go). That one
also changes a warm pool's time in place, by UpdateTrainingJob, which the local cloud does not have.
"""

from mlstack_localcloud.provider.model import ANY, Call, Nested, Output, Property, ResourceType, Wait
from mlstack_localcloud.provider.resources.sagemaker._tags import TAGS

_DESCRIBE = Call("DescribeTrainingJob", {"TrainingJobName": "trainingJobName"}, takes=())

TYPE = ResourceType(
    "aws:sagemaker/trainingJob:TrainingJob",
    service="sagemaker",
    id="{trainingJobName}",
    properties=(
        Property("trainingJobName", "TrainingJobName"),
        Property(
            "algorithmSpecification",
            "AlgorithmSpecification",
            nested_defaults={"enableSagemakerMetricsTimeSeries": ANY},
            # The API can do without one, but only for serverless jobs, which are refused here.
            required=True,
        ),
        Property("checkpointConfig", "CheckpointConfig", nested_defaults={"localPath": ANY}),
        Property("enableInterContainerTrafficEncryption", "EnableInterContainerTrafficEncryption", default=False),
        Property("enableManagedSpotTraining", "EnableManagedSpotTraining", default=False),
        Property("enableNetworkIsolation", "EnableNetworkIsolation", default=False),
        Property("environment", "Environment"),
        Property("hyperParameters", "HyperParameters"),
        Property(
            "inputDataConfigs",
            "InputDataConfig",
            nested_defaults={"compressionType": ANY, "recordWrapperType": ANY, "s3DataDistributionType": ANY},
        ),
        Property("outputDataConfig", "OutputDataConfig", nested_defaults={"compressionType": ANY}),
        Property("resourceConfig", "ResourceConfig"),
        Property("roleArn", "RoleArn"),
        Property("stoppingCondition", "StoppingCondition", nested_defaults={"maxPendingTimeInSeconds": ANY}),
        Property("vpcConfig", "VpcConfig"),
    ),
    nested=(Nested("containerEntrypoints", "ContainerEntrypoint"),),
    outputs=(Output("arn", result="TrainingJobArn"),),
    create=Call("CreateTrainingJob"),
    created=Wait(
        _DESCRIBE,
        status="TrainingJobStatus",
        until=("Completed", "Stopped"),
        failed=("Failed",),
        reason="FailureReason",
        timeout=2700,
    ),
    reads=(_DESCRIBE,),
    deletes=(Call("DeleteTrainingJob", {"TrainingJobName": "trainingJobName"}, takes=()),),
    deleted=Wait(_DESCRIBE, timeout=2700),
    tags=TAGS,
    gone=("ResourceNotFound",),
    not_implemented=(
        "debugHookConfig",
        "debugRuleConfigurations",
        "deleteModelPackagesOnDestroy",
        "deleteVpcEnisOnDestroy",
        "experimentConfig",
        "infraCheckConfig",
        "mlflowConfig",
        "modelPackageConfig",
        "profilerConfig",
        "profilerRuleConfigurations",
        "remoteDebugConfig",
        "retryStrategy",
        "serverlessJobConfig",
        "sessionChainingConfig",
        "tensorBoardOutputConfig",
        "timeouts",
    ),
)
