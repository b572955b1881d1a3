"""The `baseline` step in SageMaker's JSON: what the data looks like that a model was trained with.

A processing job of AWS's analyzer, which is told by its environment what to do
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-create-baseline.html; the variables are those that the
sagemaker SDK's `DefaultModelMonitor.suggest_baseline` sets). It writes statistics.json and constraints.json, and the
version that is registered after it names both. It is a plain processing step and no `QualityCheck` step, because that
one also compares with the version before, and would stop a retraining on data that has changed, which is what a
retraining is for.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlstack_components.aws.analyzer_step import (
    CONSTRAINTS_FILE,
    OUTPUT,
    STATISTICS_FILE,
    analyzer_input,
    analyzer_step,
    written_files,
)
from mlstack_components.aws.pipeline_steps import prepared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_components.aws.pipeline_args import BaselineStepArgs, PipelineDefinitionArgs
    from mlstack_components.aws.pipeline_expressions import Json

BASELINE = "baseline"
BASELINE_FILES = {"Statistics": STATISTICS_FILE, "Constraints": CONSTRAINTS_FILE}
"""What Model Monitor compares with, by the member that names it."""

_INPUT = "/opt/ml/processing/input/baseline_dataset_input"


def baseline_step(args: PipelineDefinitionArgs, step: BaselineStepArgs) -> Json:
    """Return the step that measures the training data.

    Args:
        args: All that the pipeline follows from.
        step: Where it runs.
    """
    return monitor_step(BASELINE, args, step, dataset=prepared(args, "train"), asked={})


def monitor_step(
    name: str, args: PipelineDefinitionArgs, step: BaselineStepArgs, *, dataset: Json, asked: Mapping[str, str]
) -> Json:
    """Return a step of Model Monitor's analyzer.

    Args:
        name: The step's name.
        args: All that the pipeline follows from.
        step: Where it runs.
        dataset: What it measures: CSV with a header, in S3.
        asked: Further variables that say what to do.
    """
    return analyzer_step(
        name,
        args,
        step,
        inputs=[analyzer_input("baseline_dataset_input", dataset, _INPUT)],
        output_name=name,
        environment={
            "dataset_format": json.dumps({"csv": {"header": True, "output_columns_position": "START"}}),
            "dataset_source": _INPUT,
            "output_path": OUTPUT,
            "publish_cloudwatch_metrics": "Disabled",
            **asked,
        },
    )


def with_baseline(registration: Json) -> Json:
    """Return the registration of a version that names its baseline, for monitors of data quality.

    Args:
        registration: The `register` step.
    """
    found = written_files(BASELINE, BASELINE, BASELINE_FILES)
    arguments = registration["Arguments"]
    metrics = {**arguments.get("ModelMetrics", {}), "ModelDataQuality": found}
    baselines = {"ModelDataQuality": found}
    return {
        **registration,
        "Arguments": {**arguments, "ModelMetrics": metrics, "DriftCheckBaselines": baselines},
    }
