"""Monitors of data quality: definitions, schedules that fire, and jobs that name what is wrong."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from mlstack_components.aws.monitor_events import violations_pattern

ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
NAMESPACE = "/aws/sagemaker/Endpoints/data-metrics"
PREPROCESSOR = """
def preprocess_handler(record):
    return {"rain": float(record.endpoint_input.data), "weather": record.endpoint_output.data.strip('"')}
"""
CLUSTER = {"ClusterConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 20}}


class Monitors:
    """A definition of a data quality job for the endpoint `weather`, and schedules of it."""

    def __init__(self, cloud, bucket, role, jobs):
        self.sagemaker, self.s3 = cloud.client("sagemaker"), cloud.client("s3")
        self._bucket, self.role, self._jobs = bucket, role, jobs

    def baseline(self):
        """Measure a hundred days, half of them with sun."""
        rows = "".join(f"{n % 50 / 10},{'sun' if n % 2 else 'fog'}\n" for n in range(100))
        self.s3.put_object(Bucket=self._bucket, Key="train/train.csv", Body=f"rain,weather\n{rows}".encode())
        folder = "/opt/ml/processing"
        source = {"S3Uri": f"s3://{self._bucket}/train", "LocalPath": f"{folder}/input", "S3DataType": "S3Prefix"}
        target = {"S3Uri": f"s3://{self._bucket}/baseline", "LocalPath": f"{folder}/output", "S3UploadMode": "EndOfJob"}
        self.sagemaker.create_processing_job(
            ProcessingJobName="job",
            AppSpecification={"ImageUri": ANALYZER},
            RoleArn=self.role,
            Environment={
                "dataset_format": '{"csv": {"header": true}}',
                "dataset_source": f"{folder}/input",
                "output_path": f"{folder}/output",
                "publish_cloudwatch_metrics": "Disabled",
            },
            ProcessingInputs=[{"InputName": "train", "S3Input": source}],
            ProcessingOutputConfig={"Outputs": [{"OutputName": "baseline", "S3Output": target}]},
            ProcessingResources=CLUSTER,
        )
        job = self._jobs.processed(self.sagemaker)
        assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")

    def define(self, name="definition", **changes):
        self.s3.put_object(Bucket=self._bucket, Key="code/preprocessor.py", Body=PREPROCESSOR.encode())
        uri = f"s3://{self._bucket}"
        output = {"S3Uri": f"{uri}/reports", "LocalPath": "/opt/ml/processing/output"}
        request = {
            "JobDefinitionName": name,
            "DataQualityAppSpecification": {
                "ImageUri": ANALYZER,
                "RecordPreprocessorSourceUri": f"{uri}/code/preprocessor.py",
            },
            "DataQualityBaselineConfig": {
                "ConstraintsResource": {"S3Uri": f"{uri}/baseline/constraints.json"},
                "StatisticsResource": {"S3Uri": f"{uri}/baseline/statistics.json"},
            },
            "DataQualityJobInput": {
                "EndpointInput": {"EndpointName": "weather", "LocalPath": "/opt/ml/processing/input/endpoint"}
            },
            "DataQualityJobOutputConfig": {"MonitoringOutputs": [{"S3Output": output}]},
            "JobResources": CLUSTER,
            "RoleArn": self.role,
        }
        return self.sagemaker.create_data_quality_job_definition(**{**request, **changes})["JobDefinitionArn"]

    def config(self, expression="cron(0 * ? * * *)", definition="definition", **more):
        return {
            "MonitoringJobDefinitionName": definition,
            "MonitoringType": "DataQuality",
            "ScheduleConfig": {"ScheduleExpression": expression, **more},
        }

    def schedule(self, name="hourly", expression="cron(0 * ? * * *)", **more):
        return self.sagemaker.create_monitoring_schedule(
            MonitoringScheduleName=name, MonitoringScheduleConfig=self.config(expression, **more)
        )["MonitoringScheduleArn"]

    def now(self, name="now"):
        return self.schedule(name, "NOW", DataAnalysisStartTime="-PT1H", DataAnalysisEndTime="-PT0H")

    def ended(self, name):
        """The schedule's only execution, once it has ended."""

        def look():
            found = self.sagemaker.list_monitoring_executions(MonitoringScheduleName=name)
            return found["MonitoringExecutionSummaries"][0]

        ends = {"Completed", "CompletedWithViolations", "Failed", "Stopped"}
        return self._jobs.until(look, "MonitoringExecutionStatus", ends, 60)

    def report(self, execution):
        job = self.job(execution)
        uri = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
        bucket, _, folder = uri.removeprefix("s3://").partition("/")
        body = self.s3.get_object(Bucket=bucket, Key=f"{folder}/constraint_violations.json")["Body"]
        return json.loads(body.read())["violations"]

    def job(self, execution):
        name = execution["ProcessingJobArn"].rpartition("/")[2]
        return self.sagemaker.describe_processing_job(ProcessingJobName=name)


@pytest.fixture
def monitors(cloud, bucket, role, jobs):
    return Monitors(cloud, bucket, role, jobs)


@pytest.fixture
def captured(weather, bucket):
    """The endpoint, which captures all calls."""
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{bucket}/caught",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]},
    }
    weather.create(weather.configure("one", DataCaptureConfig=capture))
    return weather


def ask(endpoint, values):
    for value in values:
        endpoint.ask(str(value).encode(), "text/csv")


def test_shifted_calls_are_named_and_normal_ones_are_not(captured, monitors, cloud):
    monitors.baseline()
    monitors.define()
    ask(captured, [n % 50 / 10 for n in range(0, 100, 3)])
    monitors.now("normal")
    execution = monitors.ended("normal")
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations", execution
    # Every answer is sun, where half of the baseline is fog: that is the one thing that differs.
    assert [each["feature_name"] for each in monitors.report(execution)] == ["weather"]
    queue = queue_of_violations(cloud, monitors)
    ask(captured, [20 + n / 10 for n in range(40)])
    monitors.now("shifted")
    execution = monitors.ended("shifted")
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations"
    assert {(each["feature_name"], each["constraint_check_type"]) for each in monitors.report(execution)} == {
        ("rain", "baseline_drift_check"),
        ("weather", "baseline_drift_check"),
    }
    job = monitors.job(execution)
    assert job["ExitMessage"] == "CompletedWithViolations: Job completed successfully with 2 violations."
    changes = [event["detail"] for event in cloud.events.of("SageMaker Processing Job State Change")]
    (told,) = [each for each in changes if each.get("ExitMessage") == job["ExitMessage"]]
    assert (told["ProcessingJobStatus"], told["RoleArn"]) == ("Completed", job["RoleArn"])
    assert job["ExitMessage"] in told_of(cloud, queue)
    assert drift(cloud, "rain", "normal") < 0.1 < drift(cloud, "rain", "shifted")


def queue_of_violations(cloud, monitors):
    """A queue behind the rule that a project has with `notifications`."""
    events, sqs = cloud.client("events"), cloud.client("sqs")
    url = sqs.create_queue(QueueName="violations")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    events.put_rule(Name="violations", EventPattern=violations_pattern(monitors.role))
    events.put_targets(Rule="violations", Targets=[{"Id": "queue", "Arn": arn}])
    return url


def told_of(cloud, queue):
    found = cloud.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=10)
    (message,) = found["Messages"]
    return message["Body"]


def drift(cloud, feature, schedule):
    end = datetime.now(UTC) + timedelta(minutes=5)
    dimensions = {"Endpoint": "weather", "MonitoringSchedule": schedule}
    found = cloud.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=f"feature_baseline_drift_{feature}",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=end - timedelta(hours=1),
        EndTime=end,
        Period=3600,
        Statistics=["Maximum"],
    )["Datapoints"]
    return max(each["Maximum"] for each in found)


def test_a_schedule_fires_on_the_hour_over_the_hour_before(captured, monitors, cloud, jobs, monkeypatch):
    sagemaker = monitors.sagemaker
    monitors.baseline()
    monitors.define()
    schedules = cloud.sagemaker._schedules
    monitors.schedule()
    ask(captured, [1, 2])
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    monkeypatch.setattr(schedules, "_clock", (hour - timedelta(seconds=1)).timestamp)
    schedules.fire()
    assert monitors.sagemaker.list_monitoring_executions()["MonitoringExecutionSummaries"] == []
    monkeypatch.setattr(schedules, "_clock", hour.timestamp)
    jobs.until(
        lambda: {"fired": bool(sagemaker.list_monitoring_executions()["MonitoringExecutionSummaries"])},
        "fired",
        {True},
        20,
    )
    schedules.fire()
    execution = monitors.ended("hourly")
    assert execution["ScheduledTime"] == hour
    assert len(monitors.sagemaker.list_monitoring_executions()["MonitoringExecutionSummaries"]) == 1
    environment = monitors.job(execution)["Environment"]
    assert environment["start_time"] == f"{hour - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    assert environment["end_time"] == f"{hour:%Y-%m-%dT%H:%M:%SZ}"
    described = monitors.sagemaker.describe_monitoring_schedule(MonitoringScheduleName="hourly")
    assert described["LastMonitoringExecutionSummary"]["ProcessingJobArn"] == execution["ProcessingJobArn"]


def test_a_stopped_schedule_does_not_fire_until_it_is_started(captured, monitors, cloud, monkeypatch):
    monitors.define()
    monitors.schedule()
    schedules, sagemaker = cloud.sagemaker._schedules, monitors.sagemaker
    sagemaker.stop_monitoring_schedule(MonitoringScheduleName="hourly")
    moment = datetime.now(UTC) + timedelta(hours=2)
    monkeypatch.setattr(schedules, "_clock", moment.timestamp)
    schedules.fire()
    assert sagemaker.list_monitoring_executions()["MonitoringExecutionSummaries"] == []
    sagemaker.start_monitoring_schedule(MonitoringScheduleName="hourly")
    schedules.fire()
    assert sagemaker.list_monitoring_executions()["MonitoringExecutionSummaries"] == []
    later = moment + timedelta(hours=1)
    monkeypatch.setattr(schedules, "_clock", later.timestamp)
    schedules.fire()
    assert monitors.ended("hourly")["FailureReason"] == "Job inputs had no data"


def test_schedules_outlive_the_daemon(captured, monitors, cloud):
    monitors.define()
    monitors.schedule()
    cloud.restart()
    captured.status("InService")
    described = monitors.sagemaker.describe_monitoring_schedule(MonitoringScheduleName="hourly")
    assert described["MonitoringScheduleStatus"] == "Scheduled"
    assert described["MonitoringScheduleConfig"] == monitors.config()
    assert (
        cloud.sagemaker._store.get("monitoring-schedule", "us-east-1", "hourly")["_next"]
        > datetime.now(UTC).timestamp()
    )


def test_without_calls_the_execution_failed_and_there_is_no_job(captured, monitors):
    monitors.define()
    monitors.now()
    execution = monitors.ended("now")
    assert (execution["MonitoringExecutionStatus"], execution["FailureReason"]) == ("Failed", "Job inputs had no data")
    assert "ProcessingJobArn" not in execution


def test_a_schedule_is_changed_listed_and_deleted(captured, monitors):
    sagemaker = monitors.sagemaker
    monitors.define()
    monitors.define("another")
    arn = monitors.schedule()
    sagemaker.update_monitoring_schedule(
        MonitoringScheduleName="hourly", MonitoringScheduleConfig=monitors.config("cron(0 6 ? * * *)", "another")
    )
    (listed,) = sagemaker.list_monitoring_schedules(EndpointName="weather")["MonitoringScheduleSummaries"]
    assert (listed["MonitoringScheduleArn"], listed["MonitoringJobDefinitionName"]) == (arn, "another")
    assert sagemaker.list_monitoring_schedules(EndpointName="other")["MonitoringScheduleSummaries"] == []
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "owner", "Value": "ml"}])
    sagemaker.delete_monitoring_schedule(MonitoringScheduleName="hourly")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        sagemaker.describe_monitoring_schedule(MonitoringScheduleName="hourly")


def test_a_definition_is_described_listed_and_deleted(monitors):
    sagemaker = monitors.sagemaker
    arn = monitors.define()
    with pytest.raises(ClientError, match="ResourceInUse"):
        monitors.define()
    described = sagemaker.describe_data_quality_job_definition(JobDefinitionName="definition")
    assert described["DataQualityJobInput"]["EndpointInput"]["EndpointName"] == "weather"
    (listed,) = sagemaker.list_data_quality_job_definitions()["JobDefinitionSummaries"]
    assert (listed["MonitoringJobDefinitionArn"], listed["EndpointName"]) == (arn, "weather")
    sagemaker.delete_data_quality_job_definition(JobDefinitionName="definition")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        sagemaker.describe_data_quality_job_definition(JobDefinitionName="definition")


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"expression": "cron(5 * ? * * *)"}, "not supported"),
        ({"definition": "none"}, "Could not find DataQualityJobDefinition"),
        ({"expression": "NOW"}, "DataAnalysisStartTime"),
    ],
)
def test_a_schedule_that_can_not_run_is_refused(captured, monitors, config, says):
    monitors.define()
    with pytest.raises(ClientError, match=says):
        monitors.schedule(**config)


def test_an_endpoint_without_capture_has_no_schedule(weather, monitors):
    monitors.define()
    with pytest.raises(ClientError, match="Could not find endpoint"):
        monitors.schedule()
    weather.create(weather.configure("one"))
    with pytest.raises(ClientError, match="capture is not enabled"):
        monitors.schedule()


def test_a_definition_is_of_one_kind_alone(captured, monitors):
    monitors.define()
    config = {**monitors.config(), "MonitoringType": "ModelBias"}
    with pytest.raises(ClientError, match="Could not find ModelBiasJobDefinition with name definition"):
        monitors.sagemaker.create_monitoring_schedule(MonitoringScheduleName="m", MonitoringScheduleConfig=config)
