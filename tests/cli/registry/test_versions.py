from datetime import UTC, datetime

import pytest
from mlstack.registry.versions import (
    APPROVED,
    PENDING,
    REJECTED,
    ModelVersion,
    find_version,
    from_description,
    from_summary,
    in_environment,
    newest_approved,
    newest_pending,
    version_of,
)
from mlstack_components.errors import MlstackError, UserError

ARN = "arn:aws:sagemaker:us-east-1:000000000000:model-package/weather-local"


def _versions(*approvals: str) -> list[ModelVersion]:
    """Newest first, as the registry lists them."""
    count = len(approvals)
    return [ModelVersion(f"{ARN}/{count - index}", count - index, name) for index, name in enumerate(approvals)]


def test_newest_pending_passes_over_decided_ones() -> None:
    assert newest_pending(_versions(REJECTED, PENDING, PENDING), "local").version == 2


def test_nothing_pending_says_what_the_newest_is() -> None:
    with pytest.raises(MlstackError, match=r"the newest, version 2, is approved") as raised:
        newest_pending(_versions(APPROVED, REJECTED), "local")
    with pytest.raises(MlstackError, match=r"mlstack models reject 2 --environment prod"):
        newest_pending(_versions(APPROVED, REJECTED), "prod", "reject")
    assert raised.value.exit_code == 1


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("local", ""),
        ("prod", " --environment prod"),
        ("local --model churn", " --model churn"),
        ("prod --model churn", " --environment prod --model churn"),
    ],
)
def test_what_to_do_next_names_environment_and_model(address: str, options: str) -> None:
    assert in_environment("models approve 2", address) == f"mlstack models approve 2{options}"
    with pytest.raises(MlstackError, match="models approve 1") as raised:
        newest_approved(_versions(PENDING), address)
    assert raised.value.next_step == f"Approve one with `mlstack models approve 1{options}`."


def test_newest_approved_must_be_complete() -> None:
    versions = _versions(PENDING, APPROVED, APPROVED)
    assert newest_approved(versions, "local").version == 2
    versions[1] = ModelVersion(f"{ARN}/2", 2, APPROVED, status="Failed")
    assert newest_approved(versions, "local").version == 1


def test_nothing_approved_names_the_one_to_approve() -> None:
    with pytest.raises(MlstackError, match=r"mlstack models approve 1"):
        newest_approved(_versions(REJECTED, PENDING), "local")
    with pytest.raises(MlstackError, match=r"Train another"):
        newest_approved(_versions(REJECTED), "local")


@pytest.mark.parametrize("choose", [newest_approved, newest_pending])
def test_nothing_registered(choose: object) -> None:
    assert callable(choose)
    with pytest.raises(MlstackError, match=r"No model is registered yet.*mlstack run"):
        choose([], "local")


def test_find_version() -> None:
    assert find_version(_versions(PENDING, PENDING), 1).arn == f"{ARN}/1"
    with pytest.raises(UserError, match=r"no model version 9.*Registered versions: 2, 1"):
        find_version(_versions(PENDING, PENDING), 9)


def test_version_of_an_arn() -> None:
    assert version_of(f"{ARN}/12") == 12


def test_from_aws_s_answers() -> None:
    created = datetime(2026, 1, 1, tzinfo=UTC)
    summary = {
        "ModelPackageArn": f"{ARN}/3",
        "ModelPackageVersion": 3,
        "ModelApprovalStatus": REJECTED,
        "ModelPackageStatus": "Completed",
        "CreationTime": created,
    }
    assert from_summary(summary) == ModelVersion(f"{ARN}/3", 3, REJECTED, created_at=created)
    description = summary | {
        "ApprovalDescription": "too slow",
        "CustomerMetadataProperties": {"code_uri": "s3://b/c"},
        "InferenceSpecification": {"Containers": [{"Image": "i", "ModelDataUrl": "s3://b/model.tar.gz"}]},
        "ModelMetrics": {"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": "s3://b/e.json"}}},
    }
    version = from_description(description)
    assert (version.model_data, version.evaluation_uri, version.approval_description, version.word) == (
        "s3://b/model.tar.gz",
        "s3://b/e.json",
        "too slow",
        "rejected",
    )
    assert version.to_json()["metadata"] == {"code_uri": "s3://b/c"}
