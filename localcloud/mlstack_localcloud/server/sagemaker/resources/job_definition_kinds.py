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
    """

    prefix: str
    monitoring_type: str
    resource_type: str
    metrics: str

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
    "ModelQuality", "ModelQuality", arns.MODEL_QUALITY_JOB_DEFINITION, "/aws/sagemaker/Endpoints/model-metrics"
)
"""Namespaces: docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-cloudwatch.html and
model-monitor-model-quality-metrics.html."""

KINDS: Mapping[str, DefinitionKind] = {each.monitoring_type: each for each in (DATA_QUALITY, MODEL_QUALITY)}
"""By the type that schedules name."""
