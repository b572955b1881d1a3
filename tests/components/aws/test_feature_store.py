from __future__ import annotations

import json

import pytest
from mlstack_components.aws.feature_store import FeatureGroup, FeatureStore, FeatureStoreArgs, offline_store_policy

TYPE = "aws:sagemaker/featureGroup:FeatureGroup"
BUCKET_ARN = "arn:aws:s3:::weather-data"


@pytest.fixture
def store(declare, placement, key_arn, tags):
    """Declares a store with one group."""

    def declared(**options):
        group = FeatureGroup(
            name="weather-dev-cities",
            record_identifier="city",
            event_time="at",
            features={"city": "String", "at": "String", "temperature": "Fractional", "visits": "Integral"},
            **options,
        )
        args = FeatureStoreArgs(
            placement=placement,
            encryption_key_arn=key_arn,
            bucket="weather-data",
            bucket_arn=BUCKET_ARN,
            groups={"cities": group},
            permissions_boundary_arn="arn:aws:iam::111111111111:policy/boundary",
            tags=tags,
        )
        return declare(lambda: FeatureStore("weather-dev", args).names)

    return declared


def test_a_group_has_its_features_in_their_order(store, tags):
    declared = store()
    group = declared.one(TYPE, "weather-dev-cities")
    assert [(each["featureName"], each["featureType"]) for each in group.inputs["featureDefinitions"]] == [
        ("city", "String"),
        ("at", "String"),
        ("temperature", "Fractional"),
        ("visits", "Integral"),
    ]
    assert (group.inputs["recordIdentifierFeatureName"], group.inputs["eventTimeFeatureName"]) == ("city", "at")
    assert group.inputs["tags"] == tags
    assert group.parent.endswith("mlstack:aws:FeatureStore::weather-dev")
    assert declared.result == {"cities": "weather-dev-cities"}


def test_both_stores_are_encrypted_with_the_environments_key(store, key_arn):
    """SECURITY: feature groups with KMS on both stores."""
    inputs = store().one(TYPE).inputs
    assert inputs["onlineStoreConfig"] == {"enableOnlineStore": True, "securityConfig": {"kmsKeyId": key_arn}}
    assert inputs["offlineStoreConfig"] == {
        "disableGlueTableCreation": True,
        "s3StorageConfig": {"s3Uri": "s3://weather-data/features", "kmsKeyId": key_arn},
    }


def test_a_store_that_is_off_is_not_configured(store):
    assert "onlineStoreConfig" not in store(online=False).one(TYPE).inputs
    assert "offlineStoreConfig" not in store(offline=False).one(TYPE).inputs


def test_the_role_is_sagemakers_on_behalf_of_this_account(store, tags):
    role = store().one("aws:iam/role:Role", "weather-dev-features")
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Service": "sagemaker.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111111111111"},
        "ArnLike": {"aws:SourceArn": ["arn:aws:sagemaker:eu-west-1:111111111111:*"]},
    }
    assert role.inputs["permissionsBoundary"] == "arn:aws:iam::111111111111:policy/boundary"
    assert role.inputs["tags"] == tags


def test_the_role_writes_features_with_the_key_and_may_do_nothing_else(store, key_arn):
    policy = store().one("aws:iam/rolePolicy:RolePolicy").inputs["policy"]
    assert policy == offline_store_policy(BUCKET_ARN, key_arn)
    allowed = {
        (action, tuple(each["Resource"])) for each in json.loads(policy)["Statement"] for action in each["Action"]
    }
    assert allowed == {
        ("s3:GetBucketAcl", (BUCKET_ARN,)),
        ("s3:PutObject", (f"{BUCKET_ARN}/features/*",)),
        ("s3:PutObjectAcl", (f"{BUCKET_ARN}/features/*",)),
        ("kms:Decrypt", (key_arn,)),
        ("kms:GenerateDataKey", (key_arn,)),
    }


def test_a_role_that_writes_nothing_has_no_rights(store):
    declared = store(offline=False)
    assert declared.all("aws:iam/rolePolicy:RolePolicy") == []
    assert declared.one(TYPE).inputs["roleArn"] == "arn:aws:made:::weather-dev-features"


def test_a_replaced_group_goes_before_the_new_one_of_its_name_comes(store):
    assert store().one(TYPE).delete_before_replace


def test_a_group_is_made_when_its_role_has_its_rights(store):
    group = store().one(TYPE)
    assert any("RolePolicy" in urn for urn in group.dependencies)
