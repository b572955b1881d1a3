"""aws.sqs.Queue."""

from mlstack_localcloud.provider.model import (
    ID,
    Call,
    Const,
    Kind,
    Name,
    Output,
    Property,
    ResourceType,
    Source,
    Tags,
)

_QUEUE: dict[str, Source] = {"QueueUrl": ID}
_FIXED = "SQS: a queue's type cannot be changed (SetQueueAttributes)"


def _number(name: str, attribute: str, default: int | None) -> Property:
    place = f"Attributes.{attribute}"
    return Property(name, place, kind=Kind.TEXT, number=int, default=default, computed=default is None)


TYPE = ResourceType(
    "aws:sqs/queue:Queue",
    service="sqs",
    id="{url}",
    import_id="(?P<url>https?://.+/(?P<name>[^/]+))",
    name=Name("name", prefix_property="namePrefix", longest=80, fifo="fifoQueue"),
    properties=(
        Property("name", "QueueName", result=""),
        Property("namePrefix"),
        Property(
            "contentBasedDeduplication",
            "Attributes.ContentBasedDeduplication",
            kind=Kind.TEXT,
            number=bool,
            default=False,
        ),
        Property("deduplicationScope", "Attributes.DeduplicationScope", computed=True),
        _number("delaySeconds", "DelaySeconds", 0),
        Property(
            "fifoQueue",
            "Attributes.FifoQueue",
            kind=Kind.TEXT,
            number=bool,
            default=False,
            replaces=True,
            source=_FIXED,
        ),
        Property("fifoThroughputLimit", "Attributes.FifoThroughputLimit", computed=True),
        _number("kmsDataKeyReusePeriodSeconds", "KmsDataKeyReusePeriodSeconds", None),
        Property("kmsMasterKeyId", "Attributes.KmsMasterKeyId", kind=Kind.REFERENCE),
        _number("maxMessageSize", "MaximumMessageSize", None),
        _number("messageRetentionSeconds", "MessageRetentionPeriod", 345600),
        # A QueuePolicy sets it too.
        Property("policy", "Attributes.Policy", kind=Kind.POLICY, elsewhere=True),
        _number("receiveWaitTimeSeconds", "ReceiveMessageWaitTimeSeconds", 0),
        Property("redriveAllowPolicy", "Attributes.RedriveAllowPolicy", kind=Kind.JSON),
        Property("redrivePolicy", "Attributes.RedrivePolicy", kind=Kind.JSON),
        Property("sqsManagedSseEnabled", "Attributes.SqsManagedSseEnabled", kind=Kind.TEXT, number=bool, computed=True),
        _number("visibilityTimeoutSeconds", "VisibilityTimeout", 30),
    ),
    outputs=(
        Output("arn", text="arn:{partition}:sqs:{region}:{account}:{name}"),
        Output("url", result="QueueUrl"),
    ),
    create=Call("CreateQueue"),
    answers=(Call("GetQueueAttributes", {**_QUEUE, "AttributeNames": Const(["All"])}, takes=()),),
    updates=(Call("SetQueueAttributes", _QUEUE, changed_only=True),),
    reads=(Call("GetQueueAttributes", {**_QUEUE, "AttributeNames": Const(["All"])}, takes=()),),
    deletes=(Call("DeleteQueue", _QUEUE, takes=()),),
    tags=Tags(
        put=Call("TagQueue", _QUEUE, takes=()),
        put_member="Tags",
        remove=Call("UntagQueue", _QUEUE, takes=()),
        remove_member="TagKeys",
        read=Call("ListQueueTags", _QUEUE, takes=()),
        result="Tags",
        create_member="tags",
        key="",
    ),
    gone=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
)
