from __future__ import annotations

import json

import pytest
from mlstack_components.aws.image_registry import ImageRegistry, ImageRegistryArgs, lifecycle_policy


@pytest.fixture
def declared(declare, key_arn, tags):
    def program():
        registry = ImageRegistry("weather-dev", ImageRegistryArgs(encryption_key_arn=key_arn, tags=tags))
        return {"arn": registry.arn, "url": registry.repository_url}

    return declare(program)


def test_tags_are_immutable_pushes_are_scanned_and_layers_encrypted(declared, key_arn, tags):
    """CKV_AWS_51, CKV_AWS_163, CKV_AWS_136; ECR.1, ECR.2."""
    inputs = declared.one("aws:ecr/repository:Repository").inputs
    assert inputs["imageTagMutability"] == "IMMUTABLE"
    assert inputs["imageScanningConfiguration"] == {"scanOnPush": True}
    assert inputs["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": key_arn}]
    assert inputs["forceDelete"] is False
    assert inputs["tags"] == tags


def test_old_images_expire(declared):
    """ECR.3."""
    inputs = declared.one("aws:ecr/lifecyclePolicy:LifecyclePolicy").inputs
    assert inputs["repository"] == "weather-dev-images"
    untagged, any_tag = json.loads(inputs["policy"])["rules"]
    assert untagged["selection"] == {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": 14,
    }
    assert any_tag["selection"] == {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 100}


def test_the_numbers_can_be_chosen():
    untagged, any_tag = json.loads(lifecycle_policy(untagged_days=1, kept=2))["rules"]
    assert (untagged["selection"]["countNumber"], any_tag["selection"]["countNumber"]) == (1, 2)


def test_where_to_push_is_an_output(declared):
    assert declared.result == {"arn": "arn:aws:made:::weather-dev-images", "url": "registry/weather-dev-images"}
