"""Transform jobs: files in S3 are scored by a model that really runs, and the predictions lie beside their names."""

import gzip
import json
import time

import pytest
from botocore.exceptions import ClientError

SERVE = """
import os, time
def model_fn(model_dir):
    print("loading")
    print("batch", os.environ["SAGEMAKER_BATCH"], os.environ["SAGEMAKER_BATCH_STRATEGY"])
    return int(open(os.path.join(model_dir, "factor.txt")).read()) * int(os.environ.get("TIMES", "1"))
def input_fn(body, content_type):
    if content_type != "text/csv":
        return body
    return [[float(cell) for cell in line.split(",")] for line in body.splitlines()]
def predict_fn(rows, factor):
    if isinstance(rows, str):
        return [len(rows) * factor]
    if os.environ.get("SLOW"):
        time.sleep(float(os.environ["SLOW"]))
    print("request of", len(rows))
    return [sum(row) * factor for row in rows]
def output_fn(predictions, accept):
    return "\\n".join(str(int(each)) for each in predictions), "text/csv"
"""
GROUP = "/aws/sagemaker/TransformJobs"


class Scores:
    """A model, and transform jobs of it."""

    def __init__(self, cloud, bucket, role, jobs):
        self.cloud, self.bucket, self.jobs = cloud, bucket, jobs
        self.sagemaker, self.s3 = cloud.client("sagemaker"), cloud.client("s3")
        self.put("model.tar.gz", jobs.archive({"factor.txt": "10", "code/serve.py": SERVE}))
        container = {
            "Image": jobs.IMAGE,
            "ModelDataUrl": f"s3://{bucket}/model.tar.gz",
            "Environment": {"SAGEMAKER_PROGRAM": "serve.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"},
        }
        self.sagemaker.create_model(ModelName="sums", ExecutionRoleArn=role, PrimaryContainer=container)

    def put(self, key, body):
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def request(self, name="job", key="in/", split="Line", given=None, output=None, **changes):
        source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{self.bucket}/{key}"}
        return {
            "TransformJobName": name,
            "ModelName": "sums",
            "TransformInput": {
                "DataSource": {"S3DataSource": source},
                "ContentType": "text/csv",
                "SplitType": split,
                **(given or {}),
            },
            "TransformOutput": {
                "S3OutputPath": f"s3://{self.bucket}/out",
                "AssembleWith": split,
                "Accept": "text/csv",
                **(output or {}),
            },
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
            **changes,
        }

    def start(self, *arguments, **changes):
        return self.sagemaker.create_transform_job(**self.request(*arguments, **changes))

    def ended(self, name="job", seconds=60):
        return self.jobs.until(
            lambda: self.sagemaker.describe_transform_job(TransformJobName=name),
            "TransformJobStatus",
            {"Completed", "Failed", "Stopped"},
            seconds,
        )

    def run(self, *arguments, **changes):
        self.start(*arguments, **changes)
        return self.ended()

    def outputs(self):
        keys = [each["Key"] for each in self.s3.list_objects_v2(Bucket=self.bucket, Prefix="out").get("Contents", [])]
        return {key: self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys}

    def log(self):
        return self.jobs.log_lines(self.cloud, GROUP, "job/")


@pytest.fixture
def scores(cloud, bucket, role, jobs):
    return Scores(cloud, bucket, role, jobs)


def test_every_object_is_scored_under_its_own_name(scores, cloud):
    scores.put("in/a.csv", b"1,2\n3,4\n")
    scores.put("in/more/b.csv", b"5,6")
    described = scores.run()
    assert described["TransformJobStatus"] == "Completed", described
    assert scores.outputs() == {"out/a.csv.out": b"30\n70\n", "out/more/b.csv.out": b"110\n"}
    assert described["ModelName"] == "sums"
    assert described["CreationTime"] <= described["TransformStartTime"] <= described["TransformEndTime"]
    assert "RoleArn" not in described
    assert scores.log()[:2] == ["loading", "batch true MULTI_RECORD"]
    assert scores.log().count("loading") == 1
    details = [event["detail"] for event in cloud.events.of("SageMaker Transform Job State Change")]
    assert [each["TransformJobStatus"] for each in details] == ["InProgress", "InProgress", "Completed"]
    assert details[0]["TransformJobName"] == "job"


def test_one_object_by_its_whole_key(scores):
    scores.put("in/a.csv", b"1,2\n")
    scores.put("in/b.csv", b"1,2\n")
    assert scores.run(key="in/b.csv")["TransformJobStatus"] == "Completed"
    assert list(scores.outputs()) == ["out/b.csv.out"]


@pytest.mark.parametrize(
    ("options", "requests"),
    [
        ({}, ["request of 5"]),
        ({"BatchStrategy": "SingleRecord"}, ["request of 1"] * 5),
        ({"split": "None"}, ["request of 5"]),
    ],
)
def test_how_many_records_a_request_holds(scores, options, requests):
    scores.put("in/a.csv", b"".join(b"%d,1\n" % number for number in range(5)))
    assert scores.run(**options)["TransformJobStatus"] == "Completed"
    assert [line for line in scores.log() if line.startswith("request")] == requests
    assert scores.outputs()["out/a.csv.out"].split() == [b"10", b"20", b"30", b"40", b"50"]


def test_a_large_file_goes_in_requests_of_the_size_that_is_allowed(scores):
    rows = 200_000
    scores.put("in/a.csv", b"1234567,1\n" * rows)
    described = scores.run(MaxPayloadInMB=1, MaxConcurrentTransforms=2)
    assert described["TransformJobStatus"] == "Completed", described
    sizes = [int(line.split()[-1]) for line in scores.log() if line.startswith("request")]
    assert sum(sizes) == rows
    assert len(sizes) == 2
    assert all(size * 10 <= 1 << 20 for size in sizes)
    assert scores.outputs()["out/a.csv.out"].split() == [b"12345680"] * rows


def test_compressed_input_and_the_jobs_own_environment(scores):
    scores.put("in/a.csv.gz", gzip.compress(b"1,2\n"))
    described = scores.run(given={"CompressionType": "Gzip"}, Environment={"TIMES": "3"})
    assert described["TransformJobStatus"] == "Completed", described
    assert scores.outputs() == {"out/a.csv.gz.out": b"90\n"}


def test_predictions_are_joined_with_their_records(scores):
    scores.put("in/a.csv", b"7,1,2\n8,3,4\n")
    processing = {"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"}
    described = scores.run(DataProcessing=processing)
    assert described["TransformJobStatus"] == "Completed", described
    assert scores.outputs() == {"out/a.csv.out": b"7,30\n8,70\n"}
    assert described["DataProcessing"] == processing


def test_a_file_that_fails_is_told_and_the_others_are_kept(scores):
    scores.put("in/a.csv", b"1,2\n")
    scores.put("in/b.csv", b"rain\n")
    described = scores.run()
    assert described["TransformJobStatus"] == "Failed"
    assert "in/b.csv" in described["FailureReason"]
    assert "(1 of 2 objects failed)" in described["FailureReason"]
    assert list(scores.outputs()) == ["out/a.csv.out"]
    assert any("could not convert" in line for line in scores.log())


def test_nothing_to_score(scores):
    described = scores.run(key="nowhere/")
    assert described["TransformJobStatus"] == "Failed"
    assert "No S3 objects found" in described["FailureReason"]


def test_a_job_is_stopped_between_requests(scores):
    scores.put("in/a.csv", b"1,2\n" * 100)
    scores.start(BatchStrategy="SingleRecord", Environment={"SLOW": "0.2"})
    time.sleep(1)
    scores.sagemaker.stop_transform_job(TransformJobName="job")
    described = scores.ended(seconds=15)
    assert described["TransformJobStatus"] == "Stopped"
    assert scores.outputs() == {}
    with pytest.raises(ClientError, match="status Stopped"):
        scores.sagemaker.stop_transform_job(TransformJobName="job")


def test_a_job_that_ran_when_the_daemon_ended_has_failed(scores, cloud):
    scores.put("in/a.csv", b"1,2\n" * 100)
    scores.start(BatchStrategy="SingleRecord", Environment={"SLOW": "0.5"})
    time.sleep(0.5)
    cloud.restart()
    described = scores.ended()
    assert described["TransformJobStatus"] == "Failed"
    assert "local cloud ended" in described["FailureReason"]
    assert scores.outputs() == {}


def test_jobs_are_listed_and_their_names_are_unique(scores):
    scores.put("in/a.csv", b"1,2\n")
    scores.run()
    with pytest.raises(ClientError, match="must be unique"):
        scores.start()
    (summary,) = scores.sagemaker.list_transform_jobs(StatusEquals="Completed")["TransformJobSummaries"]
    assert (summary["TransformJobName"], summary["TransformJobStatus"]) == ("job", "Completed")
    assert scores.sagemaker.list_transform_jobs(StatusEquals="Failed")["TransformJobSummaries"] == []


def test_two_requests_are_worked_on_at_once(scores):
    """Each process answers one call at a time, so two instances take half as long."""
    scores.put("in/a.csv", b"1,2\n" * 4)
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2}
    described = scores.run(TransformResources=resources, BatchStrategy="SingleRecord", Environment={"SLOW": "0.1"})
    assert described["TransformJobStatus"] == "Completed"
    assert scores.log().count("loading") == 2
    assert scores.outputs() == {"out/a.csv.out": b"30\n" * 4}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"given": {"SplitType": "TFRecord"}}, "does not support the split type TFRecord"),
        ({"MaxPayloadInMB": 0}, "does not support the MaxPayloadInMB 0"),
        ({"MaxPayloadInMB": 60, "MaxConcurrentTransforms": 2}, "must not exceed 100 MB"),
        ({"split": "None", "BatchStrategy": "SingleRecord"}, "needs the SplitType"),
        ({"DataProcessing": {"InputFilter": "$..x"}}, "not a JSONPath"),
        ({"DataProcessing": {"JoinSource": "Input"}, "output": {"AssembleWith": "None"}}, "same SplitType"),
        ({"DataProcessing": {"JoinSource": "Input"}, "given": {"ContentType": "image/png"}}, "content type"),
        ({"DataCaptureConfig": {"DestinationS3Uri": "s3://b/c"}}, "does not support DataCaptureConfig"),
        ({"ModelName": "nothing"}, "Could not find model"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(scores, changes, message):
    with pytest.raises(ClientError, match=message):
        scores.start(**changes)
    assert scores.sagemaker.list_transform_jobs()["TransformJobSummaries"] == []


def test_a_pipeline_runs_a_transform_step(scores, cloud, role):
    scores.put("in/a.csv", b"1,2\n")
    arguments = scores.request()
    del arguments["TransformJobName"]
    arguments["TransformOutput"]["S3OutputPath"] = {
        "Std:Join": {"On": "/", "Values": [f"s3://{scores.bucket}/out", {"Get": "Execution.PipelineExecutionId"}]}
    }
    step = {"Name": "transform", "Type": "Transform", "Arguments": arguments}
    definition = {"Version": "2020-12-01", "Metadata": {}, "Parameters": [], "Steps": [step]}
    scores.sagemaker.create_pipeline(
        PipelineName="batch", PipelineDefinition=json.dumps(definition), ClientRequestToken="t" * 32, RoleArn=role
    )
    arn = scores.sagemaker.start_pipeline_execution(PipelineName="batch")["PipelineExecutionArn"]
    ended = scores.jobs.until(
        lambda: scores.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn),
        "PipelineExecutionStatus",
        {"Succeeded", "Failed"},
        60,
    )
    assert ended["PipelineExecutionStatus"] == "Succeeded", ended
    assert scores.outputs() == {f"out/{arn.rsplit('/', 1)[-1]}/a.csv.out": b"30\n"}
    (listed,) = scores.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    job = listed["Metadata"]["TransformJob"]["Arn"].rsplit("/", 1)[-1]
    assert job.startswith("pipelines-")
    assert scores.sagemaker.describe_transform_job(TransformJobName=job)["TransformJobStatus"] == "Completed"
