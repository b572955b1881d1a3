"""The kinds of monitors' job definitions: a line each, which says how AWS calls the parts of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_localcloud.server.sagemaker.ports import Document


@dataclass(frozen=True)
class DefinitionKind:
    """A kind of job definitions.

    Attributes:
        prefix: What its members begin with: `DataQuality` of `DataQualityJobInput`.
        monitoring_type: What a schedule calls it.
        resource_type: Its part of an ARN, and its table.
        metrics: The namespace that its monitors of endpoints publish to.
        analysis: What its jobs are told to do, in the words of the sagemaker SDK.
        labelled: Whether its jobs take the labels of calls.
    """

    prefix: str
    monitoring_type: str
    resource_type: str
    metrics: str
    analysis: str | None = None
    labelled: bool = False

    @property
    def operation(self) -> str:
        """What operations call it: `DataQualityJobDefinition`."""
        return f"{self.prefix}JobDefinition"

    def part(self, definition: Document, part: str) -> Document:
        """Return a part of a definition, empty where it has none.

        Args:
            definition: A definition of this kind.
            part: `AppSpecification`, `BaselineConfig`, `JobInput` or `JobOutputConfig`.
        """
        found: Document = definition.get(f"{self.prefix}{part}", {})
        return found

    def endpoint_of(self, definition: Document) -> str:
        """Return the name of the endpoint that a definition is about."""
        return str(self.part(definition, "JobInput")["EndpointInput"]["EndpointName"])


DATA_QUALITY = DefinitionKind(
    "DataQuality", "DataQuality", arns.DATA_QUALITY_JOB_DEFINITION, "/aws/sagemaker/Endpoints/data-metrics"
)
MODEL_QUALITY = DefinitionKind(
    "ModelQuality",
    "ModelQuality",
    arns.MODEL_QUALITY_JOB_DEFINITION,
    "/aws/sagemaker/Endpoints/model-metrics",
    analysis="MODEL_QUALITY",
    labelled=True,
)
MODEL_BIAS = DefinitionKind(
    "ModelBias",
    "ModelBias",
    arns.MODEL_BIAS_JOB_DEFINITION,
    "aws/sagemaker/Endpoints/bias-metrics",
    analysis="MODEL_BIAS",
    labelled=True,
)
MODEL_EXPLAINABILITY = DefinitionKind(
    "ModelExplainability",
    "ModelExplainability",
    arns.MODEL_EXPLAINABILITY_JOB_DEFINITION,
    "aws/sagemaker/Endpoints/explainability-metrics",
    analysis="MODEL_EXPLAINABILITY",
)
"""Namespaces: docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-cloudwatch.html,
model-monitor-model-quality-metrics.html, clarify-model-monitor-bias-drift-cw.html and
clarify-feature-attribute-drift-cw.html."""

KINDS: Mapping[str, DefinitionKind] = {
    each.monitoring_type: each for each in (DATA_QUALITY, MODEL_QUALITY, MODEL_BIAS, MODEL_EXPLAINABILITY)
}
"""By the type that schedules name."""


def kind_of_analysis(analysis: str | None) -> DefinitionKind:
    """Return the kind whose jobs do an analysis; that of data quality where none is named."""
    return next(kind for kind in KINDS.values() if kind.analysis == analysis)
