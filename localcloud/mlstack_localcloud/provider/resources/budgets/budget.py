"""aws.budgets.Budget. Its notifications are things of their own in the API, and their subscribers again."""

from mlstack_localcloud.provider.model import (
    Call,
    Collection,
    Grouped,
    Kind,
    ListOf,
    Name,
    Nested,
    Output,
    Property,
    ResourceType,
    Tags,
)
from mlstack_localcloud.provider.sources import Source

_BUDGET: dict[str, Source] = {"AccountId": "account", "BudgetName": "name"}
_NOTIFICATION: dict[str, Source] = {
    **_BUDGET,
    "Notification.ComparisonOperator": "item.comparisonOperator",
    "Notification.NotificationType": "item.notificationType",
    "Notification.Threshold": "item.threshold",
    "Notification.ThresholdType": "item.thresholdType",
}
_SUBSCRIBERS = Grouped(
    kind="subscriptionType",
    value="address",
    names={"EMAIL": "item.subscriberEmailAddresses", "SNS": "item.subscriberSnsTopicArns"},
)

TYPE = ResourceType(
    "aws:budgets/budget:Budget",
    service="budgets",
    id="{account}:{name}",
    import_id=r"\d{12}:(?P<name>.+)",
    name=Name("name", prefix_property="namePrefix", longest=100),
    regional=False,
    properties=(
        Property("name", "Budget.BudgetName", result="BudgetName"),
        Property("namePrefix"),
        Property("billingViewArn", "Budget.BillingViewArn", result="BillingViewArn"),
        Property("budgetType", "Budget.BudgetType", result="BudgetType"),
        Property("costTypes", "Budget.CostTypes", result="CostTypes", computed=True),
        Property("filterExpression", "Budget.FilterExpression", result="FilterExpression"),
        Property("limitAmount", "Budget.BudgetLimit.Amount", result="BudgetLimit.Amount"),
        Property("limitUnit", "Budget.BudgetLimit.Unit", result="BudgetLimit.Unit"),
        Property("metrics", result="Metrics"),
        Property("notifications", result="Notifications", kind=Kind.SET),
        Property("timeUnit", "Budget.TimeUnit", result="TimeUnit"),
    ),
    outputs=(Output("arn", text="arn:{partition}:budgets::{account}:budget/{name}"),),
    nested=(Nested("ands", "And"), Nested("ors", "Or"), Nested("metrics", "Metrics", single=True)),
    create=Call("CreateBudget", {"AccountId": "account", "Budget.Metrics": ListOf("metrics")}),
    updates=(
        Call(
            "UpdateBudget",
            {
                "AccountId": "account",
                "NewBudget.BudgetName": "name",
                "NewBudget.BillingViewArn": "billingViewArn",
                "NewBudget.BudgetType": "budgetType",
                "NewBudget.CostTypes": "costTypes",
                "NewBudget.FilterExpression": "filterExpression",
                "NewBudget.BudgetLimit.Amount": "limitAmount",
                "NewBudget.BudgetLimit.Unit": "limitUnit",
                "NewBudget.Metrics": ListOf("metrics"),
                "NewBudget.TimeUnit": "timeUnit",
            },
            takes=(),
            on=(
                "billingViewArn",
                "budgetType",
                "costTypes",
                "filterExpression",
                "limitAmount",
                "limitUnit",
                "metrics",
                "timeUnit",
            ),
        ),
    ),
    reads=(Call("DescribeBudget", _BUDGET, takes=(), out_of="Budget"),),
    deletes=(Call("DeleteBudget", _BUDGET, takes=()),),
    collections=(
        Collection(
            "notifications",
            add=Call("CreateNotification", {**_NOTIFICATION, "Subscribers": _SUBSCRIBERS}, takes=()),
            remove=Call("DeleteNotification", _NOTIFICATION, takes=()),
            read=Call("DescribeNotificationsForBudget", _BUDGET, takes=()),
            result="Notifications",
            detail=Call("DescribeSubscribersForNotification", _NOTIFICATION, takes=()),
            detail_result="Subscribers",
            grouped=_SUBSCRIBERS,
            # They go with their budget.
            outlives=False,
        ),
    ),
    tags=Tags(
        put=Call("TagResource", {"ResourceARN": "arn"}, takes=()),
        put_member="ResourceTags",
        remove=Call("UntagResource", {"ResourceARN": "arn"}, takes=()),
        remove_member="ResourceTagKeys",
        read=Call("ListTagsForResource", {"ResourceARN": "arn"}, takes=()),
        result="ResourceTags",
        create_member="ResourceTags",
    ),
    gone=("NotFoundException",),
    not_implemented=(
        "accountId",
        "autoAdjustData",
        "costFilters",
        "plannedLimits",
        "timePeriodEnd",
        "timePeriodStart",
    ),
)
