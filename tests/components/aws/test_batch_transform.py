"""Batches of predictions: their resources, their roles' rights, and a definition that SageMaker takes."""

import dataclasses
import json

import pytest
from mlstack_components.aws.batch_definition import BatchDefinitionArgs, batch_definition
from mlstack_components.aws.batch_transform import BatchTransform, BatchTransformArgs, TransformArgs, new_data_pattern
from mlstack_components.aws.job_policies import job_policy
from mlstack_components.aws.job_policy_args import JobKind, JobPolicyArgs
from mlstack_components.aws.network import Network
from mlstack_components.aws.transform_access import TransformAccess
from mlstack_localcloud.provider.pipeline_requests import step_problems
from mlstack_localcloud.provider.service_models import ServiceModel

PACKAGE = "arn:aws:sagemaker:eu-west-1:111111111111:model-package/weather-dev/3"
PIPELINE_ARN = "arn:aws:sagemaker:eu-west-1:111111111111:pipeline/weather-dev-batch"
BOUNDARY = "arn:aws:iam::111111111111:policy/boundary"
RULE, TARGET = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"
PIPELINE, MODEL = "aws:sagemaker/pipeline:Pipeline", "aws:sagemaker/model:Model"
NOTIFICATION, ROLE = "aws:s3/bucketNotification:BucketNotification", "aws:iam/role:Role"
POLICY = "aws:iam/rolePolicy:RolePolicy"


@pytest.fixture
def batch(declare, placement, key_arn, tags):
    """Declares batches."""

    def declared(**options):
        settings = {
            "placement": placement,
            "pipeline_name": "weather-dev-batch",
            "model_package_arn": PACKAGE,
            "role_arn": "arn:aws:iam::111111111111:role/serving",
            "encryption_key_arn": key_arn,
            "transform": TransformArgs(instance_type="ml.m5.large"),
            "data_bucket": "weather-data",
            "prefix": "incoming/",
            "schedule": "0 6 * * MON-FRI",
            "on_new_data": True,
            "permissions_boundary_arn": BOUNDARY,
            "tags": tags,
            "release_tags": {"mlstack:commit": "abc"},
        }
        args = BatchTransformArgs(**{**settings, **options})

        def program():
            made = BatchTransform("weather-dev", args)
            return {"pipeline": made.pipeline_name, "model": made.model_name, "output": made.output_uri}

        return declare(program)

    return declared


def definition_of(declared):
    return json.loads(declared.one(PIPELINE).inputs["pipelineDefinition"])


def test_the_released_model_scores_the_source(batch, tags, key_arn):
    declared = batch()
    model = declared.one(MODEL, "weather-dev-model")
    assert model.inputs["primaryContainer"] == {"modelPackageName": PACKAGE}
    assert model.inputs["enableNetworkIsolation"] is True
    assert model.retain_on_delete, "a batch that runs may still need it"
    pipeline = declared.one(PIPELINE, "weather-dev-batch")
    assert pipeline.inputs["roleArn"] == "arn:aws:made:::weather-dev-batch-pipeline"
    assert pipeline.inputs["tags"] == {**tags, "mlstack:commit": "abc"}
    definition = definition_of(declared)
    assert {each["Name"]: each["DefaultValue"] for each in definition["Parameters"]} == {
        "InputBucket": "weather-data",
        "InputKey": "incoming/",
        "OutputUri": "s3://weather-data/predictions/weather-dev-batch",
    }
    request = definition["Steps"][0]["Arguments"]
    assert request["ModelName"] == "weather-dev-model"
    assert request["TransformOutput"]["KmsKeyId"] == key_arn
    assert request["TransformResources"]["VolumeKmsKeyId"] == key_arn
    assert declared.result == {
        "pipeline": "weather-dev-batch",
        "model": "weather-dev-model",
        "output": "s3://weather-data/predictions/weather-dev-batch",
    }


def test_before_the_first_release_all_that_needs_no_model_is_there(batch):
    declared = batch(model_package_arn=None)
    assert declared.types == sorted([ROLE, POLICY] * 2 + [NOTIFICATION])
    assert declared.result["pipeline"] is None


def test_the_schedule_starts_the_pipeline_with_its_defaults(batch):
    declared = batch()
    rule = declared.one(RULE, "weather-dev-batch-schedule")
    assert rule.inputs["scheduleExpression"] == "cron(0 6 ? * MON-FRI *)"
    target = declared.one(TARGET, "weather-dev-batch-schedule-target").inputs
    assert target["roleArn"] == "arn:aws:made:::weather-dev-batch-start"
    assert target["arn"] == "arn:aws:made:::weather-dev-batch"
    assert "sagemakerPipelineTarget" not in target


def test_new_data_is_scored_by_its_own_name(batch):
    declared = batch()
    assert declared.one(NOTIFICATION).inputs == {"bucket": "weather-data", "eventbridge": True}
    rule = declared.one(RULE, "weather-dev-new-data")
    assert json.loads(rule.inputs["eventPattern"]) == new_data_pattern("weather-data", "incoming/")
    target = declared.one(TARGET, "weather-dev-new-data-target").inputs
    assert target["sagemakerPipelineTarget"] == {
        "pipelineParameterLists": [
            {"name": "InputBucket", "value": "$.detail.bucket.name"},
            {"name": "InputKey", "value": "$.detail.object.key"},
        ]
    }


def test_an_event_that_starts_nothing_waits_in_an_encrypted_queue(batch, key_arn):
    """SECURITY: a dead-letter queue on every target."""
    declared = batch()
    queue = declared.one("aws:sqs/queue:Queue", "weather-dev-batch-undelivered")
    assert queue.inputs["kmsMasterKeyId"] == key_arn
    for target in declared.all(TARGET):
        assert target.inputs["deadLetterConfig"] == {"arn": "arn:aws:made:::weather-dev-batch-undelivered"}
    policy = json.loads(declared.one("aws:sqs/queuePolicy:QueuePolicy").inputs["policy"])
    allowed = next(each for each in policy["Statement"] if each["Effect"] == "Allow")
    assert allowed["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        "arn:aws:made:::weather-dev-batch-schedule",
        "arn:aws:made:::weather-dev-new-data",
    ]


def test_what_nothing_starts_has_no_rule_and_no_role_for_it(batch):
    declared = batch(schedule=None, on_new_data=False)
    assert declared.types == sorted([ROLE, POLICY, MODEL, PIPELINE])


def test_a_source_in_another_bucket(batch):
    defaults = {each["Name"]: each["DefaultValue"] for each in definition_of(batch(source_bucket="lake"))["Parameters"]}
    assert defaults["InputBucket"] == "lake"
    assert defaults["OutputUri"].startswith("s3://weather-data/predictions/")


def test_the_model_is_in_the_network(batch):
    network = Network(("subnet-0a",), ("sg-0a",))
    assert batch(network=network).one(MODEL).inputs["vpcConfig"] == {
        "subnets": ["subnet-0a"],
        "securityGroupIds": ["sg-0a"],
    }


def test_roles_are_assumed_by_their_service_on_behalf_of_this_account(batch, tags):
    """SECURITY: trust policies with aws:SourceAccount and aws:SourceArn; boundary; tags."""
    declared = batch()
    trusted = {
        "weather-dev-batch-pipeline": ("sagemaker", "arn:aws:sagemaker:eu-west-1:111111111111:*"),
        "weather-dev-batch-start": ("events", "arn:aws:events:eu-west-1:111111111111:rule/weather-dev-*"),
    }
    for name, (service, source) in trusted.items():
        role = declared.one(ROLE, name).inputs
        (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
        assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "111111111111"},
            "ArnLike": {"aws:SourceArn": [source]},
        }
        assert (role["permissionsBoundary"], role["tags"]) == (BOUNDARY, tags)


def test_roles_may_do_what_they_are_for_and_nothing_else(batch):
    declared = batch()
    jobs = "arn:aws:sagemaker:eu-west-1:111111111111:transform-job/pipelines-*"
    allowed = {
        name: {
            (action, tuple(each["Resource"]))
            for each in json.loads(declared.one(POLICY, f"{name}-policy").inputs["policy"])["Statement"]
            for action in each["Action"]
        }
        for name in ("weather-dev-batch-pipeline", "weather-dev-batch-start")
    }
    operations = ("AddTags", "CreateTransformJob", "DescribeTransformJob", "ListTags", "StopTransformJob")
    assert allowed == {
        "weather-dev-batch-pipeline": {(f"sagemaker:{operation}", (jobs,)) for operation in operations},
        "weather-dev-batch-start": {("sagemaker:StartPipelineExecution", (PIPELINE_ARN,))},
    }


def serving_policy(placement, key_arn, access):
    args = JobPolicyArgs(
        placement=placement,
        encryption_key_arn=key_arn,
        data_bucket_arn="arn:aws:s3:::weather-data",
        artifact_bucket_arn="arn:aws:s3:::weather-artifacts",
        image_repository_arns=(),
        pipeline_name="weather-dev",
        transform=access,
    )
    return {each["Sid"]: each for each in json.loads(job_policy(JobKind.SERVING, args))["Statement"]}


def test_the_models_role_reads_the_source_and_writes_predictions(placement, key_arn):
    statements = serving_policy(placement, key_arn, TransformAccess(prefix="incoming/", bucket="lake"))
    assert statements["ListData"]["Resource"] == ["arn:aws:s3:::lake", "arn:aws:s3:::weather-data"]
    assert statements["ReadData"]["Resource"] == [
        "arn:aws:s3:::lake/incoming/*",
        "arn:aws:s3:::weather-data/runs/score/*",
    ]
    assert statements["WritePredictions"]["Resource"] == ["arn:aws:s3:::weather-data/predictions/*"]
    assert "kms:GenerateDataKey" in statements["UseKey"]["Action"]
    assert statements["WriteLogs"]["Resource"][0].endswith("log-group:/aws/sagemaker/TransformJobs")


def test_a_model_that_serves_calls_may_do_none_of_it(placement, key_arn):
    statements = serving_policy(placement, key_arn, None)
    assert not {"ListData", "ReadData", "WritePredictions"} & statements.keys()
    assert "kms:GenerateDataKey" not in statements["UseKey"]["Action"]


WHOLE = BatchDefinitionArgs(
    model_name="weather-dev-model-0a",
    input_bucket="weather-data",
    input_key="incoming/",
    output_uri="s3://weather-data/predictions/weather-dev-batch",
    encryption_key_arn="arn:aws:kms:eu-west-1:111111111111:key/0f0f0f0f",
    transform=TransformArgs(instance_type="ml.m5.large", max_concurrent=4, max_payload_megabytes=8, join_input=True),
)
VARIANTS = {
    "by line": WHOLE,
    "by file": dataclasses.replace(WHOLE, transform=TransformArgs(instance_type="ml.m5.large", split="none")),
    "images": dataclasses.replace(
        WHOLE, transform=TransformArgs(instance_type="ml.m5.large", split="none", content_type="image/png")
    ),
    "on disks of their own": dataclasses.replace(WHOLE, transform=TransformArgs(instance_type="ml.g4dn.xlarge")),
}


def refused(definition):
    model = ServiceModel("sagemaker")
    problems = step_problems(definition, lambda operation: model.operation_model(operation).input_shape)
    return {problem.path: problem.reason for problem in problems}


@pytest.mark.parametrize("variant", VARIANTS)
def test_sagemaker_takes_the_request(variant):
    assert refused(batch_definition(VARIANTS[variant])) == {}


def test_the_check_itself_notices_what_sagemaker_refuses():
    wrong = dataclasses.replace(WHOLE, transform=TransformArgs(instance_type="ml.m5.small", instance_count=0))
    found = refused(batch_definition(wrong))
    assert "ml.m5.small" in found["Steps.transform.Arguments.TransformResources.InstanceType"]
    assert "Steps.transform.Arguments.TransformResources.InstanceCount" in found


def test_what_a_request_holds():
    requests = {name: batch_definition(each)["Steps"][0]["Arguments"] for name, each in VARIANTS.items()}
    assert requests["by line"]["BatchStrategy"] == "MultiRecord"
    assert requests["by line"]["TransformOutput"]["AssembleWith"] == "Line"
    assert requests["by line"]["DataProcessing"] == {"JoinSource": "Input"}
    assert "BatchStrategy" not in requests["by file"]
    assert requests["by file"]["TransformInput"]["SplitType"] == "None"
    assert requests["by file"]["TransformOutput"]["Accept"] == "text/csv"
    assert "Accept" not in requests["images"]["TransformOutput"]
    assert "VolumeKmsKeyId" not in requests["on disks of their own"]["TransformResources"]
