from __future__ import annotations

import dataclasses
import re

import pytest
from mlstack_components.aws.network import Network
from mlstack_components.aws.pipeline_args import MetricDefinition, SpotTraining, TrainStepArgs
from mlstack_components.aws.training_job import TrainingJob, TrainingJobArgs
from mlstack_components.errors import UserError

TYPE = "aws:sagemaker/trainingJob:TrainingJob"
ROLE = "arn:aws:iam::111111111111:role/training"
STEP = TrainStepArgs(
    entry_point="train.py",
    image_uri="141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3",
    instance_type="ml.m5.large",
    hyperparameters={"max_depth": 6, "warm": True, "loss": "log_loss"},
    metric_definitions=(MetricDefinition("f1", "f1=([0-9.]+)"),),
)
SPOT = dataclasses.replace(
    STEP, spot=SpotTraining(max_wait_seconds=172_800), instance_count=2, sharded=True, distribution="mpi"
)


@pytest.fixture
def job(declare, key_arn, tags):
    """Declares a training job."""

    def declared(step=STEP, code="s3://weather/code/0f/sourcedir.tar.gz", **options):
        args = TrainingJobArgs(
            job_name="weather",
            step=step,
            role_arn=ROLE,
            artifact_bucket="weather-artifacts",
            encryption_key_arn=key_arn,
            channels={"code": code, "train": "s3://weather/data/0f/", "test": "s3://weather/data/1f/"},
            tags=tags,
            **options,
        )
        declaration = declare(lambda: TrainingJob("weather", args).model_uri)
        return declaration, declaration.one(TYPE, "weather-training-job").inputs

    return declared


def test_it_is_encrypted_isolated_and_tagged(job, key_arn, tags):
    """CKV_AWS_367 to 371, SageMaker.9 to .13."""
    _, request = job()
    assert request["enableNetworkIsolation"] is True
    assert request["enableInterContainerTrafficEncryption"] is True
    assert request["outputDataConfig"]["kmsKeyId"] == request["resourceConfig"]["volumeKmsKeyId"] == key_arn
    assert request["tags"] == tags
    assert request["roleArn"] == ROLE


def test_its_model_lies_where_it_is_told(job):
    declaration, request = job()
    assert request["outputDataConfig"]["s3OutputPath"] == "s3://weather-artifacts/pipelines/weather"
    name = request["trainingJobName"]
    assert re.fullmatch(r"weather-[0-9a-f]{8}", name)
    assert declaration.result == f"s3://weather-artifacts/pipelines/weather/{name}/output/model.tar.gz"


def test_it_runs_the_script_with_its_hyperparameters(job):
    _, request = job()
    assert request["hyperParameters"] == {
        "sagemaker_submit_directory": "/opt/ml/input/data/code/sourcedir.tar.gz",
        "sagemaker_program": "train.py",
        "max_depth": "6",
        "warm": "true",
        "loss": "log_loss",
    }
    algorithm = request["algorithmSpecification"]
    assert algorithm["metricDefinitions"] == [{"name": "f1", "regex": "f1=([0-9.]+)"}]
    assert "containerEntrypoints" not in algorithm
    assert [each["channelName"] for each in request["inputDataConfigs"]] == ["code", "train", "test"]


def test_it_is_another_job_when_code_data_image_instances_or_hyperparameters_are_others(job):
    changes = [
        {"code": "s3://weather/code/1f/sourcedir.tar.gz"},
        {"step": dataclasses.replace(STEP, hyperparameters={"max_depth": 7})},
        {"step": dataclasses.replace(STEP, image_uri="111111111111.dkr.ecr.eu-west-1.amazonaws.com/own:1")},
        {"step": dataclasses.replace(STEP, instance_type="ml.m5.xlarge")},
        {"step": SPOT},
        {"network": Network(("subnet-1",), ("sg-1",))},
    ]
    names = [job(**change)[1]["trainingJobName"] for change in [{}, *changes]]
    assert len({*names}) == len(names)
    assert job()[1]["trainingJobName"] == names[0]


def test_it_has_every_option_of_a_pipelines_training(job):
    _, request = job(SPOT)
    assert request["enableManagedSpotTraining"] is True
    assert request["stoppingCondition"] == {"maxRuntimeInSeconds": 86_400, "maxWaitTimeInSeconds": 172_800}
    checkpoints = f"s3://weather-artifacts/checkpoints/weather/{request['trainingJobName']}"
    assert request["checkpointConfig"] == {"s3Uri": checkpoints}
    assert request["environment"] == {
        "CHECKPOINT_DIR": "/opt/ml/checkpoints",
        "MASTER_ADDR": "algo-1",
        "MASTER_PORT": "7777",
    }
    assert request["hyperParameters"]["sagemaker_mpi_enabled"] == "true"
    dealt = {
        each["channelName"]: each["dataSource"]["s3DataSource"]["s3DataDistributionType"]
        for each in request["inputDataConfigs"]
    }
    assert dealt == {"code": "FullyReplicated", "train": "ShardedByS3Key", "test": "FullyReplicated"}
    own = dataclasses.replace(STEP, entry_point=None, command=("train", "--fast"), keep_alive_seconds=600)
    _, request = job(own)
    assert request["algorithmSpecification"]["containerEntrypoints"] == ["train", "--fast"]
    assert "sagemaker_program" not in request["hyperParameters"]
    assert request["resourceConfig"]["keepAlivePeriodInSeconds"] == 600


def test_it_joins_a_network(job):
    _, request = job(network=Network(("subnet-1", "subnet-2"), ("sg-1",)))
    assert request["vpcConfig"] == {"securityGroupIds": ["sg-1"], "subnets": ["subnet-1", "subnet-2"]}


def test_a_name_that_leaves_no_room_is_refused(declare, key_arn):
    args = TrainingJobArgs(
        job_name="w" * 55,
        step=STEP,
        role_arn=ROLE,
        artifact_bucket="weather-artifacts",
        encryption_key_arn=key_arn,
        channels={"train": "s3://weather/data/"},
    )
    with pytest.raises(UserError, match="too long"):
        declare(lambda: TrainingJob("weather", args).arn)
