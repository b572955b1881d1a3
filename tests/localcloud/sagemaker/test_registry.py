"""Groups, packages, models and endpoint configurations, through boto3."""

import pytest
from botocore.exceptions import ClientError

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"


def error_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def register(sagemaker, s3, bucket, **more):
    s3.put_object(Bucket=bucket, Key="m/model.tar.gz", Body=b"model")
    return sagemaker.create_model_package(
        ModelPackageGroupName="weather",
        InferenceSpecification={
            "Containers": [
                {"Image": IMAGE, "ModelDataUrl": f"s3://{bucket}/m/model.tar.gz", "Environment": {"A": "1"}}
            ],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        **more,
    )["ModelPackageArn"]


@pytest.fixture
def group(sagemaker):
    sagemaker.create_model_package_group(ModelPackageGroupName="weather", Tags=[{"Key": "team", "Value": "ml"}])
    return "weather"


def test_versions_count_up_and_are_not_given_twice(sagemaker, s3, bucket, group):
    first, second = register(sagemaker, s3, bucket), register(sagemaker, s3, bucket)
    assert first.endswith(":model-package/weather/1")
    sagemaker.delete_model_package(ModelPackageName=second)
    assert register(sagemaker, s3, bucket).endswith("/3")
    packages = sagemaker.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
    assert [package["ModelPackageVersion"] for package in packages] == [1, 3]


def test_approval_is_changed_and_announced(cloud, sagemaker, s3, bucket, group):
    package = register(sagemaker, s3, bucket)
    assert sagemaker.describe_model_package(ModelPackageName=package)["ModelApprovalStatus"] == "PendingManualApproval"
    sagemaker.update_model_package(
        ModelPackageArn=package,
        ModelApprovalStatus="Approved",
        ModelLifeCycle={"Stage": "prod", "StageStatus": "Approved"},
        CustomerMetadataProperties={"code_uri": "s3://b/c"},
    )
    described = sagemaker.describe_model_package(ModelPackageName=package)
    assert described["ModelApprovalStatus"] == "Approved"
    assert described["ModelLifeCycle"]["Stage"] == "prod"
    assert described["CustomerMetadataProperties"] == {"code_uri": "s3://b/c"}
    events = cloud.events.of("SageMaker Model Package State Change")
    assert [event["detail"]["ModelApprovalStatus"] for event in events] == ["PendingManualApproval", "Approved"]
    assert events[-1]["resources"] == [package]
    assert events[-1]["detail"]["ModelPackageGroupName"] == "weather"


def test_a_group_with_packages_is_not_deleted(sagemaker, s3, bucket, group):
    package = register(sagemaker, s3, bucket)
    code, message = error_of(sagemaker.delete_model_package_group, ModelPackageGroupName=group)
    assert code == "ConflictException"
    assert "contains model packages" in message
    sagemaker.delete_model_package(ModelPackageName=package)
    sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    code, message = error_of(sagemaker.describe_model_package_group, ModelPackageGroupName=group)
    assert (code, "does not exist" in message) == ("ValidationException", True)


def test_what_a_request_lacks_or_has_wrong_is_told_together(sagemaker):
    code, message = error_of(
        sagemaker.create_model, ModelName="bad_name", PrimaryContainer={"Image": "x" * 300}, ExecutionRoleArn="a" * 20
    )
    assert code == "ValidationException"
    assert message.startswith("3 validation errors detected: ")
    assert "Value 'bad_name' at 'modelName' failed to satisfy constraint: Member must satisfy regular" in message
    assert (
        "'primaryContainer.image' failed to satisfy constraint: Member must have length less than or equal to 255"
        in (message)
    )


def test_an_operation_that_is_not_implemented_is_unknown_by_name(sagemaker):
    code, message = error_of(sagemaker.list_hubs)
    assert code == "UnknownOperationException"
    assert "ListHubs" in message


def test_a_model_needs_its_data(sagemaker, role, s3, bucket):
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{bucket}/none.tar.gz"}
    code, message = error_of(sagemaker.create_model, ModelName="m", PrimaryContainer=container, ExecutionRoleArn=role)
    assert (code, message) == ("ValidationException", f"Could not find model data at s3://{bucket}/none.tar.gz.")
    assert sagemaker.list_models()["Models"] == []


def test_a_model_of_a_package_needs_its_approval(sagemaker, role, s3, bucket, group):
    package = register(sagemaker, s3, bucket)
    arguments = {"ModelName": "m", "PrimaryContainer": {"ModelPackageName": package}, "ExecutionRoleArn": role}
    assert "not approved" in error_of(sagemaker.create_model, **arguments)[1]
    sagemaker.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    arn = sagemaker.create_model(**arguments)["ModelArn"]
    assert error_of(sagemaker.create_model, **arguments)[1] == f'Cannot create already existing model "{arn}".'
    assert sagemaker.describe_model(ModelName="m")["PrimaryContainer"]["ModelPackageName"] == package


def test_endpoint_configurations_name_models_that_exist(sagemaker, role, s3, bucket):
    variant = {"VariantName": "all", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    code, message = error_of(sagemaker.create_endpoint_config, EndpointConfigName="c", ProductionVariants=[variant])
    assert (code, message.startswith("Could not find model ")) == ("ValidationException", True)
    sagemaker.create_model(ModelName="m", PrimaryContainer={"Image": IMAGE}, ExecutionRoleArn=role)
    sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    config = sagemaker.describe_endpoint_config(EndpointConfigName="c")
    assert config["ProductionVariants"] == [{**variant, "InitialVariantWeight": 1.0}]
    sagemaker.delete_endpoint_config(EndpointConfigName="c")
    code, message = error_of(sagemaker.describe_endpoint_config, EndpointConfigName="c")
    assert (code, message.startswith("Could not find endpoint configuration ")) == ("ValidationException", True)


def test_tags_follow_their_resource(sagemaker, group):
    arn = sagemaker.describe_model_package_group(ModelPackageGroupName=group)["ModelPackageGroupArn"]
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "dev"}, {"Key": "team", "Value": "data"}])
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["stage"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "data"}]
    sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    assert error_of(sagemaker.list_tags, ResourceArn=arn)[0] == "ResourceNotFound"


def test_lists_come_in_pages_that_hide_and_repeat_nothing(sagemaker, role):
    for number in range(23):
        sagemaker.create_model(ModelName=f"m{number}", PrimaryContainer={"Image": IMAGE}, ExecutionRoleArn=role)
    first = sagemaker.list_models()
    assert len(first["Models"]) == 10
    sagemaker.create_model(ModelName="newest", PrimaryContainer={"Image": IMAGE}, ExecutionRoleArn=role)
    second = sagemaker.list_models(NextToken=first["NextToken"], MaxResults=100)
    names = [model["ModelName"] for model in first["Models"] + second["Models"]]
    assert sorted(names) == sorted(f"m{number}" for number in range(23))
    assert [
        m["ModelName"] for m in sagemaker.list_models(NameContains="m2", SortBy="Name", SortOrder="Ascending")["Models"]
    ] == ["m2", "m20", "m21", "m22"]
    assert error_of(sagemaker.list_models, NextToken="nonsense")[0] == "ValidationException"


def test_everything_is_there_after_a_restart(cloud, sagemaker, s3, bucket, group):
    package = register(sagemaker, s3, bucket)
    cloud.restart()
    assert sagemaker.describe_model_package(ModelPackageName=package)["ModelPackageVersion"] == 1
    assert register(sagemaker, s3, bucket).endswith("/2")


def test_regions_are_apart(cloud, sagemaker, group):
    assert cloud.client("sagemaker", "eu-west-1").list_model_package_groups()["ModelPackageGroupSummaryList"] == []
