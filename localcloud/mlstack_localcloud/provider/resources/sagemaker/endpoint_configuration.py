"""aws.sagemaker.EndpointConfiguration."""

from mlstack_localcloud.provider.model import ANY, Call, Kind, Name, Nested, Output, Property, ResourceType
from mlstack_localcloud.provider.resources.sagemaker._tags import TAGS

_VARIANT = {"initialVariantWeight": 1.0, "volumeSizeInGb": ANY, "routingConfigs": ANY, "enableSsmAccess": False}

TYPE = ResourceType(
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    service="sagemaker",
    id="{name}",
    name=Name("name", prefix_property="namePrefix", longest=63),
    properties=(
        Property("name", "EndpointConfigName"),
        Property("namePrefix"),
        Property("asyncInferenceConfig", "AsyncInferenceConfig"),
        Property("dataCaptureConfig", "DataCaptureConfig", nested_defaults={"captureContentTypeHeader": ANY}),
        Property("executionRoleArn", "ExecutionRoleArn"),
        Property("kmsKeyArn", "KmsKeyId", kind=Kind.REFERENCE),
        Property("productionVariants", "ProductionVariants", nested_defaults=_VARIANT),
        Property("shadowProductionVariants", "ShadowProductionVariants", nested_defaults=_VARIANT),
    ),
    nested=(
        Nested("routingConfigs", "RoutingConfig", listed=True),
        Nested("includeInferenceResponseIns", "IncludeInferenceResponseIn"),
    ),
    outputs=(Output("arn", result="EndpointConfigArn"),),
    create=Call("CreateEndpointConfig"),
    reads=(Call("DescribeEndpointConfig", {"EndpointConfigName": "name"}, takes=()),),
    deletes=(Call("DeleteEndpointConfig", {"EndpointConfigName": "name"}, takes=()),),
    tags=TAGS,
    gone=("ValidationException: could not find", "ValidationException: does not exist"),
)
