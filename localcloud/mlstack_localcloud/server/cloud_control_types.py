"""The resource types that Cloud Control has in the local cloud: a line each, which names the operations behind it.

Properties are the members of the operations' requests, as in the types' schemas
(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SageMaker.html). A type without an update
has create-only properties alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class CloudControlType:
    """A resource type.

    Attributes:
        operation: What SageMaker's operations call it, such as `ModelQualityJobDefinition`.
        name: The member with its name.
        arn: The member with its ARN, which is its identifier.
        listed: The member of the list's answer with the summaries.
        listed_arn: The member of a summary with the ARN.
    """

    operation: str
    name: str
    arn: str
    listed: str
    listed_arn: str


def _job_definition(prefix: str) -> CloudControlType:
    return CloudControlType(
        f"{prefix}JobDefinition",
        name="JobDefinitionName",
        arn="JobDefinitionArn",
        listed="JobDefinitionSummaries",
        listed_arn="MonitoringJobDefinitionArn",
    )


TYPES: Mapping[str, CloudControlType] = {
    "AWS::SageMaker::DataQualityJobDefinition": _job_definition("DataQuality"),
    "AWS::SageMaker::ModelBiasJobDefinition": _job_definition("ModelBias"),
    "AWS::SageMaker::ModelExplainabilityJobDefinition": _job_definition("ModelExplainability"),
    "AWS::SageMaker::ModelQualityJobDefinition": _job_definition("ModelQuality"),
}
"""By the type's name."""
