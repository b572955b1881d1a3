"""The metrics that SageMaker publishes of endpoints and pipelines, by their names in CloudWatch.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

from __future__ import annotations

INVOCATIONS = "AWS/SageMaker"
"""The namespace of an endpoint's calls: dimensions `EndpointName` and `VariantName`; latencies in microseconds."""

INSTANCES = "/aws/sagemaker/Endpoints"
"""The namespace of an endpoint's instances: the same dimensions; percent."""

PIPELINES = "AWS/Sagemaker/ModelBuildingPipeline"
"""The namespace of pipelines: dimension `PipelineName`."""

MICROSECONDS = 1_000
"""How many of them are a millisecond."""


def variant_dimensions(endpoint_name: str, variant_name: str) -> dict[str, str]:
    """Return the dimensions of a production variant's metrics."""
    return {"EndpointName": endpoint_name, "VariantName": variant_name}


def pipeline_dimensions(pipeline_name: str) -> dict[str, str]:
    """Return the dimensions of a pipeline's metrics."""
    return {"PipelineName": pipeline_name}
