from __future__ import annotations

import json

import pytest
from mlstack_components.aws.encryption_key import EncryptionKey, EncryptionKeyArgs, key_policy


@pytest.fixture
def declared(declare, placement, tags):
    def program():
        key = EncryptionKey("weather-dev", EncryptionKeyArgs(placement=placement, description="Weather", tags=tags))
        return {"arn": key.arn, "alias": key.alias_name}

    return declare(program)


def test_the_key_rotates_and_stays_repairable_for_thirty_days(declared, tags):
    """KMS.3, KMS.4, CKV_AWS_7."""
    inputs = declared.one("aws:kms/key:Key").inputs
    assert inputs["enableKeyRotation"] is True
    assert inputs["deletionWindowInDays"] == 30
    assert inputs["tags"] == tags


def test_the_alias_names_the_component_and_points_to_the_key(declared):
    inputs = declared.one("aws:kms/alias:Alias").inputs
    assert inputs == {"name": "alias/mlstack/weather-dev", "targetKeyId": "weather-dev-key-id"}
    assert declared.result == {"arn": "arn:aws:made:::weather-dev-key", "alias": "alias/mlstack/weather-dev"}


def _statements(placement):
    return json.loads(key_policy(placement))["Statement"]


def test_nobody_may_do_everything(placement):
    """KMS.5, CKV_AWS_33, CKV2_AWS_64."""
    for each in _statements(placement):
        assert each["Effect"] == "Allow"
        assert not [action for action in each["Action"] if "*" in action]
        assert "*" not in each["Principal"].values()


def test_the_policy_can_be_changed_again(placement):
    account = {"AWS": "arn:aws:iam::111111111111:root"}
    granted = {action for each in _statements(placement) if each["Principal"] == account for action in each["Action"]}
    assert {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:Decrypt", "kms:GenerateDataKey"} <= granted


def test_logs_use_the_key_for_this_accounts_groups_only(placement):
    service = {"Service": "logs.eu-west-1.amazonaws.com"}
    (granted,) = [each for each in _statements(placement) if each["Principal"] == service]
    groups = "arn:aws:logs:eu-west-1:111111111111:log-group:*"
    assert granted["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}


def test_events_reach_encrypted_topics_and_queues(placement):
    """EventBridge delivers nothing to an encrypted topic if the key's policy has a condition for it."""
    (granted,) = [each for each in _statements(placement) if each["Principal"] == {"Service": "events.amazonaws.com"}]
    assert granted["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert "Condition" not in granted


def test_grants_are_for_aws_services_only(placement):
    (granted,) = [each for each in _statements(placement) if "kms:CreateGrant" in each["Action"]]
    assert granted["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_alarms_and_budgets_use_the_key_only_where_they_publish(placement):
    """Without the key their messages to the encrypted topic are lost, and nobody is told."""
    before, after = (
        {each["Sid"]: each for each in json.loads(policy)["Statement"]}
        for policy in (
            key_policy(placement),
            key_policy(placement, alarms_publish=True, budgets_publish=True, anomalies_publish=True),
        )
    )
    assert {sid: each for sid, each in after.items() if sid in before} == before
    added = [after[sid] for sid in after if sid not in before]
    services = [each["Principal"]["Service"] for each in added]
    assert services == ["cloudwatch.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com"]
    for each in added:
        assert each["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
        assert each["Condition"] == {"StringEquals": {"aws:SourceAccount": "111111111111"}}


def test_other_accounts_decrypt_models_through_s3_alone_and_only_where_they_are_named(placement):
    before, after = (
        {each["Sid"]: each for each in json.loads(policy)["Statement"]}
        for policy in (key_policy(placement), key_policy(placement, model_reader_accounts=["222222222222"]))
    )
    assert {sid: each for sid, each in after.items() if sid in before} == before
    (added,) = [after[sid] for sid in after if sid not in before]
    assert added["Principal"] == {"AWS": ["arn:aws:iam::222222222222:root"]}
    assert added["Action"] == ["kms:Decrypt"]
    assert added["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
