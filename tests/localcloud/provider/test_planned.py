"""Planned resources of any environment are checked by the table that the local cloud is made from."""

from __future__ import annotations

from typing import Any

from mlstack_localcloud.provider.planned import Checked, Planned, PlannedChecks

UNKNOWN = "<unknown>"


def checked(token: str, properties: dict[str, Any], *, local: bool = False, name: str = "logical") -> Checked:
    checks = PlannedChecks(account="111111111111", region="eu-west-1", local=local, unknown=(UNKNOWN,))
    return checks.resources([Planned("urn", token, name, properties)])


def paths(found: Checked) -> list[str]:
    return [each.problem.path for each in found.findings]


def test_a_finding_names_resource_and_property_and_what_is_allowed() -> None:
    variant = {"variantName": "v", "modelName": UNKNOWN, "instanceType": "ml.q9.large", "initialInstanceCount": 1.0}
    found = checked("aws:sagemaker/endpointConfiguration:EndpointConfiguration", {"productionVariants": [variant]})
    (finding,) = found.findings
    assert (finding.urn, finding.problem.path) == ("urn", "productionVariants[0].instanceType")
    assert finding.problem.given == "ml.q9.large"
    assert "ml.m5.large" in finding.problem.allowed


def test_what_is_not_known_is_not_checked() -> None:
    properties = {"policy": UNKNOWN, "role": UNKNOWN}
    assert checked("aws:iam/rolePolicy:RolePolicy", properties).findings == ()


def test_files_are_not_looked_into() -> None:
    properties = {"bucket": UNKNOWN, "key": "a", "source": {"path": "/somewhere"}}
    assert checked("aws:s3/bucketObjectv2:BucketObjectv2", properties).findings == ()
    assert paths(checked("aws:s3/bucketObjectv2:BucketObjectv2", {**properties, "key": ""})) == ["key"]


def test_a_name_that_would_be_made_up_too_long_is_found() -> None:
    assert paths(checked("aws:s3/bucket:Bucket", {}, name="x" * 63)) == ["bucket"]


def test_a_type_that_the_table_lacks_is_passed_over_except_for_the_local_cloud() -> None:
    token = "aws:lambda/layerVersion:LayerVersion"
    assert checked(token, {}) == Checked((), (token,))
    (finding,) = checked(token, {}, local=True).findings
    assert finding.problem.reason == f"the local cloud does not implement the resource type {token}"
    assert checked("random:index/randomId:RandomId", {}, local=True) == Checked((), ())


def test_a_property_that_only_the_official_provider_has_is_passed_over_likewise() -> None:
    assert checked("aws:s3/bucket:Bucket", {"website": {}}).findings == ()
    assert paths(checked("aws:s3/bucket:Bucket", {"website": {}}, local=True)) == ["website"]


def test_a_pipelines_definition_is_checked_alone() -> None:
    checks = PlannedChecks(account="111111111111", region="eu-west-1", local=False, unknown=())
    steps = [{"Name": "train", "Type": "Training", "Arguments": {"RoleArn": "nobody"}}]
    assert "Steps.train.Arguments.RoleArn" in {problem.path for problem in checks.pipeline({"Steps": steps})}
