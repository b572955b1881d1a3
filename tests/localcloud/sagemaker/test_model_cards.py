"""The cards of model packages, through boto3."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
CONTENT = {
    "model_overview": {"model_creator": "ml-team"},
    "intended_uses": {"intended_uses": "Weather", "risk_rating": "Low"},
    "evaluation_details": [
        {
            "name": "evaluation",
            "metric_groups": [
                {"name": "gates", "metric_data": [{"name": "accuracy", "type": "number", "value": 0.8}]},
            ],
        }
    ],
}


@pytest.fixture
def group(sagemaker):
    sagemaker.create_model_package_group(ModelPackageGroupName="weather")
    return "weather"


def register(sagemaker, s3, bucket, **more):
    s3.put_object(Bucket=bucket, Key="m/model.tar.gz", Body=b"model")
    containers = [{"Image": IMAGE, "ModelDataUrl": f"s3://{bucket}/m/model.tar.gz"}]
    specification = {
        "Containers": containers,
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    created = sagemaker.create_model_package(
        ModelPackageGroupName="weather", InferenceSpecification=specification, **more
    )
    return created["ModelPackageArn"]


def error_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def card(content=None, **more):
    return {"ModelCardContent": json.dumps(CONTENT if content is None else content), **more}


def test_a_card_is_kept_with_its_package(cloud, sagemaker, s3, bucket, group):
    package = register(sagemaker, s3, bucket, ModelCard=card(ModelCardStatus="PendingReview"))
    cloud.restart()
    assert sagemaker.describe_model_package(ModelPackageName=package)["ModelCard"] == card(
        ModelCardStatus="PendingReview"
    )


def test_a_card_is_a_draft_until_somebody_moves_it_on(sagemaker, s3, bucket, group):
    package = register(sagemaker, s3, bucket, ModelCard=card())
    described = sagemaker.describe_model_package(ModelPackageName=package)["ModelCard"]
    assert described == card(ModelCardStatus="Draft")
    sagemaker.update_model_package(ModelPackageArn=package, ModelCard={"ModelCardStatus": "Approved"})
    described = sagemaker.describe_model_package(ModelPackageName=package)["ModelCard"]
    assert described == card(ModelCardStatus="Approved"), "what is not given stays"
    other = {**CONTENT, "business_details": {"line_of_business": "Umbrellas"}}
    sagemaker.update_model_package(ModelPackageArn=package, ModelCard=card(other))
    assert sagemaker.describe_model_package(ModelPackageName=package)["ModelCard"] == card(
        other, ModelCardStatus="Approved"
    )


def test_an_archived_card_says_the_same_for_ever(sagemaker, s3, bucket, group):
    package = register(sagemaker, s3, bucket, ModelCard=card(ModelCardStatus="Archived"))
    code, message = error_of(sagemaker.update_model_package, ModelPackageArn=package, ModelCard=card({}))
    assert (code, message) == ("ValidationException", "Model Card is in Archived state.")
    sagemaker.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")


@pytest.mark.usefixtures("group")
@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ([], "model card must be an object"),
        ({"model_overview": {"model_name": "weather"}}, "model card.model_overview.model_name is not allowed"),
        ({"intended_uses": {"risk_rating": "low"}}, "risk_rating must be one of High, Medium, Low, Unknown"),
        ({"intended_uses": {"intended_uses": "x" * 2049}}, "a text of 0 to 2048 characters"),
        ({"evaluation_details": [{"metadata": {}}]}, "evaluation_details[0].name is missing"),
        (
            {
                "evaluation_details": [
                    {
                        "name": "e",
                        "metric_groups": [
                            {"name": "g", "metric_data": [{"name": "m", "type": "number", "value": "1"}]}
                        ],
                    }
                ]
            },
            "metric_data[0].value must be a number",
        ),
        ({"training_details": {"training_job_details": {"training_datasets": ["s3://b"] * 16}}}, "at most 15"),
    ],
)
def test_what_is_no_card_is_refused_before_a_version_is_taken(sagemaker, s3, bucket, content, wrong):
    s3.put_object(Bucket=bucket, Key="m/model.tar.gz", Body=b"model")
    code, message = error_of(sagemaker.create_model_package, ModelPackageGroupName="weather", ModelCard=card(content))
    assert (code, wrong in message) == ("ValidationException", True), message
    assert register(sagemaker, s3, bucket).endswith("/1")


def test_a_card_that_is_no_json_is_refused(sagemaker, group):
    code, message = error_of(
        sagemaker.create_model_package, ModelPackageGroupName=group, ModelCard={"ModelCardContent": '{"a": "b"c"}'}
    )
    assert (code, "not valid JSON" in message) == ("ValidationException", True)
