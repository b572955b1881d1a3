"""aws.sns.TopicSubscription."""

from mlstack_localcloud.provider.model import ID, Call, Const, Kind, Output, Property, ResourceType

_GET = Call("GetSubscriptionAttributes", {"SubscriptionArn": ID}, takes=())

TYPE = ResourceType(
    "aws:sns/topicSubscription:TopicSubscription",
    service="sns",
    id="{arn}",
    properties=(
        Property("confirmationTimeoutInMinutes", kind=Kind.SETTING, default=1),
        Property("deliveryPolicy", "Attributes.DeliveryPolicy", kind=Kind.JSON),
        Property("endpoint", "Endpoint", result="Attributes.Endpoint", required=True),
        Property("endpointAutoConfirms", kind=Kind.SETTING, default=False),
        Property("filterPolicy", "Attributes.FilterPolicy", kind=Kind.JSON),
        Property("filterPolicyScope", "Attributes.FilterPolicyScope", computed=True),
        Property("protocol", "Protocol", result="Attributes.Protocol"),
        Property("rawMessageDelivery", "Attributes.RawMessageDelivery", kind=Kind.TEXT, number=bool, default=False),
        Property("redrivePolicy", "Attributes.RedrivePolicy", kind=Kind.JSON),
        Property("replayPolicy", "Attributes.ReplayPolicy", kind=Kind.JSON),
        Property("subscriptionRoleArn", "Attributes.SubscriptionRoleArn"),
        Property("topic", "TopicArn", result="Attributes.TopicArn"),
    ),
    outputs=(
        Output("arn", result="SubscriptionArn"),
        Output("confirmationWasAuthenticated", result="Attributes.ConfirmationWasAuthenticated", number=bool),
        Output("ownerId", result="Attributes.Owner"),
        Output("pendingConfirmation", result="Attributes.PendingConfirmation", number=bool),
    ),
    create=Call("Subscribe", {"ReturnSubscriptionArn": Const(True)}),
    answers=(_GET,),
    updates=(
        Call(
            "SetSubscriptionAttributes",
            {"SubscriptionArn": ID, "AttributeName": "attribute", "AttributeValue": "value"},
            each=True,
        ),
    ),
    reads=(_GET,),
    deletes=(Call("Unsubscribe", {"SubscriptionArn": ID}, takes=()),),
    gone=("NotFound", "NotFoundException"),
)
