from __future__ import annotations

import json

import pytest
from mlstack_components.aws.experiment_tracking import ExperimentTracking, ExperimentTrackingArgs
from mlstack_components.aws.tracking_access import TrackingAccess

SERVER = "aws:sagemaker/mlflowTrackingServer:MlflowTrackingServer"
BUCKET = "aws:s3/bucket:Bucket"
ARN = "arn:aws:sagemaker:eu-west-1:111111111111:mlflow-tracking-server/weather-dev"


@pytest.fixture
def tracking(declare, placement, key_arn, tags):
    def declared(**options):
        args = ExperimentTrackingArgs(
            placement=placement,
            server_name="weather-dev",
            encryption_key_arn=key_arn,
            permissions_boundary_arn="arn:aws:iam::111111111111:policy/boundary",
            tags=tags,
            **options,
        )
        return declare(lambda: ExperimentTracking("weather-dev", args).bucket_arn)

    return declared


def test_the_server_keeps_artifacts_in_a_given_bucket(tracking, tags):
    declared = tracking(bucket="weather-artifacts", size="Medium")
    inputs = declared.one(SERVER, "weather-dev-tracking-server").inputs
    assert inputs["artifactStoreUri"] == "s3://weather-artifacts/mlflow"
    assert (inputs["trackingServerName"], inputs["trackingServerSize"]) == ("weather-dev", "Medium")
    assert inputs["automaticModelRegistration"] is False
    assert inputs["tags"] == tags
    assert declared.result == "arn:aws:s3:::weather-artifacts"
    assert not declared.all(BUCKET)


def test_without_a_bucket_one_is_made_that_is_encrypted_and_logged(tracking, key_arn):
    """SECURITY: a bucket of ours has everything that a bucket of ours has."""
    declared = tracking()
    assert {each.name for each in declared.all(BUCKET)} == {
        "weather-dev-tracking-artifacts",
        "weather-dev-tracking-logs",
    }
    kind = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    assert key_arn in json.dumps([each.inputs for each in declared.all(kind)])


def test_the_role_reaches_the_artifacts_alone(tracking, key_arn):
    """SECURITY: no wildcard action, no resource beyond the prefix."""
    declared = tracking(bucket="weather-artifacts")
    role = declared.one("aws:iam/role:Role").inputs
    assert role["permissionsBoundary"] == "arn:aws:iam::111111111111:policy/boundary"
    policy = json.loads(declared.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])
    resources = {resource for each in policy["Statement"] for resource in each["Resource"]}
    assert resources == {"arn:aws:s3:::weather-artifacts", "arn:aws:s3:::weather-artifacts/mlflow/*", key_arn}
    assert not any("*" in action for each in policy["Statement"] for action in each["Action"])


def test_jobs_find_the_server_and_may_delete_nothing(key_arn):
    access = TrackingAccess(ARN, "weather", "arn:aws:s3:::weather-artifacts", key_arn)
    assert access.environment() == {"MLFLOW_EXPERIMENT_NAME": "weather", "MLFLOW_TRACKING_URI": ARN}
    actions = {action for each in access.statements() for action in each["Action"]}
    assert {"sagemaker-mlflow:CreateRun", "sagemaker-mlflow:LogBatch", "s3:PutObject"} <= actions
    assert not any("Delete" in action or "*" in action for action in actions)
    assert access.statements()[0]["Resource"] == [ARN]
