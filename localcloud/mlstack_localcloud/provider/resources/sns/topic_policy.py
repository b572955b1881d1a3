"""aws.sns.TopicPolicy."""

from mlstack_localcloud.provider.model import Call, Const, Kind, Output, Property, ResourceType, Text

# What SNS gives a new topic; a topic is never without a policy.
_DEFAULT = (
    '{{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{{"Sid":"__default_statement_ID","Effect":"Allow",'
    '"Principal":{{"AWS":"*"}},"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission",'
    '"SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],'
    '"Resource":"{arn}","Condition":{{"StringEquals":{{"AWS:SourceOwner":"{account}"}}}}}}]}}'
)
_PUT = Call("SetTopicAttributes", {"AttributeName": Const("Policy")})

TYPE = ResourceType(
    "aws:sns/topicPolicy:TopicPolicy",
    service="sns",
    id="{arn}",
    properties=(
        Property("arn", "TopicArn", result=""),
        Property("policy", "AttributeValue", result="Attributes.Policy", kind=Kind.POLICY, required=True),
    ),
    outputs=(Output("owner", text="{account}"),),
    create=_PUT,
    updates=(_PUT,),
    reads=(Call("GetTopicAttributes", {"TopicArn": "arn"}, takes=()),),
    deletes=(
        Call(
            "SetTopicAttributes",
            {"TopicArn": "arn", "AttributeName": Const("Policy"), "AttributeValue": Text(_DEFAULT)},
            takes=(),
        ),
    ),
    gone=("NotFound", "NotFoundException"),
)
