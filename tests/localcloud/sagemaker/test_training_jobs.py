"""Training jobs really run: their contract, their results, their ends."""
# ruff: noqa: PLR0917 - fixtures are arguments

import json
import time

import pytest
from botocore.exceptions import ClientError

TRAIN = """
import json, os, pathlib, sys
print("accuracy=0.5")
print("accuracy=0.75;")
model = pathlib.Path(os.environ["SM_MODEL_DIR"])
(model / "seen.json").write_text(json.dumps({
    "arguments": sys.argv[1:],
    "environment": dict(os.environ),
    "train": sorted(os.listdir(os.environ["SM_CHANNEL_TRAIN"])),
    "hyperparameters": json.load(open(os.environ["SM_INPUT_CONFIG_DIR"] + "/hyperparameters.json")),
    "helper": __import__("helper").VALUE,
}))
(pathlib.Path(os.environ["SM_OUTPUT_DATA_DIR"]) / "extra.txt").write_text("more")
"""


def test_a_script_finds_the_contract_and_leaves_a_model(cloud, sagemaker, s3, bucket, role, submit, jobs, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_SHELL", "leak")
    s3.put_object(Bucket=bucket, Key="train/a.csv", Body=b"1")
    s3.put_object(Bucket=bucket, Key="train/b/c.csv", Body=b"2")
    request = jobs.training_request(bucket, role)
    submit(
        TRAIN,
        InputDataConfig=[*request["InputDataConfig"], jobs.channel("train", f"s3://{bucket}/train")],
        AlgorithmSpecification={
            **request["AlgorithmSpecification"],
            "MetricDefinitions": [{"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}],
        },
        Environment={"WHERE": "/opt/ml/model", "OTHER": "x"},
    )
    job = jobs.trained(sagemaker)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["SecondaryStatus"] == "Completed"
    assert [transition["Status"] for transition in job["SecondaryStatusTransitions"]] == [
        "Starting",
        "Downloading",
        "Training",
        "Uploading",
        "Completed",
    ]
    assert [(metric["MetricName"], metric["Value"]) for metric in job["FinalMetricDataList"]] == [("accuracy", 0.75)]
    uri = job["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == f"s3://{bucket}/models/job/output/model.tar.gz"
    seen = json.loads(jobs.artifact(s3, uri)["seen.json"])
    assert seen["arguments"] == ["--max_depth", "6"]
    assert seen["train"] == ["a.csv", "b"]
    assert seen["helper"] == 7
    assert seen["hyperparameters"]["max_depth"] == "6"
    environment = seen["environment"]
    assert environment["WHERE"] == environment["SM_MODEL_DIR"] == environment["SAGEMAKER_BASE_DIR"] + "/model"
    assert environment["SM_HP_MAX_DEPTH"] == "6"
    assert json.loads(environment["SM_HPS"]) == {"max_depth": 6}
    assert environment["AWS_ENDPOINT_URL"] == cloud.url
    assert environment["AWS_SESSION_TOKEN"]
    assert "SECRET_OF_THE_SHELL" not in environment
    assert jobs.artifact(s3, uri.replace("model.tar.gz", "output.tar.gz")) == {"extra.txt": b"more"}
    assert jobs.log_lines(cloud, "/aws/sagemaker/TrainingJobs", "job/algo-1-") == ["accuracy=0.5", "accuracy=0.75;"]
    statuses = [
        (event["detail"]["TrainingJobStatus"], event["detail"]["SecondaryStatus"])
        for event in cloud.events.of("SageMaker Training Job State Change")
    ]
    assert statuses[0] == ("InProgress", "Starting")
    assert statuses[-1] == ("Completed", "Completed")


def test_an_isolated_job_has_no_keys(sagemaker, s3, bucket, submit, jobs):
    submit(
        "import os, pathlib\n"
        "keys = [name for name in os.environ if 'KEY' in name or 'ENDPOINT' in name]\n"
        "pathlib.Path(os.environ['SM_MODEL_DIR'], 'keys').write_text(','.join(keys))",
        EnableNetworkIsolation=True,
    )
    job = jobs.trained(sagemaker)
    assert jobs.artifact(s3, job["ModelArtifacts"]["S3ModelArtifacts"]) == {"keys": b""}


def test_a_failing_script_says_why_with_its_last_lines(cloud, sagemaker, s3, bucket, submit, jobs):
    submit("print('about to fail')\nraise ValueError('no such column: rain')")
    job = jobs.trained(sagemaker)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Failed", "Failed")
    assert job["FailureReason"].startswith("AlgorithmError: ExecuteUserScriptError:\nExitCode 1\n")
    assert "no such column: rain" in job["FailureReason"]
    assert job["FailureReason"].endswith("exit code: 1")
    assert len(job["FailureReason"]) <= 1024
    assert "about to fail" in jobs.log_lines(cloud, "/aws/sagemaker/TrainingJobs", "job/")
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix="models/")


def test_the_failure_file_wins_over_the_log(sagemaker, submit, jobs):
    submit(
        "import os, pathlib, sys\n"
        "pathlib.Path(os.environ['SM_OUTPUT_DIR'], 'failure').write_text('the label is missing')\n"
        "print('noise')\nsys.exit(3)"
    )
    reason = jobs.trained(sagemaker)["FailureReason"]
    assert '"the label is missing"' in reason
    assert "noise" not in reason
    assert reason.endswith("exit code: 3")


def test_missing_data_fails_the_job_and_is_logged(cloud, sagemaker, bucket, role, submit, jobs):
    request = jobs.training_request(bucket, role)
    submit("", InputDataConfig=[*request["InputDataConfig"], jobs.channel("train", f"s3://{bucket}/nothing")])
    job = jobs.trained(sagemaker)
    assert job["FailureReason"].startswith("ClientError: No S3 objects found under S3 URL")
    assert any("No S3 objects" in line for line in jobs.log_lines(cloud, "/aws/sagemaker/TrainingJobs", "job/"))


def test_a_stopped_job_keeps_its_model_and_leaves_no_process(sagemaker, s3, submit, jobs):
    submit(
        "import os, pathlib, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '300'])\n"
        "pathlib.Path(os.environ['SM_MODEL_DIR'], 'pids').write_text(f'{os.getpid()} {child.pid}')\n"
        "print('ready', flush=True)\ntime.sleep(300)"
    )
    jobs.until(lambda: sagemaker.describe_training_job(TrainingJobName="job"), "SecondaryStatus", {"Training"})
    time.sleep(1)
    sagemaker.stop_training_job(TrainingJobName="job")
    job = jobs.trained(sagemaker)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    pids = [int(pid) for pid in jobs.artifact(s3, job["ModelArtifacts"]["S3ModelArtifacts"])["pids"].split()]
    assert len(pids) == 2
    assert all(jobs.ended(pid) for pid in pids)
    with pytest.raises(ClientError, match="status Stopped"):
        sagemaker.stop_training_job(TrainingJobName="job")


def test_a_job_ends_with_its_time(sagemaker, submit, jobs):
    submit("import time\ntime.sleep(60)", StoppingCondition={"MaxRuntimeInSeconds": 1})
    job = jobs.trained(sagemaker)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_requirements_are_installed_once(cloud, sagemaker, s3, bucket, submit, jobs, environments):
    script = "import os, pathlib, six\npathlib.Path(os.environ['SM_MODEL_DIR'], 'at').write_text(six.__file__)"
    before = set(environments.glob("environments/*/.complete"))
    for name in ("one", "two"):
        submit(script, name, files={"requirements.txt": "# what it needs\nsix>=1.16 # comment\n"})
        job = jobs.trained(sagemaker, name)
        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    made = set(environments.glob("environments/*/.complete")) - before
    assert len(made) == 1
    at = jobs.artifact(s3, job["ModelArtifacts"]["S3ModelArtifacts"])["at"].decode()
    assert at.startswith(str(made.pop().parent))


def test_requirements_that_cannot_be_had_fail_the_job(sagemaker, submit, jobs):
    submit("", files={"requirements.txt": "six==0.0.0.0.1\n"})
    reason = jobs.trained(sagemaker)["FailureReason"]
    assert reason.startswith("ClientError: The Python environment could not be made from requirements.txt")
    assert "six" in reason


def test_a_hostile_archive_is_not_unpacked(sagemaker, submit, jobs, tmp_path):
    submit("", files={"../../outside.py": "evil"})
    job = jobs.trained(sagemaker)
    assert job["FailureReason"].startswith("ClientError: The code in /opt/ml/input/data/code/sourcedir.tar.gz cannot")
    assert not list(tmp_path.rglob("outside.py"))


def test_an_absolute_path_in_an_archive_stays_inside(sagemaker, submit, jobs, tmp_path):
    submit("", files={str(tmp_path / "outside.py"): "evil"})
    assert jobs.trained(sagemaker)["TrainingJobStatus"] == "Completed"
    assert not (tmp_path / "outside.py").exists()


def test_a_name_is_taken_once(sagemaker, submit, jobs):
    submit("")
    with pytest.raises(ClientError, match="Job name must be unique") as caught:
        submit("")
    assert caught.value.response["Error"]["Code"] == "ResourceInUse"
    jobs.trained(sagemaker)


def test_a_job_that_ran_when_the_service_ended_has_failed(cloud, sagemaker, submit, jobs):
    submit("import time\ntime.sleep(60)")
    jobs.until(lambda: sagemaker.describe_training_job(TrainingJobName="job"), "SecondaryStatus", {"Training"})
    cloud.restart()
    job = sagemaker.describe_training_job(TrainingJobName="job")
    assert job["TrainingJobStatus"] == "Failed"
    assert "local cloud ended" in job["FailureReason"]


def test_jobs_are_listed_by_status(sagemaker, submit, jobs):
    submit("", "good")
    jobs.trained(sagemaker, "good")
    submit("raise SystemExit(1)", "bad")
    jobs.trained(sagemaker, "bad")
    failed = sagemaker.list_training_jobs(StatusEquals="Failed")["TrainingJobSummaries"]
    assert [job["TrainingJobName"] for job in failed] == ["bad"]


def test_what_is_not_supported_is_refused_by_name(sagemaker, submit):
    rule = {"RuleConfigurationName": "rule", "RuleEvaluatorImage": "image"}
    with pytest.raises(ClientError, match="The local cloud does not support DebugRuleConfigurations"):
        submit("", DebugRuleConfigurations=[rule])
    assert sagemaker.list_training_jobs()["TrainingJobSummaries"] == []
