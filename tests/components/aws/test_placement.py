from __future__ import annotations

import json

import boto3
import pytest
from mlstack_components.aws.instance_types import has_local_storage, volume_key
from mlstack_components.aws.names import run_code_key, s3_uri, stack_code_key, stack_data_key
from mlstack_components.aws.placement import Placement
from mlstack_components.aws.policies import document, require_tls, statement, trust_policy
from mlstack_components.aws.tags import project_tags, with_commit

PARTITIONS = ["aws", "aws-cn", "aws-us-gov"]


@pytest.mark.parametrize("partition", PARTITIONS)
def test_partition_and_domain_are_botocores(partition):
    """The oracle: botocore's own table of regions."""
    session = boto3.Session()
    regions = session.get_available_regions("s3", partition_name=partition)
    resolver = session._session.get_component("endpoint_resolver")
    assert regions
    for region in regions:
        placement = Placement("111111111111", region)
        assert placement.partition == partition
        assert placement.domain == resolver.get_partition_dns_suffix(partition)


def test_arns():
    placement = Placement("111111111111", "cn-north-1")
    assert placement.arn("sagemaker", "pipeline/x") == "arn:aws-cn:sagemaker:cn-north-1:111111111111:pipeline/x"
    assert placement.account_principal == "arn:aws-cn:iam::111111111111:root"


def test_tags():
    tags = project_tags(project="weather", environment="dev", owner="ml-team", template="realtime@1.0.0")
    assert tags == {
        "mlstack:project": "weather",
        "mlstack:environment": "dev",
        "mlstack:owner": "ml-team",
        "mlstack:template": "realtime@1.0.0",
    }
    assert "mlstack:template" not in project_tags(project="weather", environment="dev", owner="ml-team")
    assert with_commit(tags, "abc") == {**tags, "mlstack:commit": "abc"}
    assert with_commit(tags, None) == tags


def test_keys():
    assert stack_code_key("0f") == "code/0f/sourcedir.tar.gz"
    assert run_code_key("0f") == "runs/code/0f/sourcedir.tar.gz"
    assert s3_uri("bucket", stack_data_key("0f", "weather.csv")) == "s3://bucket/data/0f/weather.csv"


@pytest.mark.parametrize(
    ("instance_type", "local"),
    [
        ("ml.m5.large", False),
        ("ml.m5d.large", True),
        ("ml.c5.xlarge", False),
        ("ml.c5d.xlarge", True),
        ("ml.g4dn.xlarge", True),
        ("ml.g5.xlarge", True),
        ("ml.p3.2xlarge", False),
        ("ml.p3dn.24xlarge", True),
        ("ml.p4d.24xlarge", True),
        ("ml.p4de.24xlarge", True),
        ("ml.p5.48xlarge", True),
        ("ml.trn1.2xlarge", True),
        ("ml.t3.medium", False),
        ("ml.r6gd.large", True),
        ("ml.r6g.large", False),
        ("ml.m7i-flex.large", False),
        ("nonsense", False),
    ],
)
def test_instance_types_with_disks_of_their_own(instance_type, local):
    assert has_local_storage(instance_type) is local
    assert volume_key(instance_type, "key") == (None if local else "key")


def test_a_document_is_the_same_text_for_the_same_statements():
    one = statement("Read", ["s3:GetObject"], "arn:aws:s3:::b/*", condition={"Bool": {"x": "true"}})
    assert document(one) == document(dict(one))
    assert json.loads(document(one)) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": ["arn:aws:s3:::b/*"],
                "Condition": {"Bool": {"x": "true"}},
            }
        ],
    }


def test_tls_is_required_of_everyone():
    assert require_tls(["s3:*"], ["arn"]) == {
        "Sid": "RefuseUnencryptedTransport",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": ["s3:*"],
        "Resource": ["arn"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_trust_can_be_narrowed_to_one_resource():
    (trust,) = json.loads(trust_policy(Placement("1" * 12, "eu-west-1"), "events", ["arn:rule"]))["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"]["ArnLike"] == {"aws:SourceArn": ["arn:rule"]}
    assert "Resource" not in trust
