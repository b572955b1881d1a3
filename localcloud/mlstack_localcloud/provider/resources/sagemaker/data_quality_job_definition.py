"""aws.sagemaker.DataQualityJobDefinition.

Defaults of paths and of what AWS computes: the official provider
(https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sagemaker/data_quality_job_definition.go).
"""

from mlstack_localcloud.provider.model import ANY, Call, Name, Nested, Output, Property, ResourceType
from mlstack_localcloud.provider.resources.sagemaker._tags import TAGS

_INPUT = {"s3DataDistributionType": ANY, "s3InputMode": ANY}

TYPE = ResourceType(
    "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition",
    service="sagemaker",
    id="{name}",
    name=Name("name", longest=63),
    properties=(
        Property("name", "JobDefinitionName"),
        Property("dataQualityAppSpecification", "DataQualityAppSpecification"),
        Property("dataQualityBaselineConfig", "DataQualityBaselineConfig"),
        Property("dataQualityJobInput", "DataQualityJobInput", nested_defaults=_INPUT),
        Property("dataQualityJobOutputConfig", "DataQualityJobOutputConfig", nested_defaults={"s3UploadMode": ANY}),
        Property("jobResources", "JobResources"),
        Property(
            "networkConfig",
            "NetworkConfig",
            nested_defaults={"enableInterContainerTrafficEncryption": False, "enableNetworkIsolation": False},
        ),
        Property("roleArn", "RoleArn"),
        Property("stoppingCondition", "StoppingCondition", computed=True),
    ),
    nested=(Nested("monitoringOutputs", "MonitoringOutputs", single=True),),
    outputs=(Output("arn", result="JobDefinitionArn"),),
    create=Call("CreateDataQualityJobDefinition", {"JobDefinitionName": "name"}),
    reads=(Call("DescribeDataQualityJobDefinition", {"JobDefinitionName": "name"}, takes=()),),
    deletes=(Call("DeleteDataQualityJobDefinition", {"JobDefinitionName": "name"}, takes=()),),
    tags=TAGS,
    gone=("ResourceNotFound",),
)
