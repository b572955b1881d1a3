"""What the pipeline of batches and the rules that start it may do, as pure functions.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.policies import document, statement

if TYPE_CHECKING:
    from mlstack_components.aws.placement import Placement


def pipeline_arn(placement: Placement, pipeline_name: str) -> str:
    """Return a pipeline's ARN, which SageMaker writes in small letters."""
    return placement.arn("sagemaker", f"pipeline/{pipeline_name.lower()}")


def batch_pipeline_policy(placement: Placement) -> str:
    """Return the permissions of the pipeline's role: transform jobs of pipelines, no data and no keys.

    A transform job reads, writes and encrypts as the role of its model.

    Args:
        placement: The account and region.
    """
    jobs = placement.arn("sagemaker", "transform-job/pipelines-*")
    actions = [
        "sagemaker:AddTags",
        "sagemaker:CreateTransformJob",
        "sagemaker:DescribeTransformJob",
        "sagemaker:ListTags",
        "sagemaker:StopTransformJob",
    ]
    return document(statement("RunTransformJobs", actions, jobs))


def start_policy(placement: Placement, pipeline_name: str) -> str:
    """Return the permissions of the rules' role: to start one pipeline.

    Args:
        placement: The account and region.
        pipeline_name: The pipeline.
    """
    arn = pipeline_arn(placement, pipeline_name)
    return document(statement("StartPipeline", ["sagemaker:StartPipelineExecution"], arn))
