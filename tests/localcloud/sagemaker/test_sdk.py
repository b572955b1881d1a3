"""The sagemaker SDK as a client: its ModelTrainer trains in the local cloud."""

import os
import subprocess
import sys

import pytest
from mlstack_localcloud import control

# IAM's simulator is nothing that the local cloud has; without it the SDK cannot check the role before it uses it.
PROGRAM = """
import json
import sys
import boto3
import sagemaker.core.helper.iam_role_resolver as resolver
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.training.configs import Compute, InputData, SourceCode
from sagemaker.train.model_trainer import ModelTrainer

resolver._simulate_denied_actions = lambda *_: ([], [])
image, source = sys.argv[1:]
session = boto3.Session(region_name="us-east-1")
statement = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
role = session.client("iam").create_role(RoleName="training", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
anything = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
session.client("iam").put_role_policy(RoleName="training", PolicyName="s3", PolicyDocument=anything)
session.client("s3").create_bucket(Bucket="sdk-bucket")
session.client("s3").put_object(Bucket="sdk-bucket", Key="train/a.csv", Body=b"1")
trainer = ModelTrainer(
    sagemaker_session=Session(boto_session=session, default_bucket="sdk-bucket"),
    role=role,
    training_image=image,
    base_job_name="sdk",
    source_code=SourceCode(source_dir=source, entry_script="train.py"),
    compute=Compute(instance_type="ml.m5.large", instance_count=1),
    hyperparameters={"max_depth": 6},
)
data = InputData(channel_name="train", data_source="s3://sdk-bucket/train")
trainer.train(input_data_config=[data], wait=True, logs=False)
sagemaker = session.client("sagemaker")
(job,) = sagemaker.list_training_jobs()["TrainingJobSummaries"]
artifacts = sagemaker.describe_training_job(TrainingJobName=job["TrainingJobName"])["ModelArtifacts"]
bucket, key = artifacts["S3ModelArtifacts"].removeprefix("s3://").split("/", 1)
print("RESULT", job["TrainingJobStatus"], session.client("s3").head_object(Bucket=bucket, Key=key)["ContentLength"] > 0)
"""
TRAIN = """
import argparse, os, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--max_depth", type=int)
assert parser.parse_args().max_depth == 6
assert os.listdir(os.environ["SM_CHANNEL_TRAIN"]) == ["a.csv"]
pathlib.Path(os.environ["SM_MODEL_DIR"], "model.txt").write_text("a model")
"""
NO_TELEMETRY = "SchemaVersion: '1.0'\nSageMaker:\n  PythonSDK:\n    Modules:\n      TelemetryOptOut: true\n"


@pytest.mark.slow
def test_a_model_trainer_trains(tmp_path, jobs):
    home, source = tmp_path / "mlstack", tmp_path / "src"
    source.mkdir()
    (source / "train.py").write_text(TRAIN)
    (tmp_path / "sdk.yaml").write_text(NO_TELEMETRY)
    control.start(home)
    try:
        variables = {name: value for name, value in control.client_environment(home).items() if value is not None}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, jobs.IMAGE, str(source)],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "SAGEMAKER_USER_CONFIG_OVERRIDE": str(tmp_path / "sdk.yaml"),
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        control.stop(home)
    assert "RESULT Completed True" in done.stdout, done.stdout[-2000:] + done.stderr[-2000:]
