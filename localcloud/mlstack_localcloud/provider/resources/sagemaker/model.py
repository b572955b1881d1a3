"""aws.sagemaker.Model."""

from mlstack_localcloud.provider.model import ANY, Call, Name, Nested, Output, Property, ResourceType
from mlstack_localcloud.provider.resources.sagemaker._tags import TAGS

_MODEL = {"mode": "SingleModel", "containerHostname": ANY, "acceptEula": False}

TYPE = ResourceType(
    "aws:sagemaker/model:Model",
    service="sagemaker",
    id="{name}",
    name=Name("name", longest=63),
    properties=(
        Property("name", "ModelName"),
        Property("containers", "Containers", nested_defaults=_MODEL),
        Property("enableNetworkIsolation", "EnableNetworkIsolation", default=False),
        # The official provider requires it, though the API does so only for some models.
        Property("executionRoleArn", "ExecutionRoleArn", required=True),
        Property("inferenceExecutionConfig", "InferenceExecutionConfig", computed=True),
        Property("primaryContainer", "PrimaryContainer", nested_defaults=_MODEL),
        Property("vpcConfig", "VpcConfig"),
    ),
    nested=(Nested("s3DataSources", "S3DataSource", listed=True),),
    outputs=(Output("arn", result="ModelArn"),),
    create=Call("CreateModel"),
    reads=(Call("DescribeModel", {"ModelName": "name"}, takes=()),),
    deletes=(Call("DeleteModel", {"ModelName": "name"}, takes=()),),
    tags=TAGS,
    gone=("ValidationException: could not find", "ValidationException: does not exist"),
)
