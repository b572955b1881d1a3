"""Monitors of model quality: captured calls merged with their labels, measured, and compared with a baseline."""

import json

import pytest
from botocore.exceptions import ClientError

from .test_monitoring import ANALYZER, CLUSTER, Monitors, captured

__all__ = ["captured"]
TYPE = "AWS::SageMaker::ModelQualityJobDefinition"
PREPROCESSOR = """
def preprocess_handler(record):
    return {"prediction": record.endpoint_output.data.strip().strip('"')}
"""


class QualityMonitors(Monitors):
    """A definition of a model quality job for the endpoint `weather`, schedules of it, and labels."""

    def baseline(self):
        """Measure ten predictions, of which one is wrong."""
        rows = "".join(f"{'sun' if n % 2 else 'fog'},{'sun' if n % 2 or n == 0 else 'fog'}\n" for n in range(10))
        self.s3.put_object(Bucket=self._bucket, Key="guesses/guesses.csv", Body=f"prediction,label\n{rows}".encode())
        folder = "/opt/ml/processing"
        source = {"S3Uri": f"s3://{self._bucket}/guesses", "LocalPath": f"{folder}/input", "S3DataType": "S3Prefix"}
        target = {"S3Uri": f"s3://{self._bucket}/quality", "LocalPath": f"{folder}/output", "S3UploadMode": "EndOfJob"}
        self.sagemaker.create_processing_job(
            ProcessingJobName="job",
            AppSpecification={"ImageUri": ANALYZER},
            RoleArn=self.role,
            Environment={
                "analysis_type": "MODEL_QUALITY",
                "problem_type": "MulticlassClassification",
                "inference_attribute": "prediction",
                "ground_truth_attribute": "label",
                "dataset_format": '{"csv": {"header": true}}',
                "dataset_source": f"{folder}/input",
                "output_path": f"{folder}/output",
                "publish_cloudwatch_metrics": "Disabled",
            },
            ProcessingInputs=[{"InputName": "guesses", "S3Input": source}],
            ProcessingOutputConfig={"Outputs": [{"OutputName": "baseline", "S3Output": target}]},
            ProcessingResources=CLUSTER,
        )
        job = self._jobs.processed(self.sagemaker)
        assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")

    def desired(self):
        self.s3.put_object(Bucket=self._bucket, Key="code/preprocessor.py", Body=PREPROCESSOR.encode())
        uri = f"s3://{self._bucket}"
        endpoint = {"EndpointName": "weather", "LocalPath": "/opt/ml/input", "InferenceAttribute": "prediction"}
        output = {"S3Uri": f"{uri}/reports", "LocalPath": "/opt/ml/processing/output"}
        return {
            "JobDefinitionName": "definition",
            "ModelQualityAppSpecification": {
                "ImageUri": ANALYZER,
                "ProblemType": "MulticlassClassification",
                "RecordPreprocessorSourceUri": f"{uri}/code/preprocessor.py",
            },
            "ModelQualityBaselineConfig": {"ConstraintsResource": {"S3Uri": f"{uri}/quality/constraints.json"}},
            "ModelQualityJobInput": {"EndpointInput": endpoint, "GroundTruthS3Input": {"S3Uri": f"{uri}/truth"}},
            "ModelQualityJobOutputConfig": {"MonitoringOutputs": [{"S3Output": output}]},
            "JobResources": CLUSTER,
            "RoleArn": self.role,
        }

    def define(self):
        return self.sagemaker.create_model_quality_job_definition(**self.desired())["JobDefinitionArn"]

    def config(self, expression="cron(0 * ? * * *)", definition="definition", **more):
        return {**super().config(expression, definition, **more), "MonitoringType": "ModelQuality"}

    def label(self, labels):
        """Upload labels, by the id of the call."""
        lines = [
            json.dumps(
                {
                    "groundTruthData": {"data": label, "encoding": "CSV"},
                    "eventMetadata": {"eventId": call},
                    "eventVersion": "0",
                }
            )
            for call, label in labels.items()
        ]
        self.s3.put_object(Bucket=self._bucket, Key="truth/2026/01/01/00/labels.jsonl", Body="\n".join(lines).encode())


@pytest.fixture
def monitors(cloud, bucket, role, jobs):
    return QualityMonitors(cloud, bucket, role, jobs)


def test_a_model_that_is_worse_than_its_baseline_is_named(captured, monitors, cloud):
    monitors.baseline()
    monitors.define()
    runtime = cloud.client("sagemaker-runtime")
    answers = {}
    for number in range(6):
        answer = runtime.invoke_endpoint(
            EndpointName="weather", Body=str(number).encode(), ContentType="text/csv", InferenceId=f"day-{number}"
        )
        answers[f"day-{number}"] = answer["Body"].read().decode().strip().strip('"')
    monitors.now("unlabelled")
    unlabelled = monitors.ended("unlabelled")
    assert unlabelled["MonitoringExecutionStatus"] == "Failed"
    assert "no ground truth" in unlabelled["FailureReason"]
    monitors.label(answers)
    monitors.now("right")
    assert monitors.ended("right")["MonitoringExecutionStatus"] == "Completed"
    monitors.label({**answers, "day-0": "snow", "day-1": "snow", "day-2": "snow", "another": "snow"})
    monitors.now("wrong")
    execution = monitors.ended("wrong")
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations"
    assert execution["MonitoringType"] == "ModelQuality"
    found = {each["metric_name"]: each for each in monitors.report(execution)}
    assert found["accuracy"] == {
        "metric_name": "accuracy",
        "constraint_check_type": "LessThanThreshold",
        "description": "Metric accuracy with 0.5 was LessThanThreshold '0.9'",
    }
    metrics = cloud.client("cloudwatch").list_metrics(Namespace="/aws/sagemaker/Endpoints/model-metrics")["Metrics"]
    assert "accuracy" in {each["MetricName"] for each in metrics}


def test_cloud_control_makes_reads_lists_and_deletes_one(monitors, cloud):
    control = cloud.client("cloudcontrol")
    event = control.create_resource(TypeName=TYPE, DesiredState=json.dumps(monitors.desired()))["ProgressEvent"]
    assert (event["Operation"], event["OperationStatus"]) == ("CREATE", "SUCCESS")
    again = control.get_resource_request_status(RequestToken=event["RequestToken"])["ProgressEvent"]
    assert again == event
    shown = control.get_resource(TypeName=TYPE, Identifier=event["Identifier"])["ResourceDescription"]
    described = monitors.sagemaker.describe_model_quality_job_definition(JobDefinitionName="definition")
    assert shown["Identifier"] == described["JobDefinitionArn"]
    assert json.loads(shown["Properties"])["ModelQualityJobInput"] == described["ModelQualityJobInput"]
    listed = control.list_resources(TypeName=TYPE)["ResourceDescriptions"]
    assert [each["Identifier"] for each in listed] == [event["Identifier"]]
    second = control.create_resource(TypeName=TYPE, DesiredState=json.dumps(monitors.desired()))["ProgressEvent"]
    assert (second["OperationStatus"], second["ErrorCode"]) == ("FAILED", "AlreadyExists")
    with pytest.raises(ClientError, match="does not support UPDATE"):
        control.update_resource(TypeName=TYPE, Identifier=event["Identifier"], PatchDocument="[]")
    assert (
        control.delete_resource(TypeName=TYPE, Identifier=event["Identifier"])["ProgressEvent"]["Operation"] == "DELETE"
    )
    with pytest.raises(ClientError) as gone:
        control.get_resource(TypeName=TYPE, Identifier=event["Identifier"])
    assert gone.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_cloud_control_names_what_it_has_not(cloud):
    control = cloud.client("cloudcontrol")
    with pytest.raises(ClientError, match="no resource type AWS::EC2::VPC"):
        control.list_resources(TypeName="AWS::EC2::VPC")
    with pytest.raises(ClientError, match="was not found"):
        control.get_resource_request_status(RequestToken="none")
