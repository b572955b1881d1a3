"""aws.sns.Topic."""

from mlstack_localcloud.provider.model import ID, Call, Kind, Name, Output, Property, ResourceType, Tags

_FEEDBACK = ("application", "firehose", "http", "lambda", "sqs")

TYPE = ResourceType(
    "aws:sns/topic:Topic",
    service="sns",
    id="{arn}",
    import_id="(?P<arn>arn:[^:]*:sns:[^:]*:[^:]*:(?P<name>.+))",
    name=Name("name", prefix_property="namePrefix", longest=256, fifo="fifoTopic"),
    properties=(
        Property("name", "Name", result=""),
        Property("namePrefix"),
        Property("archivePolicy", "Attributes.ArchivePolicy", kind=Kind.JSON),
        Property(
            "contentBasedDeduplication",
            "Attributes.ContentBasedDeduplication",
            kind=Kind.TEXT,
            number=bool,
            default=False,
        ),
        Property("deliveryPolicy", "Attributes.DeliveryPolicy", kind=Kind.JSON),
        Property("displayName", "Attributes.DisplayName", default=""),
        Property("fifoThroughputScope", "Attributes.FifoThroughputScope", computed=True),
        Property(
            "fifoTopic",
            "Attributes.FifoTopic",
            kind=Kind.TEXT,
            number=bool,
            default=False,
            replaces=True,
            source="SNS: a topic's type cannot be changed (SetTopicAttributes)",
        ),
        Property("kmsMasterKeyId", "Attributes.KmsMasterKeyId", kind=Kind.REFERENCE),
        # A TopicPolicy sets it too.
        Property("policy", "Attributes.Policy", kind=Kind.POLICY, elsewhere=True),
        Property("signatureVersion", "Attributes.SignatureVersion", kind=Kind.TEXT, number=int, computed=True),
        Property("tracingConfig", "Attributes.TracingConfig", computed=True),
    ),
    outputs=(Output("arn", result="TopicArn"), Output("owner", text="{account}")),
    create=Call("CreateTopic"),
    updates=(
        Call(
            "SetTopicAttributes",
            {"TopicArn": ID, "AttributeName": "attribute", "AttributeValue": "value"},
            each=True,
        ),
    ),
    reads=(Call("GetTopicAttributes", {"TopicArn": "arn"}, takes=()),),
    deletes=(Call("DeleteTopic", {"TopicArn": ID}, takes=()),),
    tags=Tags(
        put=Call("TagResource", {"ResourceArn": "arn"}, takes=()),
        put_member="Tags",
        remove=Call("UntagResource", {"ResourceArn": "arn"}, takes=()),
        remove_member="TagKeys",
        read=Call("ListTagsForResource", {"ResourceArn": "arn"}, takes=()),
        result="Tags",
        create_member="Tags",
    ),
    gone=("NotFound", "NotFoundException"),
    not_implemented=(
        "maximumMessageSize",
        *(f"{each}FailureFeedbackRoleArn" for each in _FEEDBACK),
        *(f"{each}SuccessFeedbackRoleArn" for each in _FEEDBACK),
        *(f"{each}SuccessFeedbackSampleRate" for each in _FEEDBACK),
    ),
)
