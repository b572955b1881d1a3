"""Managed spot training: checkpoints that S3 has while the job runs, and a job that goes on from them."""
# ruff: noqa: PLR0917 - fixtures are arguments

import json
import time

import pytest
from botocore.exceptions import ClientError

SPOT = {
    "EnableManagedSpotTraining": True,
    "StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 120},
    "Environment": {"CHECKPOINT_DIR": "/opt/ml/checkpoints"},
}
# Counts to three, one checkpoint a step; a first run waits at two until it is taken away.
COUNTS = """
import os, pathlib, time
folder = pathlib.Path(os.environ["CHECKPOINT_DIR"])
found = sorted(int(path.stem) for path in folder.glob("*.step"))
print("found", found, flush=True)
for step in range(max(found, default=0) + 1, 4):
    (folder / f"{step}.step").write_text(str(step))
    (folder / f"{step - 2}.step").unlink(missing_ok=True)
    if step == 2 and not found:
        time.sleep(60)
pathlib.Path(os.environ["SM_MODEL_DIR"], "found").write_text(str(found))
"""


@pytest.fixture
def spot(submit, bucket):
    def spot(script, name="job", **changes):
        checkpoints = {"CheckpointConfig": {"S3Uri": f"s3://{bucket}/checkpoints/{name}"}}
        return submit(script, name, **{**SPOT, **checkpoints, **changes})

    return spot


def kept(s3, bucket, name="job"):
    found = s3.list_objects_v2(Bucket=bucket, Prefix=f"checkpoints/{name}/").get("Contents", [])
    return sorted(each["Key"].rsplit("/", 1)[1] for each in found)


def until_kept(s3, bucket, wanted, name="job"):
    deadline = time.monotonic() + 30
    while kept(s3, bucket, name) != wanted:
        assert time.monotonic() < deadline, kept(s3, bucket, name)
        time.sleep(0.05)


def test_checkpoints_are_in_s3_while_the_job_runs_and_deleted_there_as_well(sagemaker, s3, bucket, spot, jobs):
    spot(COUNTS)
    until_kept(s3, bucket, ["1.step", "2.step"])
    assert sagemaker.describe_training_job(TrainingJobName="job")["SecondaryStatus"] == "Training"
    sagemaker.stop_training_job(TrainingJobName="job")
    jobs.trained(sagemaker)


def test_a_job_begins_with_what_s3_has(sagemaker, s3, bucket, spot, jobs):
    s3.put_object(Bucket=bucket, Key="checkpoints/job/2.step", Body=b"2")
    spot(COUNTS)
    job = jobs.trained(sagemaker)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert jobs.artifact(s3, job["ModelArtifacts"]["S3ModelArtifacts"]) == {"found": b"[2]"}
    assert kept(s3, bucket) == ["2.step", "3.step"]


def test_an_interrupted_job_goes_on_from_its_checkpoint(cloud, sagemaker, s3, bucket, spot, jobs):
    spot(COUNTS)
    until_kept(s3, bucket, ["1.step", "2.step"])
    cloud.restart()
    job = jobs.trained(sagemaker)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert jobs.artifact(s3, job["ModelArtifacts"]["S3ModelArtifacts"]) == {"found": b"[1, 2]"}
    states = [each["Status"] for each in job["SecondaryStatusTransitions"]]
    once = ["Starting", "Downloading", "Training"]
    assert states == [*once, "Interrupted", *once, "Uploading", "Completed"]
    assert kept(s3, bucket) == ["2.step", "3.step"]


def test_what_is_billed_is_the_time_with_instances(cloud, sagemaker, s3, bucket, spot, jobs):
    spot(COUNTS)
    until_kept(s3, bucket, ["1.step", "2.step"])
    cloud.sagemaker.close()
    time.sleep(4)
    cloud.restart()
    job = jobs.trained(sagemaker)
    assert job["TrainingTimeInSeconds"] - job["BillableTimeInSeconds"] >= 3


@pytest.mark.parametrize("left_out", ["EnableManagedSpotTraining", "CheckpointConfig"])
def test_other_jobs_have_failed_when_the_daemon_ended(cloud, sagemaker, bucket, submit, jobs, left_out):
    options = {**SPOT, "CheckpointConfig": {"S3Uri": f"s3://{bucket}/checkpoints/job"}}
    del options[left_out]
    if left_out == "EnableManagedSpotTraining":
        options["StoppingCondition"] = {"MaxRuntimeInSeconds": 60}
    submit("import time\ntime.sleep(60)", **options)
    jobs.until(lambda: sagemaker.describe_training_job(TrainingJobName="job"), "SecondaryStatus", {"Training"})
    cloud.restart()
    assert "local cloud ended" in sagemaker.describe_training_job(TrainingJobName="job")["FailureReason"]


def test_an_interrupted_job_whose_wait_is_over_stops(cloud, sagemaker, s3, bucket, spot, jobs):
    spot(COUNTS, StoppingCondition={"MaxRuntimeInSeconds": 5, "MaxWaitTimeInSeconds": 5})
    until_kept(s3, bucket, ["1.step", "2.step"])
    cloud.sagemaker.close()
    time.sleep(5)
    cloud.restart()
    job = jobs.trained(sagemaker)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxWaitTimeExceeded")


def test_a_job_that_may_not_keep_checkpoints_fails(cloud, sagemaker, bucket, spot, jobs):
    iam = cloud.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName="no-checkpoints",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    statements = [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/checkpoints/*"},
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName="no-checkpoints", PolicyName="most", PolicyDocument=document)
    spot("import os, pathlib\npathlib.Path(os.environ['CHECKPOINT_DIR'], 'a').write_text('a')", RoleArn=role)
    reason = jobs.trained(sagemaker)["FailureReason"]
    assert "checkpoints/job/a" in reason
    assert "s3:PutObject" in reason


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 60}}, "MaxWaitTimeInSeconds is needed"),
        (
            {"StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 59}},
            "equal to or greater than MaxRuntimeInSeconds",
        ),
        ({"EnableManagedSpotTraining": False}, "with EnableManagedSpotTraining only"),
        (
            {"CheckpointConfig": {"S3Uri": "s3://bucket/a", "LocalPath": "/var/checkpoints"}},
            "does not support checkpoints outside of /opt/ml",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(sagemaker, spot, changes, message):
    with pytest.raises(ClientError, match=message):
        spot("", **changes)
    assert sagemaker.list_training_jobs()["TrainingJobSummaries"] == []
