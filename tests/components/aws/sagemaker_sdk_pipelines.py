"""The pipelines of `test_pipeline_oracle.py`, written with the sagemaker SDK and printed as JSON.

A program of its own: importing the SDK takes seconds and changes logging and warnings of the whole process. It reaches
no cloud: moto answers what the SDK asks while it builds a definition.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import boto3
from moto import mock_aws
from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
from sagemaker.core.network import NetworkConfig
from sagemaker.core.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter
from sagemaker.core.processing import Processor
from sagemaker.core.shapes import (
    Channel,
    DataSource,
    MetricDefinition,
    ModelPackageModelCard,
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
    S3DataSource,
)
from sagemaker.core.training.configs import (
    CheckpointConfig,
    Compute,
    InputData,
    Networking,
    OutputDataConfig,
    StoppingCondition,
)
from sagemaker.core.workflow.conditions import ConditionGreaterThanOrEqualTo, ConditionLessThan
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import (
    ParameterBoolean,
    ParameterFloat,
    ParameterInteger,
    ParameterString,
)
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.retry import StepExceptionTypeEnum, StepRetryPolicy
from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep, TuningStep
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train.model_trainer import ModelTrainer
from sagemaker.train.tuner import HyperparameterTuner

KEY = "arn:aws:kms:eu-west-1:111111111111:key/0f0f0f0f"
PROCESSING_ROLE = "arn:aws:iam::111111111111:role/processing"
TRAINING_ROLE = "arn:aws:iam::111111111111:role/training"
IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
CODE_DIRECTORY = "/opt/ml/processing/input/code"


def _retry() -> list[StepRetryPolicy]:
    types = [StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING]
    return [StepRetryPolicy(exception_types=types, interval_seconds=5, backoff_rate=2.0, max_attempts=5)]


def _output(*path: str) -> Join:
    return Join(
        on="/", values=["s3://weather-artifacts/pipelines/weather-dev", ExecutionVariables.PIPELINE_EXECUTION_ID, *path]
    )


class _Builder:
    def __init__(
        self,
        *,
        network: bool,
        gates: bool,
        prepare: bool,
        tune: bool = False,
        spot: bool = False,
        warm: bool = False,
        card: bool = False,
    ) -> None:
        self.session = PipelineSession(
            boto_session=boto3.Session(region_name="eu-west-1"), default_bucket="sdk-default-bucket"
        )
        self.network, self.gates, self.prepare, self.tune = network, gates, prepare, tune
        self.spot, self.warm_pool = spot, warm
        self.card = card
        self.code = ParameterString("CodeUri", "s3://weather-artifacts/code/0f/sourcedir.tar.gz")
        self.data = ParameterString("DataUri", "s3://weather-data/data/0f/weather.csv")
        self.prepare_type = ParameterString("PrepareInstanceType", "ml.m5.large")
        self.train_type = ParameterString("TrainInstanceType", "ml.g5.xlarge")
        self.evaluate_type = ParameterString("EvaluateInstanceType", "ml.c5.large")
        self.max_depth = ParameterInteger("max_depth", 6)
        self.rate = ParameterFloat("rate", 0.1)
        self.loss = ParameterString("loss", "log_loss")
        self.warm = ParameterBoolean("warm", default_value=True)

    def _subnets(self) -> dict[str, Any]:
        return {"subnets": ["subnet-1", "subnet-2"], "security_group_ids": ["sg-1"]} if self.network else {}

    def _processing(self, command: str, instance_type: ParameterString, **changed: Any) -> Processor:
        settings: dict[str, Any] = {
            "role": PROCESSING_ROLE,
            "image_uri": IMAGE,
            "instance_count": 1,
            "instance_type": instance_type,
            "entrypoint": ["/bin/sh", "-c", command, "--"],
            "volume_size_in_gb": 30,
            "volume_kms_key": KEY,
            "output_kms_key": KEY,
            "max_runtime_in_seconds": 86400,
            "sagemaker_session": self.session,
            "network_config": NetworkConfig(
                enable_network_isolation=True, encrypt_inter_container_traffic=True, **self._subnets()
            ),
        }
        return Processor(**{**settings, **changed})

    def _input(self, name: str, uri: Any) -> ProcessingInput:
        return ProcessingInput(
            input_name=name,
            s3_input=ProcessingS3Input(
                s3_uri=uri,
                local_path=f"/opt/ml/processing/input/{name}",
                s3_data_type="S3Prefix",
                s3_input_mode="File",
            ),
        )

    def _result(self, name: str, path: str, uri: Join) -> ProcessingOutput:
        s3_output = ProcessingS3Output(s3_uri=uri, local_path=path, s3_upload_mode="EndOfJob")
        return ProcessingOutput(output_name=name, s3_output=s3_output)

    def prepare_step(self) -> ProcessingStep:
        command = f'cd {CODE_DIRECTORY} && python3 -m tarfile -e sourcedir.tar.gz && exec python3 prepare.py "$@"'
        arguments = self._processing(command, self.prepare_type, volume_size_in_gb=50).run(
            inputs=[self._input("code", self.code), self._input("data", self.data)],
            outputs=[
                self._result("train", "/opt/ml/processing/output/train", _output("prepare", "train")),
                self._result("test", "/opt/ml/processing/output/test", _output("prepare", "test")),
            ],
            arguments=["--input", "/opt/ml/processing/input/data", "--output", "/opt/ml/processing/output"],
        )
        return ProcessingStep("prepare", step_args=arguments, retry_policies=_retry())

    def _trainer(self, sets: dict[str, Any]) -> ModelTrainer:
        channels = {"code": self.code, **sets}
        return ModelTrainer(
            training_image=IMAGE,
            sagemaker_session=self.session,
            role=TRAINING_ROLE,
            compute=Compute(
                instance_type=self.train_type,
                instance_count=1 if self.warm_pool else 2,
                volume_size_in_gb=30,
                **({"enable_managed_spot_training": True} if self.spot else {}),
                **({"keep_alive_period_in_seconds": 1800} if self.warm_pool else {}),
            ),
            networking=Networking(
                enable_network_isolation=True, enable_inter_container_traffic_encryption=True, **self._subnets()
            ),
            stopping_condition=StoppingCondition(
                max_runtime_in_seconds=3600, **({"max_wait_time_in_seconds": 7200} if self.spot else {})
            ),
            environment=self._environment(),
            **self._checkpoints(),
            output_data_config=OutputDataConfig(s3_output_path=_output("train"), kms_key_id=KEY),
            hyperparameters={
                "sagemaker_submit_directory": "/opt/ml/input/data/code/sourcedir.tar.gz",
                "sagemaker_program": "train.py",
                "max_depth": self.max_depth.to_string(),
                "rate": self.rate.to_string(),
                "loss": self.loss.to_string(),
                "warm": self.warm.to_string(),
                **({"sagemaker_torch_distributed_enabled": "true"} if self.spot else {}),
                **({"sagemaker_mpi_enabled": "true"} if self.warm_pool else {}),
            },
            input_data_config=[
                InputData(
                    channel_name=name,
                    data_source=self._source(name, uri),
                )
                for name, uri in channels.items()
            ],
        )

    def _source(self, channel: str, uri: Any) -> S3DataSource:
        shared = self.spot and channel == "train"
        return S3DataSource(
            s3_data_type="S3Prefix",
            s3_uri=uri,
            s3_data_distribution_type="ShardedByS3Key" if shared else "FullyReplicated",
        )

    def _environment(self) -> dict[str, str]:
        checkpoints = {"CHECKPOINT_DIR": "/opt/ml/checkpoints"} if self.spot else {}
        return checkpoints if self.warm_pool else {**checkpoints, "MASTER_ADDR": "algo-1", "MASTER_PORT": "7777"}

    def _checkpoints(self) -> dict[str, Any]:
        if not self.spot:
            return {}
        uri = Join(
            on="/", values=["s3://weather-artifacts/checkpoints/weather-dev", ExecutionVariables.PIPELINE_EXECUTION_ID]
        )
        return {"checkpoint_config": CheckpointConfig(s3_uri=uri, local_path="/opt/ml/checkpoints")}

    def train_step(self, sets: dict[str, Any]) -> TrainingStep:
        metric = MetricDefinition(name="train:accuracy", regex="accuracy=([0-9.]+)")
        trainer = self._trainer(sets).with_metric_definitions([metric])
        return TrainingStep("train", step_args=trainer.train(), retry_policies=_retry())

    def tune_step(self, sets: dict[str, Any]) -> TuningStep:
        trainer = self._trainer(sets)
        # The tuner takes its inputs as channels, and those of the trainer not at all.
        trainer.input_data_config = None
        tuner = HyperparameterTuner(
            model_trainer=trainer,
            objective_metric_name="train:accuracy",
            metric_definitions=[{"Name": "train:accuracy", "Regex": "accuracy=([0-9.]+)"}],
            hyperparameter_ranges={
                "max_depth": IntegerParameter(2, 12),
                "rate": ContinuousParameter(0.01, 0.3),
                "loss": CategoricalParameter(["log_loss", "exponential"]),
            },
            max_jobs=8,
            max_parallel_jobs=2,
        )
        return TuningStep("tune", step_args=tuner.tune(inputs=self._channels(sets)), retry_policies=_retry())

    def _channels(self, sets: dict[str, Any]) -> list[Channel]:
        return [
            Channel(
                channel_name=name,
                data_source=DataSource(s3_data_source=self._source(name, uri)),
            )
            for name, uri in {"code": self.code, **sets}.items()
        ]

    def evaluate_step(self, model: Any, test: Any) -> tuple[ProcessingStep, PropertyFile]:
        report = PropertyFile(name="EvaluationReport", output_name="evaluation", path="evaluation.json")
        command = (
            "cd /opt/ml/processing/input/model && python3 -m tarfile -e model.tar.gz"
            f" && cd {CODE_DIRECTORY} && python3 -m tarfile -e sourcedir.tar.gz"
            ' && exec python3 evaluate.py "$@"'
        )
        folder = "/opt/ml/processing/output/evaluation"
        arguments = self._processing(command, self.evaluate_type).run(
            inputs=[self._input("code", self.code), self._input("model", model), self._input("test", test)],
            outputs=[self._result("evaluation", folder, _output("evaluate", "evaluation"))],
            arguments=[
                *("--model", "/opt/ml/processing/input/model"),
                *("--test", "/opt/ml/processing/input/test"),
                *("--output", folder),
            ],
        )
        step = ProcessingStep("evaluate", step_args=arguments, property_files=[report], retry_policies=_retry())
        return step, report

    def register_step(
        self, model: Any, evaluate: ProcessingStep, card: ModelPackageModelCard | None = None
    ) -> ModelStep:
        builder = ModelBuilder(
            image_uri=IMAGE,
            s3_model_data_url=model,
            role_arn=TRAINING_ROLE,
            sagemaker_session=self.session,
            env_vars={"SAGEMAKER_PROGRAM": "serve.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"},
        )
        report = MetricsSource(
            content_type="application/json", s3_uri=_output("evaluate", "evaluation", "evaluation.json")
        )
        arguments = builder.register(
            model_package_group_name="weather-dev",
            content_types=["text/csv", "application/json"],
            response_types=["text/csv", "application/json"],
            inference_instances=["ml.m5.large"],
            approval_status="PendingManualApproval",
            model_metrics=ModelMetrics(model_statistics=report),
            **({} if card is None else {"model_card": card}),
            customer_metadata_properties={
                "code_uri": self.code,
                "data_uri": self.data,
                "pipeline_execution": ExecutionVariables.PIPELINE_EXECUTION_ARN,
            },
        )
        waits = None if self.gates else [evaluate]
        return ModelStep("register", step_args=arguments, depends_on=waits, retry_policies=_retry())

    def gate_step(self, evaluate: ProcessingStep, report: PropertyFile, register: ModelStep) -> ConditionStep:
        def metric(name: str) -> JsonGet:
            return JsonGet(step_name=evaluate.name, property_file=report, json_path=f"metrics.{name}.value")

        failed = FailStep(
            "gate-failed",
            error_message="The model did not pass every gate: accuracy >= 0.8, log_loss < 0.5",
        )
        return ConditionStep(
            "gate",
            conditions=[
                ConditionGreaterThanOrEqualTo(left=metric("accuracy"), right=0.8),
                ConditionLessThan(left=metric("log_loss"), right=0.5),
            ],
            if_steps=[register],
            else_steps=[failed],
        )

    def definition(self) -> dict[str, Any]:
        steps: list[Any] = []
        sets: dict[str, Any] = {"train": self.data}
        test: Any = self.data
        types = [self.train_type, self.evaluate_type]
        if self.prepare:
            prepared = self.prepare_step()
            outputs = prepared.properties.ProcessingOutputConfig.Outputs
            sets = {name: outputs[name].S3Output.S3Uri for name in ("train", "test")}
            test = sets["test"]
            steps.append(prepared)
            types.insert(0, self.prepare_type)
        train: Any = self.tune_step(sets) if self.tune else self.train_step(sets)
        if self.tune:
            folder = train.properties.TrainingJobDefinition.OutputDataConfig.S3OutputPath
            name = train.properties.TrainingJobSummaries[0].TrainingJobName
            model: Any = Join(on="/", values=[folder, name, "output/model.tar.gz"])
        else:
            model = train.properties.ModelArtifacts.S3ModelArtifacts
        evaluate, report = self.evaluate_step(model, test)
        card = _card(train, evaluate, report, self.max_depth) if self.card else None
        register = self.register_step(model, evaluate, card)
        steps += [train, evaluate, self.gate_step(evaluate, report, register) if self.gates else register]
        pipeline = Pipeline(
            name="weather-dev",
            parameters=[self.code, self.data, *types, *self._hyperparameters()],
            steps=steps,
            sagemaker_session=self.session,
            pipeline_experiment_config=None,
        )
        result: dict[str, Any] = json.loads(pipeline.definition())
        for step in result["Steps"]:
            if step["Type"] == "Tuning":
                # HyperparameterTuner drops these two of the trainer's networking.
                isolation = {"EnableNetworkIsolation": True, "EnableInterContainerTrafficEncryption": True}
                step["Arguments"]["TrainingJobDefinition"].update(isolation)
        return result

    def _hyperparameters(self) -> list[Any]:
        tuned = [self.max_depth, self.rate, self.loss]
        return [self.warm] if self.tune else [*tuned, self.warm]

    def top_model(self) -> dict[str, Any]:
        """Where the SDK looks for the best model of a tuning step."""
        step = self.tune_step({"train": self.data})
        found: dict[str, Any] = step.get_top_model_s3_uri(0, "weather-artifacts", "pipelines/weather-dev").expr
        return found


def _card(train: Any, evaluate: ProcessingStep, report: PropertyFile, max_depth: Any) -> ModelPackageModelCard:
    """A card of a few values of each kind, each as the SDK writes it into the text of a card."""
    accuracy = JsonGet(step_name=evaluate.name, property_file=report, json_path="metrics.accuracy.value")
    values = [
        train.properties.TrainingJobArn,
        train.properties.ModelArtifacts.S3ModelArtifacts,
        evaluate.properties.ProcessingJobArn,
        max_depth,
        ExecutionVariables.PIPELINE_EXECUTION_ARN,
        accuracy,
    ]
    return ModelPackageModelCard(model_card_content=Join(on="", values=values), model_card_status="Draft")


@mock_aws
def _main() -> None:
    logging.disable(logging.CRITICAL)
    definitions = {
        "whole": _Builder(network=False, gates=True, prepare=True).definition(),
        "in a network": _Builder(network=True, gates=True, prepare=True).definition(),
        "without gates": _Builder(network=False, gates=False, prepare=True).definition(),
        "without preparation": _Builder(network=False, gates=True, prepare=False).definition(),
        "tuned": _Builder(network=True, gates=True, prepare=True, tune=True).definition(),
        "on spot instances": _Builder(network=False, gates=True, prepare=True, spot=True).definition(),
        "kept warm": _Builder(network=False, gates=True, prepare=True, warm=True).definition(),
        "tuned on spot instances": _Builder(network=False, gates=True, prepare=True, tune=True, spot=True).definition(),
        "with a card": _Builder(network=False, gates=True, prepare=True, card=True).definition(),
        "top model": _Builder(network=False, gates=True, prepare=True, tune=True).top_model(),
    }
    json.dump(definitions, sys.stdout)


if __name__ == "__main__":
    _main()
