"""Processing jobs really run between S3 and S3."""
# ruff: noqa: PLR0917 - fixtures are arguments

import pytest
from botocore.exceptions import ClientError


def submit(sagemaker, jobs, bucket, role, script, **changes):
    return sagemaker.create_processing_job(**jobs.processing_request(bucket, role, script, **changes))


def test_inputs_become_outputs(cloud, sagemaker, s3, bucket, role, jobs):
    s3.put_object(Bucket=bucket, Key="data/weather.csv", Body=b"rain\n")
    script = (
        'echo "$@"; cat "$2/weather.csv"; mkdir -p /opt/ml/processing/output/train/deep; '
        "tr a-z A-Z < /opt/ml/processing/input/data/weather.csv > /opt/ml/processing/output/train/deep/up.csv; "
        "echo fine > /opt/ml/output/message"
    )
    submit(sagemaker, jobs, bucket, role, script)
    job = jobs.processed(sagemaker)
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["ExitMessage"] == "fine"
    assert job["ProcessingEndTime"] >= job["ProcessingStartTime"]
    assert s3.get_object(Bucket=bucket, Key="out/train/deep/up.csv")["Body"].read() == b"RAIN\n"
    lines = jobs.log_lines(cloud, "/aws/sagemaker/ProcessingJobs", "job/algo-1-")
    assert lines[0].startswith("--input ")
    assert lines[0].endswith("/processing/input/data")
    assert lines[1] == "rain"
    statuses = [
        event["detail"]["ProcessingJobStatus"] for event in cloud.events.of("SageMaker Processing Job State Change")
    ]
    assert (statuses[0], statuses[-1]) == ("InProgress", "Completed")


def test_code_in_an_archive_brings_its_requirements(sagemaker, s3, bucket, role, jobs):
    code = jobs.archive({"requirements.txt": "six", "prepare.py": "import six; print(six.__name__)"})
    s3.put_object(Bucket=bucket, Key="code/sourcedir.tar.gz", Body=code)
    s3.put_object(Bucket=bucket, Key="data/a", Body=b"")
    request = jobs.processing_request(
        bucket,
        role,
        "cd /opt/ml/processing/input/code && tar xzf sourcedir.tar.gz && exec python3 prepare.py",
    )
    request["ProcessingInputs"].append(
        {
            "InputName": "code",
            "S3Input": {
                "S3Uri": f"s3://{bucket}/code/sourcedir.tar.gz",
                "LocalPath": "/opt/ml/processing/input/code",
                "S3DataType": "S3Prefix",
            },
        }
    )
    sagemaker.create_processing_job(**request)
    job = jobs.processed(sagemaker)
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")


def test_a_failing_script_says_why_and_leaves_nothing(sagemaker, s3, bucket, role, jobs):
    s3.put_object(Bucket=bucket, Key="data/a", Body=b"")
    submit(
        sagemaker,
        jobs,
        bucket,
        role,
        "echo x > /opt/ml/processing/output/train/x; echo 'no rain here' >&2; exit 4",
    )
    job = jobs.processed(sagemaker)
    assert job["ProcessingJobStatus"] == "Failed"
    assert "no rain here" in job["FailureReason"]
    assert job["FailureReason"].endswith("exit code: 4")
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix="out/")


def test_a_stopped_job_is_stopped(sagemaker, s3, bucket, role, jobs):
    s3.put_object(Bucket=bucket, Key="data/a", Body=b"")
    submit(sagemaker, jobs, bucket, role, "sleep 300")
    jobs.until(
        lambda: {"started": "ProcessingStartTime" in sagemaker.describe_processing_job(ProcessingJobName="job")},
        "started",
        {True},
    )
    sagemaker.stop_processing_job(ProcessingJobName="job")
    assert jobs.processed(sagemaker)["ProcessingJobStatus"] == "Stopped"


def test_what_is_not_there_is_not_found(sagemaker):
    with pytest.raises(ClientError, match="Could not find requested job with name: none"):
        sagemaker.describe_processing_job(ProcessingJobName="none")
