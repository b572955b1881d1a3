"""aws.costexplorer.AnomalySubscription.

The official provider replaces one whose name changes
(https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ce/anomaly_subscription.go).
"""

from mlstack_localcloud.provider.model import (
    ANY,
    Call,
    Kind,
    ListOf,
    Name,
    Nested,
    Output,
    Property,
    ResourceType,
)
from mlstack_localcloud.provider.resources.costexplorer._tags import TAGS

_READ = Call(
    "GetAnomalySubscriptions", {"SubscriptionArnList": ListOf("arn")}, takes=(), out_of="AnomalySubscriptions.0"
)

TYPE = ResourceType(
    "aws:costexplorer/anomalySubscription:AnomalySubscription",
    service="ce",
    id="{arn}",
    name=Name("name", longest=1024),
    regional=False,
    properties=(
        Property("name", "AnomalySubscription.SubscriptionName", result="SubscriptionName"),
        Property("accountId", "AnomalySubscription.AccountId", result="AccountId", computed=True),
        Property("frequency", "AnomalySubscription.Frequency", result="Frequency"),
        Property("monitorArnLists", "AnomalySubscription.MonitorArnList", result="MonitorArnList"),
        Property(
            "subscribers",
            "AnomalySubscription.Subscribers",
            result="Subscribers",
            kind=Kind.SET,
            nested_defaults={"status": ANY},
        ),
        Property(
            "thresholdExpression",
            "AnomalySubscription.ThresholdExpression",
            result="ThresholdExpression",
            computed=True,
        ),
    ),
    nested=(
        Nested("ands", "And"),
        Nested("ors", "Or"),
        Nested("dimension", "Dimensions"),
        Nested("costCategory", "CostCategories"),
    ),
    outputs=(Output("arn", result="SubscriptionArn"),),
    create=Call("CreateAnomalySubscription"),
    answers=(_READ,),
    updates=(
        Call(
            "UpdateAnomalySubscription",
            {
                "SubscriptionArn": "arn",
                "Frequency": "frequency",
                "MonitorArnList": "monitorArnLists",
                "Subscribers": "subscribers",
                "ThresholdExpression": "thresholdExpression",
            },
            takes=(),
            on=("frequency", "monitorArnLists", "subscribers", "thresholdExpression"),
        ),
    ),
    reads=(_READ,),
    deletes=(Call("DeleteAnomalySubscription", {"SubscriptionArn": "arn"}, takes=()),),
    tags=TAGS,
    gone=("UnknownSubscriptionException",),
)
