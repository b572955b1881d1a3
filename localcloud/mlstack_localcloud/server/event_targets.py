"""Delivers events to targets of EventBridge rules: SQS, SNS, CloudWatch Logs, event buses, SageMaker pipelines, builds.

What fails for a reason that may pass is tried again (`event_retries.py`). What cannot be delivered goes to the target's
dead-letter queue, with the attributes that AWS gives it:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from .authorization.access import Access
from .authorization.action_of import encrypted_delivery
from .authorization.authorizer import Denied
from .authorization.sources import account_of, session_arn
from .event_input import target_input, with_paths_followed
from .event_retries import Delivery, EventRetries, may_pass

if TYPE_CHECKING:
    from collections.abc import Callable

    from .authorization.authorizer import Authorizer
    from .clients import Clients

    Event = dict[str, Any]
    Target = dict[str, Any]

_log = logging.getLogger(__name__)
_ARN_FIELDS = 6
EVENTBRIDGE = "events.amazonaws.com"
_ACTIONS = {"sns": "sns:Publish", "sqs": "sqs:SendMessage"}


class Undeliverable(Exception):  # noqa: N818 - it is what happened to an event, not to the program
    """An event did not reach its target.

    Attributes:
        code: The reason, as AWS names it in the dead letter.
        may_pass: Whether it may reach it later.
    """

    def __init__(self, code: str, message: str, *, may_pass: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.may_pass = may_pass


@dataclass(frozen=True)
class _Arn:
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, arn: str) -> _Arn:
        fields = arn.split(":", _ARN_FIELDS - 1)
        if len(fields) < _ARN_FIELDS:
            raise Undeliverable("INVALID_PARAMETER", f"{arn} is no ARN.")
        return cls(fields[2], fields[3], fields[4], fields[5])


class EventTargets:
    """Delivers events.

    Attributes:
        retries: What waits for another attempt.

    Args:
        clients: Call the targets.
        authorizer: Tells whether a target lets EventBridge in, where it is given no role.
        forward: Puts an event on another bus: the event, the bus's name, its region and account.
    """

    def __init__(
        self, clients: Clients, authorizer: Authorizer, forward: Callable[[Event, str, str, str], None]
    ) -> None:
        self._clients = clients
        self._authorizer = authorizer
        self._forward = forward
        self.retries = EventRetries(self._attempt)
        self._senders: dict[str, Callable[[_Arn, Target, str], None]] = {
            "codebuild": self._to_build,
            "logs": self._to_logs,
            "sagemaker": self._to_pipeline,
            "sns": self._to_topic,
            "sqs": self._to_queue,
        }

    def deliver(self, target: Target, event: Event, rule_arn: str) -> None:
        """Deliver an event to one target, or else to its dead-letter queue; never raises.

        Args:
            target: The target as PutTargets took it.
            event: The event.
            rule_arn: The rule that matched it.
        """
        now = time.time()
        self._attempt(Delivery(target, event, rule_arn, now), now)

    def _attempt(self, delivery: Delivery, now: float) -> None:
        target, event, rule_arn = delivery.target, delivery.event, delivery.rule_arn
        payload = json.dumps(event)
        try:
            payload = target_input(target, event, rule_arn)
            self._send(target, event, payload, rule_arn)
        except Undeliverable as undeliverable:
            failure = undeliverable
        except ClientError as error:
            details = error.response["Error"]
            failure = Undeliverable(details["Code"], details["Message"], may_pass=may_pass(error.response))
        except (BotoCoreError, KeyError, TypeError, ValueError) as error:
            failure = Undeliverable("INVALID_PARAMETER", str(error))
        else:
            return
        exhausted = self.retries.take(delivery, now) if failure.may_pass else ""
        if exhausted is not None:
            self._bury(delivery, payload, failure, exhausted)

    def _send(self, target: Target, event: Event, payload: str, rule_arn: str) -> None:
        arn = _Arn.parse(target["Arn"])
        if arn.service == "events" and arn.resource.startswith("event-bus/"):
            if arn.account != account_of(rule_arn):
                self._let_in(target, rule_arn, arn.region, event)
            self._forward(event, arn.resource.removeprefix("event-bus/"), arn.region, arn.account)
            return
        sender = self._senders.get(arn.service)
        if sender is None:
            raise Undeliverable("SDK_CLIENT_ERROR", f"The local cloud does not deliver events to {arn.service}.")
        if target.get("RoleArn"):
            self._assume(target["RoleArn"], rule_arn, arn.region)
        else:
            self._ask(arn, target["Arn"], rule_arn)
        sender(arn, with_paths_followed(target, event), payload)

    def _let_in(self, target: Target, rule_arn: str, region: str, event: Event) -> None:
        """Ask the policy of another account's bus: whether it lets the rule's account in, or the rule's role.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html

        Raises:
            Undeliverable: It does not.
        """
        role = target.get("RoleArn")
        if role:
            self._assume(role, rule_arn, region)
        caller = session_arn(role) if role else f"arn:aws:iam::{account_of(rule_arn)}:root"
        try:
            told = {"events:source": (event["source"],), "events:detail-type": (event["detail-type"],)}
            self._authorizer.check(
                caller, [Access("events:PutEvents", target["Arn"], told)], {"aws:requestedregion": (region,)}
            )
        except Denied as denied:
            raise Undeliverable("NO_PERMISSIONS", str(denied)) from denied

    def _assume(self, role_arn: str, rule_arn: str, region: str) -> None:
        try:
            self._authorizer.authorize_assumption(EVENTBRIDGE, role_arn, rule_arn, region)
        except Denied as denied:
            raise Undeliverable("NO_PERMISSIONS", str(denied)) from denied

    def _ask(self, arn: _Arn, target_arn: str, rule_arn: str) -> None:
        """Ask a target's own policy, since the rule has no role for it.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html

        Raises:
            Undeliverable: It does not let EventBridge in.
        """
        if arn.service in {"codebuild", "sagemaker"}:
            raise Undeliverable("NO_PERMISSIONS", f"The rule has no role to start {target_arn} with.")
        action = _ACTIONS.get(arn.service)
        if action is None:
            return
        # "You can't use Condition blocks in Amazon SNS topic policies for EventBridge", nor in those of their keys.
        told = (
            {"aws:sourcearn": (rule_arn,), "aws:sourceaccount": (rule_arn.split(":")[4],)}
            if arn.service == "sqs"
            else {}
        )
        accesses = [Access(action, target_arn, told), *encrypted_delivery(arn.service, target_arn)]
        try:
            self._authorizer.check_service(EVENTBRIDGE, accesses, arn.region)
        except Denied as denied:
            raise Undeliverable("NO_PERMISSIONS", str(denied)) from denied

    def _to_queue(self, arn: _Arn, target: Target, payload: str) -> None:
        queues = self._clients.of(arn.account).client("sqs", arn.region, target.get("RoleArn"))
        url = self._clients.of(arn.account).client("sqs", arn.region).get_queue_url(QueueName=arn.resource)["QueueUrl"]
        queues.send_message(QueueUrl=url, MessageBody=payload, **target.get("SqsParameters", {}))

    def _to_topic(self, arn: _Arn, target: Target, payload: str) -> None:
        self._clients.of(arn.account).client("sns", arn.region, target.get("RoleArn")).publish(
            TopicArn=target["Arn"], Message=payload
        )

    def _to_logs(self, arn: _Arn, target: Target, payload: str) -> None:
        group = arn.resource.removeprefix("log-group:").removesuffix(":*")
        logs = self._clients.of(arn.account).client("logs", arn.region, target.get("RoleArn"))
        stream = str(uuid.uuid4())
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        events = [{"timestamp": int(time.time() * 1000), "message": payload}]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    def _to_build(self, arn: _Arn, target: Target, payload: str) -> None:
        # The input is StartBuild's: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html. An event
        # is none, so without an input of its own the project is built as it is.
        given = json.loads(payload) if target.get("Input") or target.get("InputTransformer") else {}
        client = self._clients.of(arn.account).client("codebuild", arn.region, target["RoleArn"])
        client.start_build(**{**given, "projectName": arn.resource.removeprefix("project/")})

    def _to_pipeline(self, arn: _Arn, target: Target, _: str) -> None:
        kind, _separator, name = arn.resource.partition("/")
        if kind != "pipeline":
            raise Undeliverable("SDK_CLIENT_ERROR", f"The local cloud does not deliver events to {target['Arn']}.")
        parameters = target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
        client = self._clients.client("sagemaker", arn.region, target["RoleArn"])
        client.start_pipeline_execution(PipelineName=name, PipelineParameters=parameters)

    def _bury(self, delivery: Delivery, payload: str, failure: Undeliverable, exhausted: str) -> None:
        target, rule_arn = delivery.target, delivery.rule_arn
        _log.warning("%s: nothing reached %s: %s: %s", rule_arn, target.get("Arn"), failure.code, failure)
        queue_arn = target.get("DeadLetterConfig", {}).get("Arn")
        if not queue_arn:
            return
        attributes = {
            "ERROR_CODE": failure.code,
            "ERROR_MESSAGE": str(failure) or failure.code,
            "RULE_ARN": rule_arn,
            "TARGET_ARN": str(target.get("Arn")),
        }
        if exhausted:
            attributes |= {"EXHAUSTED_RETRY_CONDITION": exhausted, "RETRY_ATTEMPTS": str(delivery.retries)}
        try:
            arn = _Arn.parse(queue_arn)
            self._ask(arn, queue_arn, rule_arn)
            queues = self._clients.of(arn.account).client("sqs", arn.region)
            queues.send_message(
                QueueUrl=queues.get_queue_url(QueueName=arn.resource)["QueueUrl"],
                MessageBody=payload,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
                },
            )
        except (ClientError, BotoCoreError, Undeliverable) as error:
            _log.warning("%s: the dead letter did not reach %s: %s", rule_arn, queue_arn, error)
