"""Events reach the targets of the rules that match, and what cannot be delivered reaches the dead-letter queue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Wire

ACCOUNT = "arn:aws:{}:us-east-1:000000000000:{}"


def events_may(action: str, arn: str) -> str:
    """Return a resource policy that lets EventBridge do something."""
    principal = {"Service": "events.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Bench:
    """A rule with targets, and the queue that shows what arrives."""

    def __init__(self, wire: Wire, name: str) -> None:
        self.wire, self.name = wire, f"events-{name}"
        self.events, self.queues = wire.client("events"), wire.client("sqs")
        self.queue, self.dead = self._queue(self.name), self._queue(f"{self.name}-dead")
        self.made: list[str] = []

    def rule(self, pattern: dict[str, Any], *targets: dict[str, Any], **options: Any) -> None:
        name = f"{self.name}-{len(self.made)}"
        self.made.append(name)
        self.events.put_rule(Name=name, EventPattern=json.dumps(pattern), **options)
        self.events.put_targets(Rule=name, Targets=[{"Id": str(at), **each} for at, each in enumerate(targets)])

    def put(self, detail: Any = None, **options: Any) -> Any:
        entry = {"Source": self.name, "DetailType": "Test", "Detail": json.dumps(detail or {}), **options}
        return self.events.put_events(Entries=[entry])

    def received(self, queue: str | None = None, seconds: int = 0) -> list[Any]:
        answer = self.queues.receive_message(
            QueueUrl=queue or self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=seconds, MessageAttributeNames=["All"]
        )
        return list(answer.get("Messages", []))

    def bodies(self, seconds: int = 0) -> list[Any]:
        return [json.loads(message["Body"]) for message in self.received(seconds=seconds)]

    def _queue(self, name: str) -> str:
        policy = events_may("sqs:SendMessage", ACCOUNT.format("sqs", name))
        url: str = self.queues.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]
        return url

    @property
    def to_queue(self) -> dict[str, Any]:
        return {"Arn": ACCOUNT.format("sqs", self.name)}


@pytest.fixture
def bench(wire: Wire, request: pytest.FixtureRequest) -> Iterator[Bench]:
    bench = Bench(wire, request.node.name.removeprefix("test_").replace("_", "-")[:50])
    yield bench
    for rule in bench.made:
        ids = [each["Id"] for each in bench.events.list_targets_by_rule(Rule=rule)["Targets"]]
        bench.events.remove_targets(Rule=rule, Ids=ids)
        bench.events.delete_rule(Name=rule)


def test_the_event_arrives_whole(bench: Bench) -> None:
    bench.rule({"source": [bench.name]}, bench.to_queue)
    event_id = bench.put({"n": 1}, Resources=["arn:a"])["Entries"][0]["EventId"]

    (event,) = bench.bodies()
    assert event.pop("time").endswith("Z")
    assert event == {
        "version": "0",
        "id": event_id,
        "detail-type": "Test",
        "source": bench.name,
        "account": "000000000000",
        "region": "us-east-1",
        "resources": ["arn:a"],
        "detail": {"n": 1},
    }


@pytest.mark.parametrize(
    ("condition", "matching", "other"),
    [
        (["a"], "a", "b"),
        ([{"prefix": "a"}], "ab", "ba"),
        ([{"suffix": ".csv"}], "x.csv", "x.txt"),
        ([{"anything-but": ["a"]}], "b", "a"),
        ([{"anything-but": {"prefix": "a"}}], "b", "ab"),
        ([{"numeric": [">", 1, "<=", 5]}], 5, 6),
        ([{"exists": True}], 0, None),
        ([{"equals-ignore-case": "Ab"}], "aB", "b"),
        ([{"wildcard": "a*c"}], "abc", "abd"),
    ],
    ids=str,
)
def test_patterns(wire: Wire, request: pytest.FixtureRequest, condition: Any, matching: Any, other: Any) -> None:
    bench = Bench(wire, f"pattern-{request.node.callspec.id.encode().hex()[:40]}")
    bench.rule({"source": [bench.name], "detail": {"value": condition}}, bench.to_queue)
    bench.put({"value": matching})
    bench.put({"value": other} if other is not None else {"another": 1})

    assert [event["detail"]["value"] for event in bench.bodies()] == [matching]


def test_a_disabled_rule_and_a_schedule_get_nothing(bench: Bench) -> None:
    bench.rule({"source": [bench.name]}, bench.to_queue, State="DISABLED")
    bench.events.put_rule(Name=f"{bench.name}-schedule", ScheduleExpression="rate(1 day)")
    bench.made.append(f"{bench.name}-schedule")
    bench.events.put_targets(Rule=f"{bench.name}-schedule", Targets=[{"Id": "0", **bench.to_queue}])
    bench.put()

    assert bench.bodies() == []


def test_topics_and_log_groups_are_targets(bench: Bench) -> None:
    policy = events_may("sns:Publish", ACCOUNT.format("sns", bench.name))
    topic = bench.wire.client("sns").create_topic(Name=bench.name, Attributes={"Policy": policy})["TopicArn"]
    bench.wire.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=bench.to_queue["Arn"])
    logs = bench.wire.client("logs")
    logs.create_log_group(logGroupName=f"/aws/events/{bench.name}")
    bench.rule(
        {"source": [bench.name]}, {"Arn": topic}, {"Arn": ACCOUNT.format("logs", f"log-group:/aws/events/{bench.name}")}
    )
    bench.put({"n": 2})

    (notification,) = bench.bodies()
    assert json.loads(notification["Message"])["detail"] == {"n": 2}
    (logged,) = logs.filter_log_events(logGroupName=f"/aws/events/{bench.name}")["events"]
    assert json.loads(logged["message"])["detail"] == {"n": 2}


def test_another_bus_is_a_target_once(bench: Bench) -> None:
    for name in ("first", "second"):
        bench.events.create_event_bus(Name=f"{bench.name}-{name}")
    first = f"{bench.name}-first"
    bus = ACCOUNT.format("events", f"event-bus/{bench.name}-")
    bench.rule({"source": [bench.name]}, {"Arn": f"{bus}first"})
    bench.events.put_rule(Name="r", EventBusName=first, EventPattern=json.dumps({"source": [bench.name]}))
    dead = {"DeadLetterConfig": {"Arn": f"{bench.to_queue['Arn']}-dead"}}
    targets = [{"Id": "0", **bench.to_queue}, {"Id": "1", "Arn": f"{bus}second", **dead}]
    bench.events.put_targets(Rule="r", EventBusName=first, Targets=targets)
    bench.put({"n": 3})

    assert [event["detail"] for event in bench.bodies()] == [{"n": 3}]
    (dead,) = bench.received(bench.dead)
    assert dead["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "EVENT_FORWARDED_TWICE"


def test_what_cannot_be_delivered_is_a_dead_letter_and_stops_nothing(bench: Bench) -> None:
    dead = {"DeadLetterConfig": {"Arn": f"{bench.to_queue['Arn']}-dead"}}
    missing, function = ACCOUNT.format("sqs", "events-missing"), ACCOUNT.format("lambda", "function:f")
    bench.rule({"source": [bench.name]}, {"Arn": missing, **dead}, {"Arn": function, **dead}, bench.to_queue)
    bench.put({"n": 4})

    assert [event["detail"] for event in bench.bodies()] == [{"n": 4}]
    letters = {
        letter["MessageAttributes"]["TARGET_ARN"]["StringValue"]: letter for letter in bench.received(bench.dead)
    }
    assert set(letters) == {missing, function}
    for letter in letters.values():
        assert json.loads(letter["Body"])["detail"] == {"n": 4}
        assert letter["MessageAttributes"]["RULE_ARN"]["StringValue"].endswith(f"rule/{bench.name}-0")


def test_bad_entries_fail_one_by_one(bench: Bench) -> None:
    bench.rule({"source": [bench.name]}, bench.to_queue)
    good = {"Source": bench.name, "DetailType": "Test", "Detail": "{}"}
    answer = bench.events.put_events(
        Entries=[good, {**good, "Detail": "{"}, {**good, "Source": "aws.s3"}, {"Source": bench.name, "Detail": "{}"}]
    )

    assert answer["FailedEntryCount"] == 3
    assert [entry.get("ErrorCode") for entry in answer["Entries"]] == [
        None,
        "MalformedDetail",
        "NotAuthorizedForSourceException",
        "InvalidArgument",
    ]
    assert len(bench.bodies()) == 1


def test_a_written_object_is_an_event(bench: Bench) -> None:
    bucket = bench.name.removeprefix("events-")
    objects = bench.wire.client("s3")
    objects.create_bucket(Bucket=bucket)
    objects.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    bench.rule({"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}}, bench.to_queue)
    objects.put_object(Bucket=bucket, Key="data.csv", Body=b"1")

    event = bench.bodies(seconds=10)[0]
    assert (event["detail-type"], event["detail"]["object"]["key"]) == ("Object Created", "data.csv")


def test_a_queue_that_lets_nobody_in_gets_nothing(bench: Bench) -> None:
    closed = bench.queues.create_queue(QueueName=f"{bench.name}-closed")["QueueUrl"]
    dead = {"Arn": ACCOUNT.format("sqs", f"{bench.name}-dead")}
    target = {"Arn": ACCOUNT.format("sqs", f"{bench.name}-closed"), "DeadLetterConfig": dead}
    bench.rule({"source": [bench.name]}, target)
    bench.put()

    assert bench.received(closed) == []
    (letter,) = bench.received(bench.dead)
    assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    message = letter["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"]
    assert message.startswith("User: events.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: ")


def test_a_queue_may_let_one_rule_in(bench: Bench) -> None:
    policy = json.loads(events_may("sqs:SendMessage", bench.to_queue["Arn"]))
    rule = ACCOUNT.format("events", f"rule/{bench.name}-1")
    policy["Statement"][0]["Condition"] = {"ArnEquals": {"aws:SourceArn": rule}}
    bench.queues.set_queue_attributes(QueueUrl=bench.queue, Attributes={"Policy": json.dumps(policy)})
    for number in range(2):
        bench.rule({"source": [bench.name], "detail": {"n": [number]}}, bench.to_queue)
        bench.put({"n": number})

    assert [event["detail"]["n"] for event in bench.bodies()] == [1]


def test_an_encrypted_topic_needs_a_key_that_lets_events_in(bench: Bench) -> None:
    dead = {"DeadLetterConfig": {"Arn": ACCOUNT.format("sqs", f"{bench.name}-dead")}}
    statement = json.loads(events_may("*", "*"))["Statement"][0]
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Action": ["kms:Decrypt", "kms:GenerateDataKey"]}]}
    kms = bench.wire.client("kms")
    keys = {"closed": kms.create_key(), "open": kms.create_key(Policy=json.dumps(policy))}
    for name, key in keys.items():
        arn = ACCOUNT.format("sns", f"{bench.name}-{name}")
        attributes = {"Policy": events_may("sns:Publish", arn), "KmsMasterKeyId": key["KeyMetadata"]["KeyId"]}
        bench.wire.client("sns").create_topic(Name=f"{bench.name}-{name}", Attributes=attributes)
        bench.rule({"source": [bench.name]}, {"Arn": arn, **dead})
    bench.put()

    (letter,) = bench.received(bench.dead)
    assert letter["MessageAttributes"]["TARGET_ARN"]["StringValue"].endswith("-closed")
    assert "kms:GenerateDataKey" in letter["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"]


def test_a_role_of_a_target_is_what_counts(bench: Bench) -> None:
    iam, trust = bench.wire.client("iam"), json.loads(events_may("sts:AssumeRole", "*"))
    del trust["Statement"][0]["Resource"]
    dead = {"DeadLetterConfig": {"Arn": ACCOUNT.format("sqs", f"{bench.name}-dead")}}
    for number, action in enumerate(("sns:Publish", "sqs:SendMessage")):
        name = f"{bench.name}-{number}"
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        rights = json.dumps({"Version": "2012-10-17", "Statement": statement})
        iam.put_role_policy(RoleName=name, PolicyName="send", PolicyDocument=rights)
        queue = bench.queues.create_queue(QueueName=name)["QueueUrl"]
        bench.rule({"source": [bench.name]}, {"Arn": ACCOUNT.format("sqs", name), "RoleArn": role, **dead})
    bench.put()

    assert len(bench.received(queue)) == 1
    (letter,) = bench.received(bench.dead)
    assert letter["MessageAttributes"]["TARGET_ARN"]["StringValue"].endswith("-0")
    assert (
        "is not authorized to perform: sqs:SendMessage" in letter["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"]
    )
