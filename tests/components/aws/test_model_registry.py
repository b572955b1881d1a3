from __future__ import annotations

import json

from mlstack_components.aws.model_registry import ModelRegistry, ModelRegistryArgs, sharing_policy

POLICY_TYPE = "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy"


def test_the_group_has_the_chosen_name(declare, tags):
    def program():
        args = ModelRegistryArgs(model_package_group_name="weather-dev", description="Weather", tags=tags)
        registry = ModelRegistry("weather-dev", args)
        return {"name": registry.model_package_group_name, "arn": registry.arn}

    declared = declare(program)
    group = declared.one("aws:sagemaker/modelPackageGroup:ModelPackageGroup")
    assert group.inputs == {
        "modelPackageGroupName": "weather-dev",
        "modelPackageGroupDescription": "Weather",
        "tags": tags,
    }
    assert group.parent.endswith("mlstack:aws:ModelRegistry::weather-dev")
    assert declared.result == {"name": "weather-dev", "arn": "arn:aws:made:::weather-dev-models"}
    assert group.ignore_changes == ("modelPackageGroupDescription",), "another description would mean another group"


def test_without_readers_the_group_has_no_policy(declare):
    args = ModelRegistryArgs(model_package_group_name="weather-dev", description="Weather")
    assert not declare(lambda: ModelRegistry("weather-dev", args).arn).all(POLICY_TYPE)


def test_readers_may_use_the_versions_and_change_none(declare):
    args = ModelRegistryArgs(
        model_package_group_name="weather-dev", description="Weather", reader_accounts=["222222222222"]
    )
    policy = declare(lambda: ModelRegistry("weather-dev", args).arn).one(POLICY_TYPE)
    assert policy.inputs["modelPackageGroupName"] == "weather-dev"
    group = "arn:aws-cn:sagemaker:cn-north-1:111111111111:model-package-group/weather-dev"
    versions = "arn:aws-cn:sagemaker:cn-north-1:111111111111:model-package/weather-dev/*"
    statements = json.loads(sharing_policy(group, ["222222222222", "333333333333"]))["Statement"]
    readers = ["arn:aws-cn:iam::222222222222:root", "arn:aws-cn:iam::333333333333:root"]
    assert all(each["Principal"] == {"AWS": readers} and each["Effect"] == "Allow" for each in statements)
    assert {action: each["Resource"] for each in statements for action in each["Action"]} == {
        "sagemaker:DescribeModelPackageGroup": [group],
        "sagemaker:ListModelPackages": [group, versions],
        "sagemaker:DescribeModelPackage": [versions],
        "sagemaker:CreateModel": [versions],
    }
