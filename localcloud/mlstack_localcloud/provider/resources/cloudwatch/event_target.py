"""aws.cloudwatch.EventTarget."""

from mlstack_localcloud.provider.model import Call, Kind, ListOf, Name, Nested, Property, ResourceType, Source

_TARGETS: dict[str, Source] = {"Rule": "rule", "EventBusName": "eventBusName"}
_PUT = Call("PutTargets")

TYPE = ResourceType(
    "aws:cloudwatch/eventTarget:EventTarget",
    service="events",
    id="{rule}-{targetId}",
    import_id="(?:(?P<eventBusName>.+)/)?(?P<rule>[^/]+)/(?P<targetId>[^/]+)",
    name=Name("targetId", longest=64),
    properties=(
        Property("targetId", "Targets.Id", result="Id"),
        Property("rule", "Rule", result=""),
        Property("arn", "Targets.Arn", result="Arn"),
        Property("deadLetterConfig", "Targets.DeadLetterConfig", result="DeadLetterConfig"),
        Property(
            "eventBusName",
            "EventBusName",
            result="",
            default="default",
            replaces=True,
            source="a target belongs to its rule's event bus",
        ),
        Property("forceDestroy", kind=Kind.SETTING, default=False),
        Property("input", "Targets.Input", result="Input", kind=Kind.JSON),
        Property("inputPath", "Targets.InputPath", result="InputPath"),
        Property("inputTransformer", "Targets.InputTransformer", result="InputTransformer"),
        Property("kinesisTarget", "Targets.KinesisParameters", result="KinesisParameters"),
        Property("retryPolicy", "Targets.RetryPolicy", result="RetryPolicy"),
        Property("roleArn", "Targets.RoleArn", result="RoleArn"),
        Property(
            "sagemakerPipelineTarget", "Targets.SageMakerPipelineParameters", result="SageMakerPipelineParameters"
        ),
        Property("sqsTarget", "Targets.SqsParameters", result="SqsParameters"),
    ),
    nested=(
        Nested("inputPaths", "InputPathsMap"),
        Nested("pipelineParameterLists", "PipelineParameterList"),
    ),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("ListTargetsByRule", _TARGETS, takes=(), out_of="Targets", find={"Id": "targetId"}, paged=True),),
    deletes=(Call("RemoveTargets", {**_TARGETS, "Ids": ListOf("targetId"), "Force": "forceDestroy"}, takes=()),),
    gone=("ResourceNotFoundException",),
    not_implemented=(
        "appsyncTarget",
        "batchTarget",
        "ecsTarget",
        "httpTarget",
        "redshiftTarget",
        "runCommandTargets",
    ),
)
