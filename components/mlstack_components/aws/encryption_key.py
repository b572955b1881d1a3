"""The key that encrypts everything of one environment of a project."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.key_actions import KEY_ADMINISTRATION, KEY_USE
from mlstack_components.aws.policies import Statement, document, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_components.aws.placement import Placement

DELETION_WINDOW_DAYS = 30
"""The longest that KMS keeps a key that is to be deleted; a mistake stays repairable as long as can be."""


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyArgs:
    """What an encryption key is made from."""

    placement: Placement
    """The account and region."""
    description: str
    """What the key is for, as shown in the console."""
    elsewhere: bool = False
    """Whether `placement` is in another region than the provider's, so that the resources name it."""
    objects_only: bool = False
    """Whether it encrypts objects of S3 alone: no service but through the callers' own rights uses it then."""
    alarms_publish: bool = False
    """Whether CloudWatch's alarms of the account publish to topics that the key encrypts."""
    budgets_publish: bool = False
    """Whether AWS Budgets of the account publish to topics that the key encrypts."""
    anomalies_publish: bool = False
    """Whether AWS Cost Anomaly Detection of the account publishes to topics that the key encrypts."""
    model_reader_accounts: Sequence[str] = ()
    """Other accounts that may decrypt what they read from S3: the model archives of the versions."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of the key."""


class EncryptionKey(pulumi.ComponentResource):
    """A customer-managed KMS key with yearly rotation, and its alias.

    Rules: KMS.4, KMS.5, CKV_AWS_7, CKV_AWS_33, CKV2_AWS_64.
    """

    arn: pulumi.Output[str]
    """The key's ARN."""
    key_id: pulumi.Output[str]
    """The key's id."""
    alias_name: pulumi.Output[str]
    """The alias, such as `alias/mlstack/weather-dev`."""
    key: aws.kms.Key
    """The key."""
    alias: aws.kms.Alias
    """Its alias."""

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:EncryptionKey", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        region = args.placement.region if args.elsewhere else None
        self.key = key = aws.kms.Key(
            f"{name}-key",
            aws.kms.KeyArgs(
                region=region,
                description=args.description,
                deletion_window_in_days=DELETION_WINDOW_DAYS,
                enable_key_rotation=True,
                policy=key_policy(
                    args.placement,
                    objects_only=args.objects_only,
                    alarms_publish=args.alarms_publish,
                    budgets_publish=args.budgets_publish,
                    anomalies_publish=args.anomalies_publish,
                    model_reader_accounts=args.model_reader_accounts,
                ),
                tags=args.tags,
            ),
            child,
        )
        self.alias = alias = aws.kms.Alias(
            f"{name}-key-alias",
            aws.kms.AliasArgs(region=region, name=f"alias/mlstack/{name}", target_key_id=key.key_id),
            child,
        )
        self.arn = key.arn
        self.key_id = key.key_id
        self.alias_name = alias.name
        self.register_outputs({"arn": self.arn, "key_id": self.key_id, "alias_name": self.alias_name})


def key_policy(
    placement: Placement,
    *,
    objects_only: bool = False,
    alarms_publish: bool = False,
    budgets_publish: bool = False,
    anomalies_publish: bool = False,
    model_reader_accounts: Sequence[str] = (),
) -> str:
    """Return who may administer and use the key.

    The account administers it and hands its use on through IAM policies; without that statement a key could never be
    changed again. CloudWatch Logs uses it for this account's log groups alone.

    Args:
        placement: The account and region.
        objects_only: Whether it encrypts objects of S3 alone.
        alarms_publish: Whether CloudWatch's alarms publish to encrypted topics.
        budgets_publish: Whether AWS Budgets publish to encrypted topics.
        anomalies_publish: Whether AWS Cost Anomaly Detection publishes to encrypted topics.
        model_reader_accounts: Other accounts that decrypt what they read from S3.
    """
    services = [_grants_for_services(placement), _use_by_logs(placement), _use_by_events()]
    return document(
        statement("AccountAdministers", KEY_ADMINISTRATION, "*", principal={"AWS": placement.account_principal}),
        statement("AccountDelegatesUse", KEY_USE, "*", principal={"AWS": placement.account_principal}),
        *([] if objects_only else services),
        *([_publish("AlarmsReachEncryptedTopics", "cloudwatch", placement)] if alarms_publish else []),
        *([_publish("BudgetsReachEncryptedTopics", "budgets", placement)] if budgets_publish else []),
        *([_publish("AnomaliesReachEncryptedTopics", "costalerts", placement)] if anomalies_publish else []),
        *([_read_models(placement, model_reader_accounts)] if model_reader_accounts else []),
    )


def _grants_for_services(placement: Placement) -> Statement:
    # SageMaker attaches encrypted volumes and ECR opens encrypted layers through grants that they make for the caller.
    return statement(
        "ServicesGrantForCallers",
        ["kms:CreateGrant"],
        "*",
        principal={"AWS": placement.account_principal},
        condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
    )


def _use_by_logs(placement: Placement) -> Statement:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    return statement(
        "LogsOfThisAccount",
        [
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ],
        "*",
        principal={"Service": f"logs.{placement.region}.amazonaws.com"},
        condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": placement.arn("logs", "log-group:*")}},
    )


def _use_by_events() -> Statement:
    # "Adding the aws:SourceAccount and aws:SourceArn to a KMS policy is not supported for EventBridge-to-encrypted
    # topics" (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html): with them nothing would be delivered.
    # The key alone gives nothing away: what may be sent to topic and queue is said in their own policies.
    return statement(
        "EventsReachEncryptedTopicsAndQueues",
        ["kms:Decrypt", "kms:GenerateDataKey"],
        "*",
        principal={"Service": "events.amazonaws.com"},
    )


def _read_models(placement: Placement, accounts: Sequence[str]) -> Statement:
    # https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html; what may be read from S3 is
    # said in the bucket's policy, and for nothing else may they use the key.
    return statement(
        "OtherAccountsReadModels",
        ["kms:Decrypt"],
        "*",
        principal={"AWS": placement.account_principals(accounts)},
        condition={"StringEquals": {"kms:ViaService": f"s3.{placement.region}.{placement.domain}"}},
    )


def _publish(sid: str, service: str, placement: Placement) -> Statement:
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html, "Enable compatibility between event sources
    # from AWS services and encrypted topics"; unlike EventBridge these say for which account they come.
    return statement(
        sid,
        ["kms:Decrypt", "kms:GenerateDataKey"],
        "*",
        principal={"Service": f"{service}.amazonaws.com"},
        condition={"StringEquals": {"aws:SourceAccount": placement.account}},
    )
