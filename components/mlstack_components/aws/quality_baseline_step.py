"""The `model_quality` step in SageMaker's JSON: how right the model was that a version holds.

A processing job of AWS's analyzer on the predictions.csv that the evaluation writes beside its report, with the columns
`prediction` and `label`; the variables are those that the sagemaker SDK's `ModelQualityMonitor.suggest_baseline` sets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.analyzer_step import written_files
from mlstack_components.aws.baseline_step import BASELINE_FILES, monitor_step
from mlstack_components.aws.pipeline_expressions import Json, get, join
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
    asked = {
        "analysis_type": "MODEL_QUALITY",
        "problem_type": step.problem_type,
        "inference_attribute": "prediction",
        "ground_truth_attribute": LABEL,
    }
    return monitor_step(MODEL_QUALITY, args, step, dataset=evaluated(), asked=asked)


def evaluated() -> Json:
    """Return where the evaluation's predictions lie."""
    folder = get(f"Steps.{EVALUATE}.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri")
    return join("/", folder, PREDICTIONS_FILE)


def with_quality_baseline(registration: Json) -> Json:
    """Return the registration of a version that names what its model is to be held to.

    The evaluation's own report stays what ModelMetrics tells of the model's quality.

    Args:
        registration: The `register` step.
    """
    found = written_files(MODEL_QUALITY, MODEL_QUALITY, BASELINE_FILES)
    arguments = registration["Arguments"]
    baselines = {**arguments.get("DriftCheckBaselines", {}), "ModelQuality": found}
    return {**registration, "Arguments": {**arguments, "DriftCheckBaselines": baselines}}
