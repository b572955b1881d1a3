from __future__ import annotations

import json
from typing import Any

from pulumi_aws import budgets, cloudwatch, ecr, iam, kms, sns, sqs, ssm

from . import Case, Shared


def _trust(service: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
        }
    )


def _allow(action: str, resource: str = "*", principal: str | None = None) -> str:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": action, "Resource": resource}
    if principal:
        statement["Principal"] = {"Service": principal}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _fill_versions(iam_client: Any, arn: str) -> None:
    """As many versions as a policy may have, so that a change must take one away."""
    for _ in range(5 - len(iam_client.list_policy_versions(PolicyArn=arn)["Versions"])):
        iam_client.create_policy_version(PolicyArn=arn, PolicyDocument=_allow("s3:*"), SetAsDefault=True)


def _remove_policy(iam_client: Any, arn: str) -> None:
    for version in iam_client.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam_client.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam_client.delete_policy(PolicyArn=arn)


def _images(days: int) -> str:
    rule = {
        "rulePriority": 1,
        "selection": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": days,
        },
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [rule]})


def _latency(period: int) -> list[Any]:
    part = cloudwatch.MetricAlarmMetricQueryMetricArgs(
        namespace="AWS/SageMaker",
        metric_name="ModelLatency",
        dimensions={"EndpointName": "e", "VariantName": "v"},
        period=period,
        stat="p99",
    )
    return [
        cloudwatch.MetricAlarmMetricQueryArgs(id="total", expression="m1 / 1000", label="ms", return_data=True),
        cloudwatch.MetricAlarmMetricQueryArgs(id="m1", metric=part, return_data=False),
    ]


def _dashboard(text: str) -> str:
    return json.dumps({"widgets": [{"type": "text", "properties": {"markdown": text}}]})


def _tagged(project: str, environment: str) -> budgets.BudgetFilterExpressionArgs:
    tags = {"mlstack:project": project, "mlstack:environment": environment}
    return budgets.BudgetFilterExpressionArgs(
        ands=[
            budgets.BudgetFilterExpressionAndArgs(
                tags=budgets.BudgetFilterExpressionAndTagsArgs(key=key, values=[value])
            )
            for key, value in tags.items()
        ]
    )


def _told(percent: float, kind: str, topic: Any) -> budgets.BudgetNotificationArgs:
    return budgets.BudgetNotificationArgs(
        comparison_operator="GREATER_THAN",
        notification_type=kind,
        threshold=percent,
        threshold_type="PERCENTAGE",
        subscriber_sns_topic_arns=[topic],
        subscriber_email_addresses=["team@example.com"],
    )


def _lets_in(bus: Any, account: str) -> Any:
    def policy(arn: str) -> str:
        statement = {
            "Sid": "LetIn",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": "events:PutEvents",
            "Resource": arn,
            "Condition": {"StringEquals": {"events:detail-type": "SageMaker Model Package State Change"}},
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    return bus.arn.apply(policy)


_PATTERN = json.dumps({"source": ["aws.sagemaker"], "detail-type": ["SageMaker Model Package State Change"]})
MANAGED_POLICIES = ("one", "two")
_ONE, _TWO = (f"arn:aws:iam::000000000000:policy/{name}" for name in MANAGED_POLICIES)

CASES = [
    Case(
        token="aws:kms/key:Key",
        make=kms.Key,
        inputs=lambda _: {
            "description": "test",
            "enable_key_rotation": True,
            "deletion_window_in_days": 30,
            "tags": {"a": "1"},
        },
        outputs=("arn", "keyId", "policy", "tagsAll", "keyUsage"),
        change=lambda _: {"description": "changed", "enable_key_rotation": False, "tags": {"b": "1"}},
        replace=lambda _: {"key_usage": "SIGN_VERIFY", "customer_master_key_spec": "RSA_2048"},
        tamper=lambda aws, o: aws("kms").update_key_description(KeyId=o["keyId"], Description="by hand"),
        remove=lambda aws, o: aws("kms").schedule_key_deletion(KeyId=o["keyId"], PendingWindowInDays=7),
        not_imported=("deletionWindowInDays",),
    ),
    Case(
        token="aws:kms/alias:Alias",
        make=kms.Alias,
        inputs=lambda shared: {"target_key_id": shared.key.key_id},
        outputs=("arn", "name", "targetKeyArn"),
        change=lambda shared: {"target_key_id": shared.key2.arn},
        replace=lambda _: {"name": "alias/other"},
        tamper=lambda aws, o: aws("kms").update_alias(
            AliasName=o["name"],
            TargetKeyId=aws("kms").create_key()["KeyMetadata"]["KeyId"],
        ),
        remove=lambda aws, o: aws("kms").delete_alias(AliasName=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:iam/role:Role",
        make=iam.Role,
        inputs=lambda _: {
            "assume_role_policy": _trust("sagemaker.amazonaws.com"),
            "managed_policy_arns": [_ONE],
            "max_session_duration": 7200,
            "tags": {"a": "1"},
        },
        outputs=("arn", "name", "uniqueId", "createDate", "tagsAll"),
        change=lambda _: {
            "assume_role_policy": _trust("events.amazonaws.com"),
            "description": "changed",
            "permissions_boundary": _ONE,
            "managed_policy_arns": [_TWO],
            "tags": {},
        },
        replace=lambda _: {"path": "/jobs/"},
        tamper=lambda aws, o: aws("iam").update_role(RoleName=o["name"], Description="by hand"),
        remove=lambda aws, o: _remove_role(aws("iam"), o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:iam/rolePolicy:RolePolicy",
        make=iam.RolePolicy,
        inputs=lambda shared: {"role": shared.role.id, "policy": _allow("s3:GetObject")},
        outputs=("name", "role", "policy"),
        change=lambda _: {"policy": _allow("s3:PutObject")},
        replace=lambda shared: {"role": shared.role2.name},
        tamper=lambda aws, o: aws("iam").put_role_policy(
            RoleName=o["role"], PolicyName=o["name"], PolicyDocument=_allow("s3:*")
        ),
        remove=lambda aws, o: aws("iam").delete_role_policy(RoleName=o["role"], PolicyName=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:iam/policy:Policy",
        another="Managed",
        make=iam.Policy,
        inputs=lambda _: {"policy": _allow("s3:GetObject"), "tags": {"a": "1"}},
        outputs=("arn", "name", "policyId", "policy", "tagsAll"),
        change=lambda _: {"policy": _allow("s3:PutObject"), "tags": {"b": "2"}},
        replace=lambda _: {"path": "/jobs/"},
        tamper=lambda aws, o: _fill_versions(aws("iam"), o["arn"]),
        remove=lambda aws, o: _remove_policy(aws("iam"), o["arn"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        make=iam.RolePolicyAttachment,
        inputs=lambda shared: {"role": shared.role2.name, "policy_arn": _TWO},
        outputs=("role", "policyArn"),
        replace=lambda _: {"policy_arn": _ONE},
        remove=lambda aws, o: aws("iam").detach_role_policy(RoleName=o["role"], PolicyArn=o["policyArn"]),
    ),
    Case(
        token="aws:ecr/repository:Repository",
        make=ecr.Repository,
        inputs=lambda _: {
            "image_tag_mutability": "IMMUTABLE",
            "image_scanning_configuration": ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            "encryption_configurations": [ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS")],
            "force_delete": True,
            "tags": {"a": "1"},
        },
        outputs=("arn", "name", "registryId", "repositoryUrl", "tagsAll"),
        change=lambda _: {
            "image_scanning_configuration": ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=False),
            "tags": {"a": "2"},
        },
        replace=lambda _: {
            "encryption_configurations": [ecr.RepositoryEncryptionConfigurationArgs(encryption_type="AES256")]
        },
        tamper=lambda aws, o: aws("ecr").put_image_tag_mutability(
            repositoryName=o["name"], imageTagMutability="MUTABLE"
        ),
        remove=lambda aws, o: aws("ecr").delete_repository(repositoryName=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
        not_imported=("forceDelete",),
    ),
    Case(
        token="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        make=ecr.LifecyclePolicy,
        inputs=lambda shared: {"repository": shared.images.name, "policy": _images(14)},
        outputs=("repository", "registryId", "policy"),
        replace=lambda _: {"policy": _images(7)},
        remove=lambda aws, o: aws("ecr").delete_lifecycle_policy(repositoryName=o["repository"]),
    ),
    Case(
        token="aws:sns/topic:Topic",
        make=sns.Topic,
        inputs=lambda _: {"display_name": "test", "tags": {"a": "1"}},
        outputs=("arn", "name", "owner", "tagsAll"),
        change=lambda shared: {"display_name": "changed", "kms_master_key_id": shared.key.arn, "tags": {"b": "1"}},
        replace=lambda _: {"fifo_topic": True},
        tamper=lambda aws, o: aws("sns").set_topic_attributes(
            TopicArn=o["arn"], AttributeName="DisplayName", AttributeValue="by hand"
        ),
        remove=lambda aws, o: aws("sns").delete_topic(TopicArn=o["arn"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:sns/topicPolicy:TopicPolicy",
        make=sns.TopicPolicy,
        inputs=lambda shared: {
            "arn": shared.topic.arn,
            "policy": shared.topic.arn.apply(lambda arn: _allow("sns:Publish", arn, "events.amazonaws.com")),
        },
        outputs=("arn", "owner", "policy"),
        change=lambda shared: {
            "policy": shared.topic.arn.apply(lambda arn: _allow("sns:Publish", arn, "cloudwatch.amazonaws.com"))
        },
        replace=lambda shared: {"arn": shared.topic2.arn},
        tamper=lambda aws, o: aws("sns").set_topic_attributes(
            TopicArn=o["arn"],
            AttributeName="Policy",
            AttributeValue=_allow("sns:Publish", o["arn"], "s3.amazonaws.com"),
        ),
        # A topic is never without a policy; taking ours away gives the default back.
        remove=lambda aws, o: aws("sns").set_topic_attributes(
            TopicArn=o["arn"],
            AttributeName="Policy",
            AttributeValue=_allow("sns:Subscribe", o["arn"], "s3.amazonaws.com"),
        ),
        restored_by="update",
    ),
    Case(
        token="aws:sns/topicSubscription:TopicSubscription",
        make=sns.TopicSubscription,
        inputs=lambda shared: {"topic": shared.topic.arn, "protocol": "sqs", "endpoint": shared.queue.arn},
        outputs=("arn", "topic", "endpoint", "ownerId"),
        change=lambda _: {"raw_message_delivery": True, "filter_policy": json.dumps({"kind": ["a"]})},
        replace=lambda shared: {"endpoint": shared.queue2.arn},
        tamper=lambda aws, o: aws("sns").set_subscription_attributes(
            SubscriptionArn=o["arn"], AttributeName="RawMessageDelivery", AttributeValue="false"
        ),
        remove=lambda aws, o: aws("sns").unsubscribe(SubscriptionArn=o["arn"]),
    ),
    Case(
        token="aws:cloudwatch/eventRule:EventRule",
        make=cloudwatch.EventRule,
        inputs=lambda _: {"event_pattern": _PATTERN, "description": "test", "tags": {"a": "1"}},
        outputs=("arn", "name", "eventBusName", "tagsAll", "state"),
        change=lambda _: {"state": "DISABLED", "tags": {"a": "2"}},
        replace=lambda _: {"name": "other"},
        tamper=lambda aws, o: aws("events").put_rule(Name=o["name"], EventPattern=_PATTERN, Description="by hand"),
        remove=lambda aws, o: aws("events").delete_rule(Name=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:cloudwatch/eventBus:EventBus",
        make=cloudwatch.EventBus,
        inputs=lambda _: {"name": "versions", "tags": {"a": "1"}},
        outputs=("arn", "name", "tagsAll"),
        change=lambda _: {"tags": {"a": "2"}},
        replace=lambda _: {"name": "more-versions"},
        tamper=lambda aws, o: aws("events").untag_resource(ResourceARN=o["arn"], TagKeys=["a"]),
        remove=lambda aws, o: aws("events").delete_event_bus(Name=o["name"]),
    ),
    Case(
        token="aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        make=cloudwatch.EventBusPolicy,
        inputs=lambda shared: {"event_bus_name": shared.bus.name, "policy": _lets_in(shared.bus, "111111111111")},
        outputs=("eventBusName", "policy"),
        change=lambda shared: {"policy": _lets_in(shared.bus, "222222222222")},
        replace=lambda shared: {"event_bus_name": shared.bus2.name, "policy": _lets_in(shared.bus2, "111111111111")},
        tamper=lambda aws, o: aws("events").put_permission(
            EventBusName=o["eventBusName"], Action="events:PutEvents", Principal="333333333333", StatementId="by-hand"
        ),
        remove=lambda aws, o: aws("events").remove_permission(
            EventBusName=o["eventBusName"], RemoveAllPermissions=True
        ),
    ),
    Case(
        token="aws:cloudwatch/eventTarget:EventTarget",
        make=cloudwatch.EventTarget,
        inputs=lambda shared: {
            "rule": shared.rule.name,
            "arn": shared.topic.arn,
            "dead_letter_config": cloudwatch.EventTargetDeadLetterConfigArgs(arn=shared.queue.arn),
        },
        outputs=("arn", "rule", "targetId"),
        change=lambda shared: {
            "arn": shared.topic2.arn,
            "input_transformer": cloudwatch.EventTargetInputTransformerArgs(
                input_paths={"name": "$.detail.ModelPackageName"}, input_template='"<name>"'
            ),
        },
        replace=lambda shared: {"rule": shared.rule2.name},
        tamper=lambda aws, o: aws("events").put_targets(
            Rule=o["rule"], Targets=[{"Id": o["targetId"], "Arn": o["arn"]}]
        ),
        remove=lambda aws, o: aws("events").remove_targets(Rule=o["rule"], Ids=[o["targetId"]]),
        import_id=lambda o: f"{o['rule']}/{o['targetId']}",
        import_inputs=lambda o: {"target_id": o["targetId"]},
    ),
    Case(
        token="aws:cloudwatch/metricAlarm:MetricAlarm",
        make=cloudwatch.MetricAlarm,
        inputs=lambda shared: {
            "comparison_operator": "GreaterThanThreshold",
            "evaluation_periods": 5,
            "datapoints_to_alarm": 3,
            "threshold": 500,
            "metric_queries": _latency(60),
            "alarm_actions": [shared.topic.arn],
            "tags": {"a": "1"},
        },
        outputs=("arn", "name", "tagsAll", "treatMissingData"),
        change=lambda shared: {
            "threshold": 0.01,
            "metric_queries": None,
            "namespace": "AWS/SageMaker",
            "metric_name": "Invocation5XXErrors",
            "dimensions": {"EndpointName": "e", "VariantName": "v"},
            "statistic": "Average",
            "period": 60,
            "treat_missing_data": "notBreaching",
            "ok_actions": [shared.topic2.arn],
            "tags": {"a": "2"},
        },
        replace=lambda _: {"name": "other"},
        tamper=lambda aws, o: aws("cloudwatch").put_metric_alarm(
            AlarmName=o["name"],
            ComparisonOperator="LessThanThreshold",
            EvaluationPeriods=1,
            Threshold=1,
            Namespace="by",
            MetricName="hand",
            Period=60,
            Statistic="Sum",
        ),
        remove=lambda aws, o: aws("cloudwatch").delete_alarms(AlarmNames=[o["name"]]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:cloudwatch/dashboard:Dashboard",
        make=cloudwatch.Dashboard,
        inputs=lambda _: {"dashboard_name": "round-trip", "dashboard_body": _dashboard("one")},
        outputs=("dashboardArn", "dashboardName", "dashboardBody"),
        change=lambda _: {"dashboard_body": _dashboard("two")},
        replace=lambda _: {"dashboard_name": "other"},
        tamper=lambda aws, o: aws("cloudwatch").put_dashboard(
            DashboardName=o["dashboardName"], DashboardBody=_dashboard("by hand")
        ),
        remove=lambda aws, o: aws("cloudwatch").delete_dashboards(DashboardNames=[o["dashboardName"]]),
    ),
    Case(
        token="aws:budgets/budget:Budget",
        make=budgets.Budget,
        inputs=lambda shared: {
            "budget_type": "COST",
            "time_unit": "MONTHLY",
            "limit_amount": "300",
            "limit_unit": "USD",
            "metrics": "UnblendedCost",
            "filter_expression": _tagged("weather", "dev"),
            "notifications": [_told(80, "ACTUAL", shared.topic.arn), _told(100, "FORECASTED", shared.topic.arn)],
            "tags": {"a": "1"},
        },
        outputs=("arn", "name", "tagsAll"),
        change=lambda shared: {
            "limit_amount": "400",
            "filter_expression": _tagged("weather", "prod"),
            "notifications": [_told(90, "ACTUAL", shared.topic2.arn), _told(100, "FORECASTED", shared.topic.arn)],
            "tags": {"a": "2"},
        },
        replace=lambda _: {"name": "other"},
        tamper=lambda aws, o: aws("budgets").delete_notification(
            AccountId="000000000000",
            BudgetName=o["name"],
            Notification={
                "NotificationType": "ACTUAL",
                "ComparisonOperator": "GREATER_THAN",
                "Threshold": 90,
                "ThresholdType": "PERCENTAGE",
            },
        ),
        remove=lambda aws, o: aws("budgets").delete_budget(AccountId="000000000000", BudgetName=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:cloudwatch/logGroup:LogGroup",
        make=cloudwatch.LogGroup,
        inputs=lambda _: {"retention_in_days": 7, "tags": {"a": "1"}},
        outputs=("arn", "name", "tagsAll"),
        change=lambda _: {"retention_in_days": 30, "tags": {"a": "2"}},
        replace=lambda _: {"name": "/other"},
        tamper=lambda aws, o: aws("logs").put_retention_policy(logGroupName=o["name"], retentionInDays=365),
        remove=lambda aws, o: aws("logs").delete_log_group(logGroupName=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:sqs/queue:Queue",
        make=sqs.Queue,
        inputs=lambda _: {"visibility_timeout_seconds": 60, "sqs_managed_sse_enabled": True, "tags": {"a": "1"}},
        outputs=("arn", "url", "name", "tagsAll"),
        change=lambda shared: {
            "visibility_timeout_seconds": 90,
            "redrive_policy": shared.queue.arn.apply(
                lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
            ),
            "tags": {"a": "2"},
        },
        replace=lambda _: {"name": "other"},
        tamper=lambda aws, o: aws("sqs").set_queue_attributes(QueueUrl=o["url"], Attributes={"VisibilityTimeout": "5"}),
        remove=lambda aws, o: aws("sqs").delete_queue(QueueUrl=o["url"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:sqs/queuePolicy:QueuePolicy",
        make=sqs.QueuePolicy,
        inputs=lambda shared: {
            "queue_url": shared.queue.url,
            "policy": shared.queue.arn.apply(lambda arn: _allow("sqs:SendMessage", arn, "events.amazonaws.com")),
        },
        outputs=("queueUrl", "policy"),
        change=lambda shared: {
            "policy": shared.queue.arn.apply(lambda arn: _allow("sqs:SendMessage", arn, "sns.amazonaws.com"))
        },
        replace=lambda shared: {"queue_url": shared.queue2.url},
        tamper=lambda aws, o: aws("sqs").set_queue_attributes(
            QueueUrl=o["queueUrl"],
            Attributes={"Policy": o["policy"].replace("sqs:SendMessage", "sqs:ReceiveMessage")},
        ),
        remove=lambda aws, o: aws("sqs").set_queue_attributes(QueueUrl=o["queueUrl"], Attributes={"Policy": ""}),
    ),
    Case(
        token="aws:ssm/parameter:Parameter",
        make=ssm.Parameter,
        inputs=lambda _: {"type": "String", "value": "one", "tags": {"a": "1"}},
        outputs=("arn", "name", "version", "tagsAll"),
        change=lambda _: {"value": "two", "description": "changed", "tags": {"a": "2"}},
        replace=lambda _: {"name": "/other/name"},
        tamper=lambda aws, o: aws("ssm").put_parameter(Name=o["name"], Type="String", Value="by hand", Overwrite=True),
        remove=lambda aws, o: aws("ssm").delete_parameter(Name=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
]


def _remove_role(client: Any, name: str) -> None:
    for policy in client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        client.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    client.delete_role(RoleName=name)


def shared(resources: Shared) -> None:
    """Resources that no case touches."""
    resources.resources.update(
        key=kms.Key("key"),
        key2=kms.Key("key2"),
        role=iam.Role("role", assume_role_policy=_trust("sagemaker.amazonaws.com")),
        role2=iam.Role("role2", assume_role_policy=_trust("sagemaker.amazonaws.com")),
        images=ecr.Repository("images"),
        topic=sns.Topic("topic"),
        topic2=sns.Topic("topic2"),
        queue=sqs.Queue("queue"),
        queue2=sqs.Queue("queue2"),
        bus=cloudwatch.EventBus("bus", name="bus"),
        bus2=cloudwatch.EventBus("bus2", name="bus2"),
        rule=cloudwatch.EventRule("rule", event_pattern=_PATTERN),
        rule2=cloudwatch.EventRule("rule2", event_pattern=_PATTERN),
    )
