"""The `model_quality` step in SageMaker's JSON: how right the model was that a version holds.

A processing job of AWS's analyzer on the predictions.csv that the evaluation writes beside its report, with the columns
`prediction` and `label`; the variables are those that the sagemaker SDK's `ModelQualityMonitor.suggest_baseline` sets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.baseline_step import CONSTRAINTS_FILE, STATISTICS_FILE, baseline_step
from mlstack_components.aws.pipeline_expressions import Json, get, join
from mlstack_components.aws.pipeline_locations import output_uri
from mlstack_components.aws.pipeline_steps import EVALUATE

if TYPE_CHECKING:
    from mlstack_components.aws.pipeline_args import PipelineDefinitionArgs, QualityBaselineStepArgs

MODEL_QUALITY = "model_quality"
PREDICTIONS_FILE = "predictions.csv"
LABEL = "label"


def quality_baseline_step(args: PipelineDefinitionArgs, step: QualityBaselineStepArgs) -> Json:
    """Return the step that measures the evaluation's predictions.

    Args:
        args: All that the pipeline follows from.
        step: Where it runs, and what is predicted.
    """
    common = baseline_step(args, step)
    request = common["Arguments"]
    (source,), (target,) = request["ProcessingInputs"], request["ProcessingOutputConfig"]["Outputs"]
    evaluation = get(f"Steps.{EVALUATE}.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri")
    source = {**source, "S3Input": {**source["S3Input"], "S3Uri": join("/", evaluation, PREDICTIONS_FILE)}}
    target = {
        "OutputName": MODEL_QUALITY,
        "S3Output": {**target["S3Output"], "S3Uri": output_uri(args, MODEL_QUALITY)},
    }
    asked = {
        "analysis_type": "MODEL_QUALITY",
        "problem_type": step.problem_type,
        "inference_attribute": "prediction",
        "ground_truth_attribute": LABEL,
    }
    request = {
        **request,
        "Environment": {**request["Environment"], **asked},
        "ProcessingInputs": [source],
        "ProcessingOutputConfig": {**request["ProcessingOutputConfig"], "Outputs": [target]},
    }
    return {**common, "Name": MODEL_QUALITY, "Arguments": request}


def with_quality_baseline(registration: Json) -> Json:
    """Return the registration of a version that names what its model is to be held to.

    The evaluation's own report stays what ModelMetrics tells of the model's quality.

    Args:
        registration: The `register` step.
    """
    folder = get(f"Steps.{MODEL_QUALITY}.ProcessingOutputConfig.Outputs['{MODEL_QUALITY}'].S3Output.S3Uri")
    found = {
        member: {"ContentType": "application/json", "S3Uri": join("/", folder, file)}
        for member, file in (("Statistics", STATISTICS_FILE), ("Constraints", CONSTRAINTS_FILE))
    }
    arguments = registration["Arguments"]
    baselines = {**arguments.get("DriftCheckBaselines", {}), "ModelQuality": found}
    return {**registration, "Arguments": {**arguments, "DriftCheckBaselines": baselines}}
