"""Monitors of bias and of explanations: captured calls measured, compared with a baseline, and told of."""

import json

import pytest

from .test_monitoring import CLUSTER, Monitors

CLARIFY = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"
# The probability of `good` grows with the income, and by far less with the age.
SERVE = """
def model_fn(model_dir):
    return None
def input_fn(body, content_type):
    return [line.split(",") for line in body.splitlines() if line]
def predict_fn(rows, model):
    return [min(1.0, float(income) / 100 + float(age) / 1000) for sex, age, income in rows]
def output_fn(scores, accept):
    return "".join(f"{int(score > 0.5)},{score}\\n" for score in scores), "text/csv"
"""
BIAS = {
    "version": "1.0",
    "headers": ["sex", "age", "income", "good"],
    "label": "good",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "sex", "value_or_threshold": ["f"]}],
    "methods": {"pre_training_bias": {"methods": "all"}, "post_training_bias": {"methods": "all"}},
}
SHAP = {
    "version": "1.0",
    "headers": ["sex", "age", "income"],
    "methods": {"shap": {"baseline": [["m", 40, 40]]}},
    "predictor": {
        "model_name": "credit",
        "instance_type": "ml.m5.large",
        "initial_instance_count": 1,
        "content_type": "text/csv",
        "accept_type": "text/csv",
        "label": 1,
    },
}


class ClarifyMonitors(Monitors):
    """Definitions of the jobs of one kind for the endpoint `weather`."""

    def __init__(self, cloud, bucket, role, jobs):
        super().__init__(cloud, bucket, role, jobs)
        self.uri = f"s3://{bucket}"

    def put(self, key, content):
        text = content if isinstance(content, str) else json.dumps(content)
        self.s3.put_object(Bucket=self._bucket, Key=key, Body=text.encode())
        return f"{self.uri}/{key}"

    def analyze(self, configuration, rows):
        """Run a job as a pipeline does; return its analysis.json."""
        folder = "/opt/ml/processing"
        inputs = {
            "analysis_config": (self.put("asked/analysis_config.json", configuration), f"{folder}/input/config"),
            "dataset": (self.put("train/train.csv", rows), f"{folder}/input/data"),
        }
        target = {"S3Uri": f"{self.uri}/baseline", "LocalPath": f"{folder}/output", "S3UploadMode": "EndOfJob"}
        self.sagemaker.create_processing_job(
            ProcessingJobName="job",
            AppSpecification={"ImageUri": CLARIFY},
            RoleArn=self.role,
            ProcessingInputs=[
                {"InputName": name, "S3Input": {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix"}}
                for name, (uri, path) in inputs.items()
            ],
            ProcessingOutputConfig={"Outputs": [{"OutputName": "analysis_result", "S3Output": target}]},
            ProcessingResources=CLUSTER,
        )
        job = self._jobs.processed(self.sagemaker)
        assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
        return json.loads(self.s3.get_object(Bucket=self._bucket, Key="baseline/analysis.json")["Body"].read())

    def watch(self, kind, configuration, **given):
        """Define a monitor and run it once; return its execution."""
        name = kind.lower()
        endpoint = {"EndpointName": "weather", "LocalPath": "/opt/ml/processing/input/endpoint"}
        output = {"S3Uri": f"{self.uri}/reports", "LocalPath": "/opt/ml/processing/output"}
        create = {
            "ModelBias": self.sagemaker.create_model_bias_job_definition,
            "ModelExplainability": self.sagemaker.create_model_explainability_job_definition,
        }[kind]
        create(
            **{
                "JobDefinitionName": name,
                f"{kind}AppSpecification": {
                    "ImageUri": CLARIFY,
                    "ConfigUri": self.put(f"{name}/analysis_config.json", configuration),
                },
                f"{kind}BaselineConfig": {"ConstraintsResource": {"S3Uri": f"{self.uri}/baseline/analysis.json"}},
                f"{kind}JobInput": {"EndpointInput": {**endpoint, "InferenceAttribute": "0"}, **given},
                f"{kind}JobOutputConfig": {"MonitoringOutputs": [{"S3Output": output}]},
                "JobResources": CLUSTER,
                "RoleArn": self.role,
            }
        )
        return self.run(kind, name)

    def run(self, kind, name):
        schedule = {"ScheduleExpression": "NOW", "DataAnalysisStartTime": "-PT1H", "DataAnalysisEndTime": "-PT0H"}
        config = {"MonitoringJobDefinitionName": kind.lower(), "MonitoringType": kind, "ScheduleConfig": schedule}
        self.sagemaker.create_monitoring_schedule(MonitoringScheduleName=name, MonitoringScheduleConfig=config)
        return self.ended(name)

    def label(self, labels):
        lines = [
            {"groundTruthData": {"data": data, "encoding": "CSV"}, "eventMetadata": {"eventId": call}}
            for call, data in labels.items()
        ]
        self.put("truth/2026/01/01/00/labels.jsonl", "\n".join(map(json.dumps, lines)))


@pytest.fixture
def monitors(cloud, bucket, role, jobs):
    return ClarifyMonitors(cloud, bucket, role, jobs)


@pytest.fixture
def serving(cloud, monitors, bucket, role, jobs):
    """The model `credit`, at the endpoint `weather`, which captures its calls; asks it and returns the predictions."""
    archive = jobs.archive({"code/serve.py": SERVE})
    cloud.client("s3").put_object(Bucket=bucket, Key="credit/model.tar.gz", Body=archive)
    container = {
        "Image": jobs.IMAGE,
        "ModelDataUrl": f"s3://{bucket}/credit/model.tar.gz",
        "Environment": {"SAGEMAKER_PROGRAM": "serve.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"},
    }
    sagemaker = cloud.client("sagemaker")
    sagemaker.create_model(ModelName="credit", ExecutionRoleArn=role, PrimaryContainer=container)
    sagemaker.create_endpoint_config(
        EndpointConfigName="credit",
        ProductionVariants=[
            {"VariantName": "main", "ModelName": "credit", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        ],
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": f"s3://{bucket}/caught",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
        },
    )
    sagemaker.create_endpoint(EndpointName="weather", EndpointConfigName="credit")
    found = jobs.until(
        lambda: sagemaker.describe_endpoint(EndpointName="weather"), "EndpointStatus", {"InService", "Failed"}, 60
    )
    assert found["EndpointStatus"] == "InService", found

    def ask(call, rows):
        body = "".join(",".join(map(str, row)) + "\n" for row in rows)
        answer = cloud.client("sagemaker-runtime").invoke_endpoint(
            EndpointName="weather", Body=body.encode(), ContentType="text/csv", Accept="text/csv", InferenceId=call
        )
        return [line.split(",")[0] for line in answer["Body"].read().decode().splitlines()]

    return ask


def people(women, men):
    return [("f", 30, income) for income in women] + [("m", 30, income) for income in men]


def test_bias_that_grew_is_named(serving, monitors, cloud):
    fair = people([20, 60, 70, 30], [20, 60, 70, 30])
    guesses = "".join(f"{sex},{age},{income},{int(income > 40)},{int(income > 40)}\n" for sex, age, income in fair)
    analysis = monitors.analyze({**BIAS, "headers": [*BIAS["headers"], "guess"], "predicted_label": "guess"}, guesses)
    (entry,) = analysis["post_training_bias_metrics"]["facets"]["sex"]
    assert {each["name"]: each["value"] for each in entry["metrics"]}["DPPL"] == 0
    truth = {"GroundTruthS3Input": {"S3Uri": f"{monitors.uri}/truth"}}
    monitors.label({"fair": "\n".join(serving("fair", fair))})
    execution = monitors.watch("ModelBias", BIAS, **truth)
    assert (execution["MonitoringExecutionStatus"], execution["MonitoringType"]) == ("Completed", "ModelBias")
    unfair = people([10, 10, 20, 60], [60, 70, 80, 10])
    monitors.label({"fair": "\n".join(["1", "0"] * 4), "unfair": "\n".join(serving("unfair", unfair))})
    execution = monitors.run("ModelBias", "unfair")
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations"
    found = {each["metric_name"]: each for each in monitors.report(execution)}
    assert found["DPPL"]["description"].startswith("Value 0.25 ")
    assert (found["DPPL"]["facet"], found["DPPL"]["facet_value"]) == ("sex", "f")
    told = cloud.client("cloudwatch").list_metrics(Namespace="aws/sagemaker/Endpoints/bias-metrics")["Metrics"]
    dimensions = {each["Name"]: each["Value"] for each in told[0]["Dimensions"]}
    assert "bias_metric_DI" in {each["MetricName"] for each in told}
    assert (dimensions["Facet"], dimensions["FacetValue"], dimensions["Label"]) == ("sex", "f", "good")


def test_reasons_that_drifted_are_named_and_the_model_is_asked_itself(serving, monitors, cloud):
    rows = [("f", 30, 60), ("m", 50, 20), ("f", 45, 70)]
    text = "sex,age,income,good\n" + "".join(f"{sex},{age},{income},1\n" for sex, age, income in rows)
    analysis = monitors.analyze({**{k: v for k, v in SHAP.items() if k != "headers"}, "label": "good"}, text)
    found = analysis["explanations"]["kernel_shap"]["label0"]
    # Of a sum, the value of a term is how far it is from the reference.
    assert found["global_shap_values"] == pytest.approx({"sex": 0, "age": 0.025 / 3, "income": 0.7 / 3})
    assert found["expected_value"] == pytest.approx(0.44)
    assert serving("usual", rows)
    execution = monitors.watch("ModelExplainability", SHAP)
    assert execution["MonitoringExecutionStatus"] == "Completed", execution
    # Every income is that of the reference now, so that the age alone makes a difference.
    sagemaker = cloud.client("sagemaker")
    endpoints = sagemaker.list_endpoints()["Endpoints"]
    assert [each["EndpointName"] for each in endpoints] == ["weather"]
    assert len(sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 1
    assert serving("unusual", [("f", age, 40) for age in range(100, 400, 10)] * 10)
    execution = monitors.run("ModelExplainability", "unusual")
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations"
    (violation,) = monitors.report(execution)
    assert violation["constraint_check_type"] == "feature_attribution_drift_check"
    namespace = "aws/sagemaker/Endpoints/explainability-metrics"
    told = {each["MetricName"] for each in cloud.client("cloudwatch").list_metrics(Namespace=namespace)["Metrics"]}
    assert told == {"feature_sex", "feature_age", "feature_income", "ExpectedValue"}
