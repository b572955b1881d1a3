"""Operations of Cost Explorer that moto lacks: anomaly monitors and anomaly subscriptions.

They are kept and nothing is ever detected, for nothing is spent here.

Private parts of moto: `CostExplorerResponse.ce_backend` and `_get_param`, `CostExplorerBackend.tagger` and
`list_tags_for_resource`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.moto_api._internal import mock_random

from .moto_adjustments import imported

_CHANNELS = {"IMMEDIATE": "SNS", "DAILY": "EMAIL", "WEEKLY": "EMAIL"}
"""Who hears how often: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_AnomalySubscription.html"""


class CostExplorerError(JsonRESTError):
    """A refusal in Cost Explorer's own words."""

    code = 400


def adjust() -> None:
    """Add the operations, if moto's Cost Explorer is imported by now; may be called again."""
    responses = imported("moto.ce.responses")
    if responses is None or hasattr(responses.CostExplorerResponse, "create_anomaly_monitor"):
        return
    for operation in (
        create_anomaly_monitor,
        get_anomaly_monitors,
        update_anomaly_monitor,
        delete_anomaly_monitor,
        create_anomaly_subscription,
        get_anomaly_subscriptions,
        update_anomaly_subscription,
        delete_anomaly_subscription,
    ):
        setattr(responses.CostExplorerResponse, operation.__name__, operation)


def create_anomaly_monitor(self: Any) -> str:
    """CreateAnomalyMonitor."""
    monitor = dict(self._get_param("AnomalyMonitor"))
    needed = "MonitorSpecification" if monitor["MonitorType"] == "CUSTOM" else "MonitorDimension"
    if needed not in monitor:
        raise CostExplorerError("ValidationException", f"{needed} is required for {monitor['MonitorType']} monitors")
    monitor["MonitorArn"] = _new_arn(self, "anomalymonitor")
    monitor["CreationDate"] = monitor["LastUpdatedDate"] = _now()
    _monitors(self)[monitor["MonitorArn"]] = monitor
    _tag(self, monitor["MonitorArn"])
    return json.dumps({"MonitorArn": monitor["MonitorArn"]})


def get_anomaly_monitors(self: Any) -> str:
    """GetAnomalyMonitors: those that are named, or all."""
    arns = self._get_param("MonitorArnList") or list(_monitors(self))
    return json.dumps({"AnomalyMonitors": [_monitor(self, arn) for arn in arns]})


def update_anomaly_monitor(self: Any) -> str:
    """UpdateAnomalyMonitor: another name."""
    monitor = _monitor(self, self._get_param("MonitorArn"))
    monitor["MonitorName"] = self._get_param("MonitorName") or monitor["MonitorName"]
    monitor["LastUpdatedDate"] = _now()
    return json.dumps({"MonitorArn": monitor["MonitorArn"]})


def delete_anomaly_monitor(self: Any) -> str:
    """DeleteAnomalyMonitor."""
    del _monitors(self)[_monitor(self, self._get_param("MonitorArn"))["MonitorArn"]]
    return "{}"


def create_anomaly_subscription(self: Any) -> str:
    """CreateAnomalySubscription."""
    subscription = dict(self._get_param("AnomalySubscription"))
    _check(self, subscription)
    subscription["SubscriptionArn"] = _new_arn(self, "anomalysubscription")
    subscription.setdefault("AccountId", self.current_account)
    _subscriptions(self)[subscription["SubscriptionArn"]] = subscription
    _tag(self, subscription["SubscriptionArn"])
    return json.dumps({"SubscriptionArn": subscription["SubscriptionArn"]})


def get_anomaly_subscriptions(self: Any) -> str:
    """GetAnomalySubscriptions: those that are named, or all, and of them those of one monitor."""
    arns = self._get_param("SubscriptionArnList") or list(_subscriptions(self))
    found, monitor = [_subscription(self, arn) for arn in arns], self._get_param("MonitorArn")
    of_it = [each for each in found if monitor is None or monitor in each["MonitorArnList"]]
    return json.dumps({"AnomalySubscriptions": of_it})


def update_anomaly_subscription(self: Any) -> str:
    """UpdateAnomalySubscription: what is given; the rest stays."""
    subscription = _subscription(self, self._get_param("SubscriptionArn"))
    members = ("SubscriptionName", "Frequency", "MonitorArnList", "Subscribers", "ThresholdExpression")
    given = {name: value for name in members if (value := self._get_param(name)) is not None}
    _check(self, {**subscription, **given})
    subscription.update(given)
    return json.dumps({"SubscriptionArn": subscription["SubscriptionArn"]})


def delete_anomaly_subscription(self: Any) -> str:
    """DeleteAnomalySubscription."""
    del _subscriptions(self)[_subscription(self, self._get_param("SubscriptionArn"))["SubscriptionArn"]]
    return "{}"


def _check(response: Any, subscription: dict[str, Any]) -> None:
    for arn in subscription["MonitorArnList"]:
        _monitor(response, arn)
    channel = _CHANNELS[subscription["Frequency"]]
    if any(each.get("Type") != channel for each in subscription["Subscribers"]):
        message = f"{subscription['Frequency']} notifications are sent to subscribers of the type {channel} only"
        raise CostExplorerError("ValidationException", message)


def _monitor(response: Any, arn: str) -> dict[str, Any]:
    return _found(_monitors(response), arn, "UnknownMonitorException")


def _subscription(response: Any, arn: str) -> dict[str, Any]:
    return _found(_subscriptions(response), arn, "UnknownSubscriptionException")


def _found(table: dict[str, dict[str, Any]], arn: str, code: str) -> dict[str, Any]:
    if arn not in table:
        raise CostExplorerError(code, f"There is no {arn}")
    return table[arn]


def _monitors(response: Any) -> dict[str, dict[str, Any]]:
    # Where the backend is kept, they are kept.
    found: dict[str, dict[str, Any]] = vars(response.ce_backend).setdefault("anomaly_monitors", {})
    return found


def _subscriptions(response: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = vars(response.ce_backend).setdefault("anomaly_subscriptions", {})
    return found


def _tag(response: Any, arn: str) -> None:
    response.ce_backend.tag_resource(arn, response._get_param("ResourceTags") or [])


def _new_arn(response: Any, kind: str) -> str:
    return f"arn:{response.partition}:ce::{response.current_account}:{kind}/{mock_random.uuid4()}"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
