"""Pipelines through boto3: definitions are checked, executions really run their steps."""
# ruff: noqa: PLR0917 - fixtures are arguments

import json
import time

import pytest
from botocore.exceptions import ClientError

TRAIN = """
import json, os, pathlib, sys
depth = sys.argv[sys.argv.index("--max_depth") + 1]
text = pathlib.Path(os.environ["SM_CHANNEL_TRAIN"], "train.csv").read_text()
(pathlib.Path(os.environ["SM_MODEL_DIR"]) / "model.json").write_text(json.dumps({"depth": depth, "data": text}))
"""
PREPARE = (
    "mkdir -p /opt/ml/processing/output/train && "
    "cp /opt/ml/processing/input/data/weather.csv /opt/ml/processing/output/train/train.csv"
)
# An entry of an entry point has at most 256 characters.
EVALUATE = (
    "cd /opt/ml/processing && tar xzf input/model/model.tar.gz && mkdir -p output/evaluation && "
    'sed \'s/.*depth.: .\\([0-9]\\).*/{"metrics": {"accuracy": {"value": 0.\\1}}}/\' model.json '
    "> output/evaluation/evaluation.json"
)


def get(path):
    return {"Get": path}


def processing(jobs, bucket, role, name, script, inputs, output, **more):
    request = jobs.processing_request(bucket, role, script)
    for key in ("ProcessingJobName",):
        del request[key]
    request["ProcessingInputs"] = [
        {
            "InputName": key,
            "S3Input": {"S3Uri": uri, "LocalPath": f"/opt/ml/processing/input/{key}", "S3DataType": "S3Prefix"},
        }
        for key, uri in inputs.items()
    ]
    target = {"Std:Join": {"On": "/", "Values": [f"s3://{bucket}/runs", get("Execution.PipelineExecutionId"), output]}}
    request["ProcessingOutputConfig"] = {
        "Outputs": [
            {
                "OutputName": output,
                "S3Output": {
                    "S3Uri": target,
                    "LocalPath": f"/opt/ml/processing/output/{output}",
                    "S3UploadMode": "EndOfJob",
                },
            }
        ]
    }
    return {"Name": name, "Type": "Processing", "Arguments": request, **more}


def definition(jobs, bucket, role):
    training = jobs.training_request(bucket, role)
    del training["TrainingJobName"]
    training["HyperParameters"]["max_depth"] = {"Std:Join": {"On": "", "Values": [get("Parameters.max_depth")]}}
    prepared = get("Steps.prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri")
    training["InputDataConfig"].append(jobs.channel("train", prepared))
    artifacts = get("Steps.train.ModelArtifacts.S3ModelArtifacts")
    report = {"PropertyFileName": "EvaluationReport", "OutputName": "evaluation", "FilePath": "evaluation.json"}
    accuracy = {
        "Std:JsonGet": {
            "PropertyFile": get("Steps.evaluate.PropertyFiles.EvaluationReport"),
            "Path": "metrics.accuracy.value",
        }
    }
    register = {
        "ModelPackageGroupName": "weather",
        "InferenceSpecification": {
            "Containers": [{"Image": jobs.IMAGE, "ModelDataUrl": artifacts}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        "ModelApprovalStatus": "PendingManualApproval",
        "CustomerMetadataProperties": {"pipeline_execution": get("Execution.PipelineExecutionArn")},
    }
    return {
        "Version": "2020-12-01",
        "Parameters": [
            {"Name": "max_depth", "Type": "Integer", "DefaultValue": 9},
            {"Name": "DataUri", "Type": "String", "DefaultValue": f"s3://{bucket}/data"},
        ],
        "Steps": [
            processing(jobs, bucket, role, "prepare", PREPARE, {"data": get("Parameters.DataUri")}, "train"),
            {"Name": "train", "Type": "Training", "Arguments": training},
            processing(
                jobs, bucket, role, "evaluate", EVALUATE, {"model": artifacts}, "evaluation", PropertyFiles=[report]
            ),
            {
                "Name": "gate",
                "Type": "Condition",
                "Arguments": {
                    "Conditions": [{"Type": "GreaterThanOrEqualTo", "LeftValue": accuracy, "RightValue": 0.8}],
                    "IfSteps": [{"Name": "register", "Type": "RegisterModel", "Arguments": register}],
                    "ElseSteps": [
                        {
                            "Name": "gate-failed",
                            "Type": "Fail",
                            "Arguments": {"ErrorMessage": {"Std:Join": {"On": " ", "Values": ["accuracy", accuracy]}}},
                        }
                    ],
                },
            },
        ],
    }


@pytest.fixture
def pipeline(sagemaker, s3, bucket, role, jobs):
    s3.put_object(Bucket=bucket, Key="data/weather.csv", Body=b"rain\n")
    s3.put_object(Bucket=bucket, Key="code/sourcedir.tar.gz", Body=jobs.archive({"train.py": TRAIN}))
    sagemaker.create_model_package_group(ModelPackageGroupName="weather")
    document = definition(jobs, bucket, role)
    sagemaker.create_pipeline(PipelineName="weather", PipelineDefinition=json.dumps(document), RoleArn=role)
    return document


def start(sagemaker, **more):
    return sagemaker.start_pipeline_execution(PipelineName="weather", **more)["PipelineExecutionArn"]


def ended(sagemaker, jobs, execution):
    return jobs.until(
        lambda: sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution),
        "PipelineExecutionStatus",
        {"Succeeded", "Failed", "Stopped"},
    )


def steps_of(sagemaker, execution):
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=execution, SortOrder="Ascending")
    return {step["StepName"]: step for step in steps["PipelineExecutionSteps"]}


def depth(value):
    return {"PipelineParameters": [{"Name": "max_depth", "Value": value}]}


def test_a_run_goes_from_data_to_a_registered_model(cloud, sagemaker, s3, bucket, jobs, pipeline):
    execution = start(sagemaker)
    assert ended(sagemaker, jobs, execution)["PipelineExecutionStatus"] == "Succeeded", [
        step.get("FailureReason") for step in steps_of(sagemaker, execution).values()
    ]
    steps = steps_of(sagemaker, execution)
    assert list(steps) == ["prepare", "train", "evaluate", "gate", "register"]
    assert {step["StepStatus"] for step in steps.values()} == {"Succeeded"}
    assert steps["gate"]["Metadata"] == {"Condition": {"Outcome": "True"}}
    package = sagemaker.describe_model_package(ModelPackageName=steps["register"]["Metadata"]["RegisterModel"]["Arn"])
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    assert package["CustomerMetadataProperties"] == {"pipeline_execution": execution}
    training = steps["train"]["Metadata"]["TrainingJob"]["Arn"].rsplit("/", 1)[-1]
    assert training.startswith(f"pipelines-{execution.rsplit('/', 1)[-1]}-train-")
    job = sagemaker.describe_training_job(TrainingJobName=training)
    assert job["HyperParameters"]["max_depth"] == "9"
    url = package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    assert url == job["ModelArtifacts"]["S3ModelArtifacts"]
    runs = [
        event["detail"]["currentPipelineExecutionStatus"]
        for event in cloud.events.of("SageMaker Model Building Pipeline Execution Status Change")
    ]
    assert runs == ["Executing", "Succeeded"]
    done = [
        (event["detail"]["stepName"], event["detail"]["currentStepStatus"])
        for event in cloud.events.of("SageMaker Model Building Pipeline Execution Step Status Change")
    ]
    assert done[:2] == [("prepare", "Executing"), ("prepare", "Succeeded")]


def test_a_gate_that_fails_registers_nothing(sagemaker, jobs, pipeline):
    execution = start(sagemaker, **depth("5"))
    run = ended(sagemaker, jobs, execution)
    assert (run["PipelineExecutionStatus"], run["FailureReason"]) == (
        "Failed",
        "Step failure: One or multiple steps failed.",
    )
    steps = steps_of(sagemaker, execution)
    assert steps["gate"]["Metadata"]["Condition"]["Outcome"] == "False"
    assert steps["gate-failed"]["FailureReason"] == "accuracy 0.5"
    assert "register" not in steps
    assert sagemaker.list_model_packages(ModelPackageGroupName="weather")["ModelPackageSummaryList"] == []
    parameters = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=execution)["PipelineParameters"]
    assert {"Name": "max_depth", "Value": "5"} in parameters


def test_a_failing_script_fails_its_step_with_its_own_words_and_a_retry_goes_on(sagemaker, s3, bucket, jobs, pipeline):
    s3.put_object(Bucket=bucket, Key="code/sourcedir.tar.gz", Body=jobs.archive({"train.py": "raise KeyError('rain')"}))
    execution = start(sagemaker)
    assert ended(sagemaker, jobs, execution)["PipelineExecutionStatus"] == "Failed"
    steps = steps_of(sagemaker, execution)
    assert list(steps) == ["prepare", "train"]
    assert "KeyError: 'rain'" in steps["train"]["FailureReason"]
    s3.put_object(Bucket=bucket, Key="code/sourcedir.tar.gz", Body=jobs.archive({"train.py": TRAIN}))
    prepared = steps["prepare"]["Metadata"]
    sagemaker.retry_pipeline_execution(PipelineExecutionArn=execution)
    assert ended(sagemaker, jobs, execution)["PipelineExecutionStatus"] == "Succeeded"
    steps = steps_of(sagemaker, execution)
    assert steps["prepare"]["Metadata"] == prepared
    assert steps["register"]["StepStatus"] == "Succeeded"


def test_selected_steps_take_the_results_of_a_run_before(sagemaker, jobs, pipeline):
    first = start(sagemaker, **depth("8"))
    ended(sagemaker, jobs, first)
    second = start(
        sagemaker,
        SelectiveExecutionConfig={
            "SourcePipelineExecutionArn": first,
            "SelectedSteps": [{"StepName": "train"}],
        },
        **depth("7"),
    )
    assert ended(sagemaker, jobs, second)["PipelineExecutionStatus"] == "Succeeded"
    steps = steps_of(sagemaker, second)
    assert set(steps) == {"prepare", "train"}
    assert steps["prepare"]["SelectiveExecutionResult"] == {"SourcePipelineExecutionArn": first}
    name = steps["train"]["Metadata"]["TrainingJob"]["Arn"].rsplit("/", 1)[-1]
    job = sagemaker.describe_training_job(TrainingJobName=name)
    assert job["HyperParameters"]["max_depth"] == "7"
    assert first.rsplit("/", 1)[-1] in job["InputDataConfig"][1]["DataSource"]["S3DataSource"]["S3Uri"]


def test_a_selected_step_needs_what_it_depends_on(sagemaker, pipeline):
    with pytest.raises(ClientError, match="depends on prepare, which has not succeeded"):
        start(sagemaker, SelectiveExecutionConfig={"SelectedSteps": [{"StepName": "train"}]})


def test_a_stopped_run_stops_its_job(sagemaker, s3, bucket, jobs, pipeline):
    slow = jobs.archive({"train.py": "import time\ntime.sleep(120)"})
    s3.put_object(Bucket=bucket, Key="code/sourcedir.tar.gz", Body=slow)
    execution = start(sagemaker)
    jobs.until(lambda: {"begun": "train" in steps_of(sagemaker, execution)}, "begun", {True})
    time.sleep(0.5)
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=execution)
    assert ended(sagemaker, jobs, execution)["PipelineExecutionStatus"] == "Stopped"
    train = steps_of(sagemaker, execution)["train"]
    assert train["StepStatus"] == "Stopped"
    name = train["Metadata"]["TrainingJob"]["Arn"].rsplit("/", 1)[-1]
    assert sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == "Stopped"
    with pytest.raises(ClientError, match="already in terminal status"):
        sagemaker.stop_pipeline_execution(PipelineExecutionArn=execution)


def test_a_run_that_went_on_when_the_service_ended_has_failed_and_can_be_retried(
    cloud, sagemaker, s3, bucket, jobs, pipeline
):
    slow = jobs.archive({"train.py": "import time\ntime.sleep(120)"})
    s3.put_object(Bucket=bucket, Key="code/sourcedir.tar.gz", Body=slow)
    execution = start(sagemaker)
    jobs.until(lambda: {"begun": "train" in steps_of(sagemaker, execution)}, "begun", {True})
    cloud.restart()
    run = sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution)
    assert run["PipelineExecutionStatus"] == "Failed"
    assert "local cloud ended" in steps_of(sagemaker, execution)["train"]["FailureReason"]
    s3.put_object(Bucket=bucket, Key="code/sourcedir.tar.gz", Body=jobs.archive({"train.py": TRAIN}))
    sagemaker.retry_pipeline_execution(PipelineExecutionArn=execution)
    assert ended(sagemaker, jobs, execution)["PipelineExecutionStatus"] == "Succeeded"


def test_the_same_token_starts_one_run(sagemaker, jobs, pipeline):
    token = "t" * 32
    first = start(sagemaker, ClientRequestToken=token)
    assert start(sagemaker, ClientRequestToken=token) == first
    with pytest.raises(ClientError, match="executions in progress"):
        sagemaker.delete_pipeline(PipelineName="weather")
    ended(sagemaker, jobs, first)
    assert len(sagemaker.list_pipeline_executions(PipelineName="weather")["PipelineExecutionSummaries"]) == 1
    sagemaker.delete_pipeline(PipelineName="weather")
    with pytest.raises(ClientError, match="does not exist") as caught:
        sagemaker.describe_pipeline_execution(PipelineExecutionArn=first)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFound"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ([{"Name": "none", "Value": "1"}], r"Assigned parameters \[none\] do not exist"),
        ([{"Name": "max_depth", "Value": "deep"}], "not of the type Integer"),
    ],
)
def test_parameters_are_checked(sagemaker, pipeline, parameters, message):
    with pytest.raises(ClientError, match=message):
        start(sagemaker, PipelineParameters=parameters)
    assert sagemaker.list_pipeline_executions(PipelineName="weather")["PipelineExecutionSummaries"] == []


def broken(document, change):
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(Version="1"), "Version must be one of 2020-12-01"),
        (lambda d: d["Steps"].append(d["Steps"][0]), "prepare is used twice"),
        (lambda d: d["Steps"][0].update(Type="EMR"), "does not run steps of type EMR"),
        (lambda d: d["Steps"][0].update(DependsOn=["none"]), "depends on none, which is not a step"),
        (lambda d: d["Steps"][0].update(DependsOn=["gate"]), "in a cycle"),
        (lambda d: d["Parameters"].pop(), "parameter DataUri, which is not defined"),
        (lambda d: d["Parameters"][0].update(DefaultValue="x"), "not of the type Integer"),
        (lambda d: d.pop("Steps"), "Missing or malformed: 'Steps'"),
    ],
)
def test_a_definition_that_cannot_run_is_refused(sagemaker, bucket, role, jobs, change, message):
    text = broken(definition(jobs, bucket, role), change)
    with pytest.raises(ClientError, match=message) as caught:
        sagemaker.create_pipeline(PipelineName="weather", PipelineDefinition=text, RoleArn=role)
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_an_update_leaves_what_it_does_not_name(sagemaker, role, pipeline):
    sagemaker.update_pipeline(PipelineName="weather", PipelineDescription="new")
    described = sagemaker.describe_pipeline(PipelineName="weather")
    assert described["PipelineDescription"] == "new"
    assert json.loads(described["PipelineDefinition"]) == pipeline
    assert described["RoleArn"] == role
