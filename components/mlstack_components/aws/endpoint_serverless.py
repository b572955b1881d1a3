"""Serverless inference: no instances, containers are started when they are called."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class ServerlessArgs:
    """How large, and how many at once."""

    memory_mb: int
    """The memory of each container: 1024 to 6144 in steps of 1024; processors come in proportion."""
    max_concurrency: int
    """How many calls are worked on at once, 1 to 200; more are throttled."""
    provisioned_concurrency: int | None = None
    """How many containers are kept warm, 1 to `max_concurrency`; None keeps none."""


def serverless_config(args: ServerlessArgs) -> aws.sagemaker.EndpointConfigurationProductionVariantServerlessConfigArgs:
    """Return the serverless configuration of a production variant.

    Source: ProductionVariantServerlessConfig in SageMaker's API reference.

    Args:
        args: How large, and how many at once.
    """
    return aws.sagemaker.EndpointConfigurationProductionVariantServerlessConfigArgs(
        memory_size_in_mb=args.memory_mb,
        max_concurrency=args.max_concurrency,
        provisioned_concurrency=args.provisioned_concurrency,
    )
