"""aws.sqs.QueuePolicy."""

from mlstack_localcloud.provider.model import Call, Const, Kind, Property, ResourceType

_PUT = Call("SetQueueAttributes")

TYPE = ResourceType(
    "aws:sqs/queuePolicy:QueuePolicy",
    service="sqs",
    id="{queueUrl}",
    properties=(
        Property("policy", "Attributes.Policy", kind=Kind.POLICY, required=True),
        Property("queueUrl", "QueueUrl", result=""),
    ),
    create=_PUT,
    updates=(_PUT,),
    reads=(
        Call(
            "GetQueueAttributes",
            {"QueueUrl": "queueUrl", "AttributeNames": Const(["Policy"])},
            takes=(),
            must="Attributes.Policy",
        ),
    ),
    deletes=(Call("SetQueueAttributes", {"QueueUrl": "queueUrl", "Attributes.Policy": Const("")}, takes=()),),
    gone=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
)
