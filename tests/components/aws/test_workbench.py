from __future__ import annotations

import json

import pytest
from mlstack_components.aws.workbench import Workbench, WorkbenchArgs

DOMAIN = "aws:sagemaker/domain:Domain"
PROFILE = "aws:sagemaker/userProfile:UserProfile"
POLICY = "aws:iam/rolePolicy:RolePolicy"


@pytest.fixture
def declared(declare, placement, key_arn, tags):
    args = WorkbenchArgs(
        placement=placement,
        domain_name="acme-prod",
        users=["ada", "grace"],
        vpc_id="vpc-1",
        subnet_ids=["subnet-1", "subnet-2"],
        security_group_ids=["sg-1"],
        encryption_key_arn=key_arn,
        instance_types=["ml.t3.medium", "ml.m5.large"],
        idle_minutes=90,
        permissions_boundary_arn="arn:aws:iam::111111111111:policy/boundary",
        tags=tags,
    )
    return declare(lambda: Workbench("acme-prod", args).role_arns)


def test_the_domain_is_closed_and_encrypted(declared, key_arn, tags):
    """SECURITY: no direct internet, encrypted volumes and home directories."""
    inputs = declared.one(DOMAIN, "acme-prod-workbench-domain").inputs
    assert (inputs["appNetworkAccessType"], inputs["authMode"]) == ("VpcOnly", "IAM")
    assert inputs["kmsKeyId"] == key_arn
    assert (inputs["vpcId"], inputs["subnetIds"]) == ("vpc-1", ["subnet-1", "subnet-2"])
    assert inputs["defaultUserSettings"]["securityGroups"] == ["sg-1"]
    assert inputs["defaultUserSettings"]["sharingSettings"] == {"notebookOutputOption": "Disabled"}
    assert inputs["retentionPolicy"] == {"homeEfsFileSystem": "Retain"}
    assert (inputs["tags"], inputs["tagPropagation"]) == (tags, "ENABLED")


def test_idle_notebooks_shut_down_and_nobody_may_choose_longer(declared):
    settings = declared.one(DOMAIN).inputs["defaultUserSettings"]["jupyterLabAppSettings"]
    assert settings["appLifecycleManagement"]["idleSettings"] == {
        "lifecycleManagement": "ENABLED",
        "idleTimeoutInMinutes": 90,
        "minIdleTimeoutInMinutes": 60,
        "maxIdleTimeoutInMinutes": 90,
    }
    assert settings["defaultResourceSpec"] == {"instanceType": "ml.t3.medium"}


def test_each_user_has_a_profile_with_a_role_of_its_own(declared):
    profiles = {each.inputs["userProfileName"]: each.inputs for each in declared.all(PROFILE)}
    assert set(profiles) == set(declared.result) == {"ada", "grace"}
    assert {name: each["userSettings"]["executionRole"] for name, each in profiles.items()} == declared.result
    assert len(set(declared.result.values())) == 2


def test_a_role_starts_notebooks_of_allowed_types_in_its_own_name_alone(declared):
    """SECURITY: no wildcard action; the resource is a wildcard only where AWS knows none."""
    (policy,) = [each for each in declared.all(POLICY) if each.name == "acme-prod-workbench-ada-policy"]
    statements = {each["Sid"]: each for each in json.loads(policy.inputs["policy"])["Statement"]}
    start = statements["StartNotebooks"]
    assert start["Condition"]["ArnLike"]["sagemaker:OwnerUserProfileArn"].endswith("/ada")
    assert start["Condition"]["ForAllValues:StringEquals"]["sagemaker:InstanceTypes"] == [
        "ml.t3.medium",
        "ml.m5.large",
        "system",
    ]
    assert [sid for sid, each in statements.items() if each["Resource"] == ["*"]] == ["ListNotebooks"]
    assert not any("*" in action for each in statements.values() for action in each["Action"])


def test_who_has_no_role_of_their_own_may_do_nothing(declared):
    default = declared.one(DOMAIN).inputs["defaultUserSettings"]["executionRole"]
    assert default not in declared.result.values()
    assert len(declared.all(POLICY)) == 2
