"""What the definition promises beyond its shape, and that every request in it is one that SageMaker takes."""

from __future__ import annotations

import dataclasses
import fnmatch
import io
import json
import re
import subprocess
import tarfile
from typing import Any

import pytest
from mlstack_components.aws.bundle import bundle
from mlstack_components.aws.names import MODEL_KEYS
from mlstack_components.aws.network import Network
from mlstack_components.aws.pipeline_args import (
    EvaluateStepArgs,
    Gate,
    MetricDefinition,
    PipelineDefinitionArgs,
    PipelineSteps,
    PrepareStepArgs,
    RegisterStepArgs,
    SpotTraining,
    TrainStepArgs,
)
from mlstack_components.aws.pipeline_definition import pipeline_definition
from mlstack_components.aws.training_pipeline import TrainingPipeline, TrainingPipelineArgs
from mlstack_components.aws.tuning_args import Choices, ContinuousRange, IntegerRange, TuneStepArgs
from mlstack_components.errors import UserError
from mlstack_localcloud.provider.pipeline_requests import step_problems
from mlstack_localcloud.provider.service_models import ServiceModel
from mlstack_localcloud.server.sagemaker.pipelines.step_kinds import STEP_KINDS

IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
KEY = "arn:aws:kms:eu-west-1:111111111111:key/0f0f0f0f"
STEPS = PipelineSteps(
    prepare=PrepareStepArgs(entry_point="prepare.py", image_uri=IMAGE, instance_type="ml.m5.large"),
    train=TrainStepArgs(
        entry_point="train.py",
        image_uri=IMAGE,
        instance_type="ml.m5.xlarge",
        hyperparameters={"max_depth": 6, "rate": 0.1, "loss": "log_loss", "warm": True},
        metric_definitions=(MetricDefinition("train:accuracy", "accuracy=([0-9.]+)"),),
    ),
    evaluate=EvaluateStepArgs(
        entry_point="evaluate.py",
        image_uri=IMAGE,
        instance_type="ml.m5.large",
        gates=(Gate("accuracy", ">=", 0.8),),
    ),
    register=RegisterStepArgs(
        model_package_group_name="weather-dev",
        image_uri=IMAGE,
        entry_point="serve.py",
        instance_types=("ml.m5.large",),
    ),
)

TUNE = TuneStepArgs(
    metric="train:accuracy",
    goal="minimize",
    ranges={
        "max_depth": IntegerRange(2, 12),
        "rate": ContinuousRange(0.01, 0.3),
        "loss": Choices(("log_loss", "exponential")),
    },
    max_jobs=8,
    max_parallel_jobs=2,
)


def args(**changes: Any) -> PipelineDefinitionArgs:
    whole = PipelineDefinitionArgs(
        pipeline_name="weather-dev",
        artifact_bucket="weather-artifacts",
        encryption_key_arn=KEY,
        processing_role_arn="arn:aws:iam::111111111111:role/processing",
        training_role_arn="arn:aws:iam::111111111111:role/training",
        code_uri="s3://weather-artifacts/code/0f/sourcedir.tar.gz",
        data_uri="s3://weather-data/data/0f/weather.csv",
        steps=STEPS,
    )
    return dataclasses.replace(whole, **changes)


def with_steps(**changes: Any) -> PipelineDefinitionArgs:
    return args(steps=dataclasses.replace(STEPS, **changes))


def all_steps(definition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}

    def collect(steps: list[dict[str, Any]]) -> None:
        for step in steps:
            assert step["Name"] not in found
            found[step["Name"]] = step
            collect(step["Arguments"].get("IfSteps", []))
            collect(step["Arguments"].get("ElseSteps", []))

    collect(definition["Steps"])
    return found


EXECUTION = {"Get": "Execution.PipelineExecutionId"}
SPOT = dataclasses.replace(STEPS.train, spot=SpotTraining(max_wait_seconds=172_800))
SEVERAL = dataclasses.replace(STEPS.train, instance_count=4, distribution="torchrun", sharded=True)
WARM = dataclasses.replace(STEPS.train, keep_alive_seconds=3600)

VARIANTS = {
    "on spot instances": with_steps(train=SPOT),
    "tuned on spot instances": with_steps(train=SPOT, tune=TUNE),
    "on several instances": with_steps(train=SEVERAL),
    "tuned on several instances": with_steps(train=SEVERAL, tune=TUNE),
    "kept warm": with_steps(train=WARM),
    "whole": args(),
    "in a network": args(network=Network(("subnet-0a",), ("sg-0a",))),
    "on disks of their own": with_steps(train=dataclasses.replace(STEPS.train, instance_type="ml.g5.xlarge")),
    "without preparation": with_steps(prepare=None),
    "without evaluation": with_steps(evaluate=None),
    "without gates": with_steps(evaluate=dataclasses.replace(STEPS.evaluate, gates=())),
    "without registry": with_steps(register=None),
    "training alone": with_steps(prepare=None, evaluate=None, register=None),
    "tuned": with_steps(tune=TUNE),
    "tuned in a grid": with_steps(
        tune=dataclasses.replace(
            TUNE, strategy="grid", max_jobs=None, ranges={"loss": Choices(("log_loss", "exponential"))}
        )
    ),
    "with the image's own server": with_steps(
        register=dataclasses.replace(STEPS.register, entry_point=None, instance_types=())
    ),
}


def refused(definition: dict[str, Any]) -> dict[str, str]:
    """What SageMaker would refuse of the requests in a definition, by place."""
    model = ServiceModel("sagemaker")
    problems = step_problems(definition, lambda operation: model.operation_model(operation).input_shape)
    return {problem.path: problem.reason for problem in problems}


@pytest.mark.parametrize("variant", VARIANTS)
def test_sagemaker_takes_every_request(variant: str):
    definition = pipeline_definition(VARIANTS[variant])
    fitted = "Tuning" if VARIANTS[variant].steps.tune is not None else "Training"
    assert {fitted} <= {step["Type"] for step in all_steps(definition).values()} & STEP_KINDS.keys()
    assert refused(definition) == {}


def test_the_check_itself_notices_what_sagemaker_refuses():
    train = dataclasses.replace(STEPS.train, instance_type="m5.large")
    definition = pipeline_definition(dataclasses.replace(with_steps(train=train), training_role_arn="no role"))
    problems = refused(definition)
    assert "m5.large" in problems["Steps.train.Arguments.ResourceConfig.InstanceType"]
    assert "no role" in problems["Steps.train.Arguments.RoleArn"]


@pytest.mark.parametrize(
    ("variant", "names"),
    [
        ("whole", ["prepare", "train", "evaluate", "gate", "register", "gate-failed"]),
        ("without preparation", ["train", "evaluate", "gate", "register", "gate-failed"]),
        ("without evaluation", ["prepare", "train", "register"]),
        ("without gates", ["prepare", "train", "evaluate", "register"]),
        ("without registry", ["prepare", "train", "evaluate", "gate", "gate-failed"]),
        ("training alone", ["train"]),
        ("tuned", ["prepare", "tune", "evaluate", "gate", "register", "gate-failed"]),
    ],
)
def test_what_is_left_out_leaves_a_pipeline_that_fits_together(variant: str, names: list[str]):
    definition = pipeline_definition(VARIANTS[variant])
    steps = all_steps(definition)
    assert list(steps) == names
    text = json.dumps(definition)
    assert set(re.findall(r"Steps\.([a-z-]+)\.", text)) <= set(steps)
    assert set(re.findall(r"Parameters\.(\w+)", text)) == {each["Name"] for each in definition["Parameters"]}


def test_without_preparation_the_raw_data_is_read():
    steps = all_steps(pipeline_definition(VARIANTS["without preparation"]))
    channels = {each["ChannelName"]: each for each in steps["train"]["Arguments"]["InputDataConfig"]}
    assert set(channels) == {"code", "train"}
    assert channels["train"]["DataSource"]["S3DataSource"]["S3Uri"] == {"Get": "Parameters.DataUri"}
    inputs = {
        each["InputName"]: each["S3Input"]["S3Uri"] for each in steps["evaluate"]["Arguments"]["ProcessingInputs"]
    }
    assert inputs["test"] == {"Get": "Parameters.DataUri"}


def test_an_ungated_model_is_registered_after_it_was_measured():
    steps = all_steps(pipeline_definition(VARIANTS["without gates"]))
    assert steps["register"]["DependsOn"] == ["evaluate"]


def test_a_model_is_registered_only_behind_the_gate():
    (gate,) = [step for step in pipeline_definition(args())["Steps"] if step["Type"] == "Condition"]
    assert [step["Name"] for step in gate["Arguments"]["IfSteps"]] == ["register"]
    assert [step["Name"] for step in gate["Arguments"]["ElseSteps"]] == ["gate-failed"]


@pytest.mark.parametrize(
    ("comparator", "type_"),
    [(">=", "GreaterThanOrEqualTo"), (">", "GreaterThan"), ("<=", "LessThanOrEqualTo"), ("<", "LessThan")],
)
def test_comparators(comparator: Any, type_: str):
    evaluate = dataclasses.replace(STEPS.evaluate, gates=(Gate("log_loss", comparator, 0.5),))
    gate = all_steps(pipeline_definition(with_steps(evaluate=evaluate)))["gate"]
    (condition,) = gate["Arguments"]["Conditions"]
    assert (condition["Type"], condition["RightValue"]) == (type_, 0.5)
    assert condition["LeftValue"]["Std:JsonGet"]["Path"] == "metrics.log_loss.value"


def test_every_gate_must_hold_and_is_named_in_the_failure():
    gates = (Gate("accuracy", ">=", 0.8), Gate("recall", ">=", 0.70), Gate("log_loss", "<", 0.5))
    steps = all_steps(pipeline_definition(with_steps(evaluate=dataclasses.replace(STEPS.evaluate, gates=gates))))
    assert len(steps["gate"]["Arguments"]["Conditions"]) == 3
    assert steps["gate-failed"]["Arguments"]["ErrorMessage"] == (
        "The model did not pass every gate: accuracy >= 0.8, recall >= 0.7, log_loss < 0.5"
    )


def test_hyperparameters_are_parameters_of_their_own_type():
    parameters = {each["Name"]: each for each in pipeline_definition(args())["Parameters"]}
    types = {name: parameters[name]["Type"] for name in ("max_depth", "rate", "loss", "warm")}
    assert types == {"max_depth": "Integer", "rate": "Float", "loss": "String", "warm": "Boolean"}
    assert parameters["max_depth"]["DefaultValue"] == 6
    assert parameters["warm"]["DefaultValue"] is True


@pytest.mark.parametrize("name", ["CodeUri", "TrainInstanceType", "sagemaker_program"])
def test_a_reserved_name_is_refused(name: str):
    train = dataclasses.replace(STEPS.train, hyperparameters={name: 1})
    with pytest.raises(UserError, match=f"can't be named {name}"):
        pipeline_definition(with_steps(train=train))


def test_what_is_tuned_is_no_parameter_and_the_rest_is():
    """A range is searched whole; no run could set a value in it."""
    definition = pipeline_definition(VARIANTS["tuned"])
    names = {each["Name"] for each in definition["Parameters"]}
    assert not names & {"max_depth", "rate", "loss"}
    assert "warm" in names
    request = all_steps(definition)["tune"]["Arguments"]
    static = request["TrainingJobDefinition"]["StaticHyperParameters"]
    assert set(static) == {"sagemaker_submit_directory", "sagemaker_program", "warm"}
    config = request["HyperParameterTuningJobConfig"]
    assert config["Strategy"] == "Bayesian"
    assert config["HyperParameterTuningJobObjective"] == {"Type": "Minimize", "MetricName": "train:accuracy"}
    assert config["ResourceLimits"] == {"MaxNumberOfTrainingJobs": 8, "MaxParallelTrainingJobs": 2}


def test_the_steps_after_tuning_take_the_best_model():
    definition = pipeline_definition(VARIANTS["tuned"])
    steps = all_steps(definition)
    best = {"Get": "Steps.tune.TrainingJobSummaries[0].TrainingJobName"}
    container = steps["register"]["Arguments"]["InferenceSpecification"]["Containers"][0]
    inputs = {
        each["InputName"]: each["S3Input"]["S3Uri"] for each in steps["evaluate"]["Arguments"]["ProcessingInputs"]
    }
    assert inputs["model"] == container["ModelDataUrl"]
    folder = {"Get": "Steps.tune.TrainingJobDefinition.OutputDataConfig.S3OutputPath"}
    expected = {"On": "/", "Values": [folder, best, "output/model.tar.gz"]}
    assert inputs["model"] == {"Std:Join": expected}


def test_early_stopping_is_off_unless_asked_for():
    for early, expected in ((False, "Off"), (True, "Auto")):
        definition = pipeline_definition(with_steps(tune=dataclasses.replace(TUNE, early_stopping=early)))
        config = all_steps(definition)["tune"]["Arguments"]["HyperParameterTuningJobConfig"]
        assert config["TrainingJobEarlyStoppingType"] == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [({"metric": "f1"}, "The objective f1"), ({"ranges": {"x": IntegerRange(1, 2)}}, "The range x")],
)
def test_tuning_of_what_the_training_has_not_is_refused(change: dict[str, Any], message: str):
    with pytest.raises(UserError, match=message):
        pipeline_definition(with_steps(tune=dataclasses.replace(TUNE, **change)))


def test_code_and_data_without_a_default_must_be_given():
    parameters = {each["Name"]: each for each in pipeline_definition(args(code_uri=None, data_uri=None))["Parameters"]}
    assert parameters["CodeUri"] == {"Name": "CodeUri", "Type": "String"}
    assert parameters["DataUri"] == {"Name": "DataUri", "Type": "String"}


@pytest.mark.parametrize("name", ["prepare", "evaluate"])
def test_processing_is_isolated_and_encrypted(name: str):
    """CKV_AWS_369, SageMaker.10 to .13."""
    request = all_steps(pipeline_definition(args()))[name]["Arguments"]
    assert request["NetworkConfig"] == {"EnableNetworkIsolation": True, "EnableInterContainerTrafficEncryption": True}
    assert request["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] == KEY
    assert request["ProcessingOutputConfig"]["KmsKeyId"] == KEY


def test_training_is_isolated_and_encrypted():
    """CKV_AWS_367, CKV_AWS_368."""
    request = all_steps(pipeline_definition(args()))["train"]["Arguments"]
    assert request["EnableNetworkIsolation"] is True
    assert request["EnableInterContainerTrafficEncryption"] is True
    assert request["ResourceConfig"]["VolumeKmsKeyId"] == KEY
    assert request["OutputDataConfig"]["KmsKeyId"] == KEY


def test_isolation_can_be_given_up_for_one_step_only():
    prepare = dataclasses.replace(STEPS.prepare, network_isolation=False)
    steps = all_steps(pipeline_definition(with_steps(prepare=prepare)))
    assert steps["prepare"]["Arguments"]["NetworkConfig"]["EnableNetworkIsolation"] is False
    assert steps["evaluate"]["Arguments"]["NetworkConfig"]["EnableNetworkIsolation"] is True
    assert steps["train"]["Arguments"]["EnableNetworkIsolation"] is True


def test_every_job_joins_the_given_network():
    """SageMaker.2."""
    vpc = {"SecurityGroupIds": ["sg-0a"], "Subnets": ["subnet-0a"]}
    steps = all_steps(pipeline_definition(VARIANTS["in a network"]))
    assert steps["train"]["Arguments"]["VpcConfig"] == vpc
    for name in ("prepare", "evaluate"):
        assert steps[name]["Arguments"]["NetworkConfig"]["VpcConfig"] == vpc


def test_a_new_version_waits_for_approval():
    register = all_steps(pipeline_definition(args()))["register"]["Arguments"]
    assert register["ModelApprovalStatus"] == "PendingManualApproval"


def test_a_scripts_name_that_makes_the_command_too_long_is_refused():
    prepare = dataclasses.replace(STEPS.prepare, entry_point=f"{'x' * 200}.py")
    with pytest.raises(UserError, match="is too long"):
        pipeline_definition(with_steps(prepare=prepare))


@pytest.mark.parametrize("script", ["prepare.py", "steps/prepare data.py", "it's; exit 1.py"])
def test_the_command_runs_the_script_of_the_bundle(script: str, tmp_path):
    """The container's entry point in a shell, with its folders moved into a temporary one."""
    source = tmp_path / "src" / script
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text("import pathlib, sys\npathlib.Path('ran').write_text(' '.join(sys.argv[1:]))\n")
    code = tmp_path / "input" / "code"
    code.mkdir(parents=True)
    (code / "sourcedir.tar.gz").write_bytes(bundle(tmp_path / "src").content)
    prepare = dataclasses.replace(STEPS.prepare, entry_point=script)
    request = all_steps(pipeline_definition(with_steps(prepare=prepare)))["prepare"]["Arguments"]["AppSpecification"]
    words = [*request["ContainerEntrypoint"], *request["ContainerArguments"]]
    command = [word.replace("/opt/ml/processing", str(tmp_path)) for word in words]
    subprocess.run(command, check=True, cwd=tmp_path)
    assert (code / "ran").read_text() == f"--input {tmp_path}/input/data --output {tmp_path}/output"


def test_the_model_is_unpacked_before_it_is_evaluated(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "evaluate.py").write_text(
        "import pathlib, sys\nprint(pathlib.Path(sys.argv[2], 'model.txt').read_text())\n"
    )
    for name in ("code", "model"):
        (tmp_path / "input" / name).mkdir(parents=True)
    (tmp_path / "input" / "code" / "sourcedir.tar.gz").write_bytes(bundle(tmp_path / "src").content)
    with tarfile.open(tmp_path / "input" / "model" / "model.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("model.txt")
        entry.size = 6
        archive.addfile(entry, io.BytesIO(b"fitted"))
    request = all_steps(pipeline_definition(args()))["evaluate"]["Arguments"]["AppSpecification"]
    words = [*request["ContainerEntrypoint"], *request["ContainerArguments"]]
    command = [word.replace("/opt/ml/processing", str(tmp_path)) for word in words]
    run = subprocess.run(command, check=True, cwd=tmp_path, capture_output=True, text=True)
    assert run.stdout == "fitted\n"


def test_the_component_writes_the_definition(declare, tags):
    import pulumi

    def program():
        pipeline = TrainingPipeline(
            "weather-dev",
            TrainingPipelineArgs(
                pipeline_name="weather-dev",
                description="Weather",
                steps=STEPS,
                artifact_bucket=pulumi.Output.from_input("weather-artifacts"),
                encryption_key_arn=pulumi.Output.from_input(KEY),
                pipeline_role_arn=pulumi.Output.from_input("arn:aws:iam::111111111111:role/pipeline"),
                processing_role_arn=pulumi.Output.from_input("arn:aws:iam::111111111111:role/processing"),
                training_role_arn=pulumi.Output.from_input("arn:aws:iam::111111111111:role/training"),
                code_uri=pulumi.Output.from_input("s3://weather-artifacts/code/0f/sourcedir.tar.gz"),
                data_uri=pulumi.Output.from_input("s3://weather-data/data/0f/weather.csv"),
                tags=tags,
            ),
        )
        return {"name": pipeline.pipeline_name, "arn": pipeline.arn}

    declared = declare(program)
    resource = declared.one("aws:sagemaker/pipeline:Pipeline")
    definition = json.loads(resource.inputs.pop("pipelineDefinition"))
    assert definition == pipeline_definition(args())
    assert resource.inputs == {
        "pipelineName": "weather-dev",
        "pipelineDisplayName": "weather-dev",
        "pipelineDescription": "Weather",
        "roleArn": "arn:aws:iam::111111111111:role/pipeline",
        "tags": tags,
    }
    assert resource.parent.endswith("mlstack:aws:TrainingPipeline::weather-dev")
    assert declared.result == {"name": "weather-dev", "arn": "arn:aws:made:::weather-dev-pipeline"}


def training_request(variant: str) -> dict[str, Any]:
    steps = all_steps(pipeline_definition(VARIANTS[variant]))
    if "train" in steps:
        request: dict[str, Any] = steps["train"]["Arguments"]
        return request
    definition: dict[str, Any] = steps["tune"]["Arguments"]["TrainingJobDefinition"]
    return {**definition, "HyperParameters": definition["StaticHyperParameters"]}


@pytest.mark.parametrize("variant", ["on spot instances", "tuned on spot instances"])
def test_checkpoints_of_spot_training_are_an_executions_own(variant: str):
    request = training_request(variant)
    assert request["EnableManagedSpotTraining"] is True
    assert request["StoppingCondition"] == {"MaxRuntimeInSeconds": 86_400, "MaxWaitTimeInSeconds": 172_800}
    folder = {"On": "/", "Values": ["s3://weather-artifacts/checkpoints/weather-dev", EXECUTION]}
    assert request["CheckpointConfig"] == {"S3Uri": {"Std:Join": folder}, "LocalPath": "/opt/ml/checkpoints"}
    assert request["Environment"] == {"CHECKPOINT_DIR": "/opt/ml/checkpoints"}


@pytest.mark.parametrize("variant", ["on several instances", "tuned on several instances"])
def test_several_instances_share_the_training_set_alone(variant: str):
    request = training_request(variant)
    assert request["ResourceConfig"]["InstanceCount"] == 4
    assert request["HyperParameters"]["sagemaker_torch_distributed_enabled"] == "true"
    assert request["Environment"] == {"MASTER_ADDR": "algo-1", "MASTER_PORT": "7777"}
    dealt = {
        each["ChannelName"]: each["DataSource"]["S3DataSource"]["S3DataDistributionType"]
        for each in request["InputDataConfig"]
    }
    assert dealt == {"code": "FullyReplicated", "train": "ShardedByS3Key", "test": "FullyReplicated"}


def test_what_is_not_asked_for_is_not_in_the_request():
    request = training_request("whole")
    assert not {"EnableManagedSpotTraining", "CheckpointConfig", "Environment"} & {*request}
    assert {*request["StoppingCondition"]} == {"MaxRuntimeInSeconds"}
    assert "KeepAlivePeriodInSeconds" not in request["ResourceConfig"]
    assert not [name for name in request["HyperParameters"] if name.endswith("_enabled")]


@pytest.mark.parametrize("steps", [STEPS, dataclasses.replace(STEPS, tune=TUNE)], ids=["trained", "tuned"])
def test_model_archives_lie_where_other_accounts_may_read_and_prepared_data_does_not(steps: PipelineSteps):
    written = all_steps(pipeline_definition(args(steps=steps)))

    def readable(uri: dict[str, Any], name: str) -> bool:
        parts = (part if isinstance(part, str) else "0f" for part in uri["Std:Join"]["Values"])
        key = "/".join(parts).removeprefix("s3://weather-artifacts/")
        return any(fnmatch.fnmatchcase(f"{key}/{name}", pattern) for pattern in MODEL_KEYS)

    fit = written["tune"]["Arguments"]["TrainingJobDefinition"] if steps.tune else written["train"]["Arguments"]
    assert readable(fit["OutputDataConfig"]["S3OutputPath"], "job/output/model.tar.gz")
    for step in ("prepare", "evaluate"):
        for output in written[step]["Arguments"]["ProcessingOutputConfig"]["Outputs"]:
            assert not readable(output["S3Output"]["S3Uri"], "train.csv")
