"""Approval for an environment: the life cycle's stage, and what is noted of earlier ones."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest
from mlstack.registry.stages import decide_stage, seen_from, stages_of
from mlstack.registry.versions import ModelVersion

ARN = "arn:aws:sagemaker:us-east-1:111111111111:model-package/weather-dev/1"


def _version(approval: str = "Approved", **stages: str) -> ModelVersion:
    return ModelVersion(arn=ARN, version=1, approval=approval, stages=stages)


def test_the_life_cycle_says_what_came_last() -> None:
    noted = {"approval/staging": "Approved", "approval/prod": "Approved", "code_uri": "s3://b/c"}
    last = {"Stage": "prod", "StageStatus": "Rejected"}
    found = stages_of({"CustomerMetadataProperties": noted, "ModelLifeCycle": last})
    assert found == {"staging": "Approved", "prod": "Rejected"}


@pytest.mark.parametrize(
    ("version", "seen"),
    [
        (_version(prod="Approved"), "Approved"),
        (_version(prod="Rejected"), "Rejected"),
        (_version(prod="PendingApproval"), "PendingManualApproval"),
        (_version(staging="Approved"), "PendingManualApproval"),
        (_version("Rejected", prod="Approved"), "Rejected"),
    ],
)
def test_an_environment_sees_what_passed_the_first_gate_and_is_approved_for_it(
    version: ModelVersion, seen: str
) -> None:
    assert seen_from(version, "prod").approval == seen
    assert seen_from(version, None).approval == version.approval


def test_a_decision_keeps_those_of_other_stages() -> None:
    sagemaker: Any = Mock()
    decide_stage(sagemaker, _version(staging="Approved"), "prod", "Approved", "Approved by ann: good")
    sagemaker.update_model_package.assert_called_once_with(
        ModelPackageArn=ARN,
        ModelLifeCycle={"Stage": "prod", "StageStatus": "Approved", "StageDescription": "Approved by ann: good"},
        CustomerMetadataProperties={"approval/staging": "Approved", "approval/prod": "Approved"},
    )
