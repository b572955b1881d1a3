"""aws.sagemaker.Pipeline."""

from mlstack_localcloud.provider.model import Call, Kind, Output, Property, ResourceType
from mlstack_localcloud.provider.resources.sagemaker._tags import TAGS

TYPE = ResourceType(
    "aws:sagemaker/pipeline:Pipeline",
    service="sagemaker",
    id="{pipelineName}",
    properties=(
        Property("pipelineName", "PipelineName"),
        Property("parallelismConfiguration", "ParallelismConfiguration"),
        Property("pipelineDefinition", "PipelineDefinition", kind=Kind.JSON, pipeline=True),
        Property("pipelineDefinitionS3Location", "PipelineDefinitionS3Location", result=""),
        Property("pipelineDescription", "PipelineDescription", default=""),
        Property("pipelineDisplayName", "PipelineDisplayName", required=True),
        Property("roleArn", "RoleArn"),
    ),
    outputs=(Output("arn", result="PipelineArn"),),
    create=Call("CreatePipeline"),
    updates=(Call("UpdatePipeline", {"PipelineName": "pipelineName"}),),
    reads=(Call("DescribePipeline", {"PipelineName": "pipelineName"}, takes=()),),
    deletes=(Call("DeletePipeline", {"PipelineName": "pipelineName"}, takes=()),),
    tags=TAGS,
    gone=("ResourceNotFound",),
)
