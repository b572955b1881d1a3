"""Operations of AWS Budgets that moto lacks: changing a budget, subscribers of a notification, and tags.

Private parts of moto: `BudgetsResponse.backend` and `_get_param`, `BudgetsBackend.budgets`, `Budget.budget` and
`notifications`, `Notification.details` and `subscribers`.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from .moto_adjustments import imported


def adjust() -> None:
    """Add the operations, if moto's Budgets is imported by now; may be called again."""
    responses = imported("moto.budgets.responses")
    if responses is None or hasattr(responses.BudgetsResponse, "update_budget"):
        return
    answers = responses.BudgetsResponse
    for operation in (
        update_budget,
        describe_subscribers_for_notification,
        list_tags_for_resource,
        tag_resource,
        untag_resource,
    ):
        setattr(answers, operation.__name__, operation)
    answers.create_budget = _with_tags(answers.create_budget)
    answers.delete_budget = _without_tags(answers.delete_budget)


def update_budget(self: Any) -> str:
    """UpdateBudget: another budget of the same name; its notifications stay."""
    new = dict(self._get_param("NewBudget"))
    budget = _budget(self, new["BudgetName"])
    budget.budget = {"TimePeriod": budget.budget["TimePeriod"], **new}
    return "{}"


def describe_subscribers_for_notification(self: Any) -> str:
    """DescribeSubscribersForNotification."""
    wanted = self._get_param("Notification")
    budget = _budget(self, self._get_param("BudgetName"))
    found = next((each.subscribers for each in budget.notifications if each.details == wanted), None)
    if found is None:
        raise _not_found("Unable to get subscribers - the notification doesn't exist.")
    return json.dumps({"Subscribers": found, "NextToken": None})


def list_tags_for_resource(self: Any) -> str:
    """ListTagsForResource."""
    tags = _tags(self, self._get_param("ResourceARN"))
    return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]})


def tag_resource(self: Any) -> str:
    """TagResource."""
    _put_tags(self, self._get_param("ResourceARN"), self._get_param("ResourceTags"))
    return "{}"


def untag_resource(self: Any) -> str:
    """UntagResource."""
    tags = _tags(self, self._get_param("ResourceARN"))
    for key in self._get_param("ResourceTagKeys"):
        tags.pop(key, None)
    return "{}"


def _with_tags(create: Any) -> Any:
    @functools.wraps(create)
    def create_budget(self: Any) -> str:
        answer: str = create(self)
        arn = _arn(self, self._get_param("Budget")["BudgetName"])
        _put_tags(self, arn, self._get_param("ResourceTags") or [])
        return answer

    return create_budget


def _without_tags(delete: Any) -> Any:
    @functools.wraps(delete)
    def delete_budget(self: Any) -> str:
        answer: str = delete(self)
        _all_tags(self).pop(_arn(self, self._get_param("BudgetName")), None)
        return answer

    return delete_budget


def _budget(response: Any, name: str) -> Any:
    budgets = response.backend.budgets[response._get_param("AccountId")]
    if name not in budgets:
        raise _not_found(f"Unable to get budget: {name} - the budget doesn't exist.")
    return budgets[name]


def _not_found(message: str) -> Exception:
    exceptions: Any = imported("moto.budgets.exceptions")
    error: Exception = exceptions.NotFoundException(message)
    return error


def _arn(response: Any, name: str) -> str:
    return f"arn:{response.partition}:budgets::{response._get_param('AccountId')}:budget/{name}"


def _all_tags(response: Any) -> dict[str, dict[str, str]]:
    # Where the backend is kept, they are kept.
    found: dict[str, dict[str, str]] = vars(response.backend).setdefault("resource_tags", {})
    return found


def _tags(response: Any, arn: str) -> dict[str, str]:
    wanted = arn.rpartition(":budget/")[2]
    known = [name for budgets in response.backend.budgets.values() for name in budgets]
    if wanted not in known:
        raise _not_found(f"There is no {arn}.")
    return _all_tags(response).setdefault(arn, {})


def _put_tags(response: Any, arn: str, tags: list[dict[str, str]]) -> None:
    _tags(response, arn).update({each["Key"]: each["Value"] for each in tags})
