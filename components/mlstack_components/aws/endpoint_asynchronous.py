"""Asynchronous inference: calls wait in a queue, and their answers are written to a bucket."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.names import ASYNC_PREFIX


@dataclass(frozen=True, kw_only=True)
class AsynchronousArgs:
    """Where answers go, and who is told of them."""

    bucket: pulumi.Input[str]
    """The bucket's name; answers lie in `async/<endpoint>/output/`, failures in `async/<endpoint>/failures/`."""
    encryption_key_arn: pulumi.Input[str]
    """The key of what is written."""
    max_concurrent_calls: int | None = None
    """How many calls each instance works on at once, 1 to 1000; SageMaker chooses where None."""
    success_topic_arn: pulumi.Input[str] | None = None
    """The topic that is told of each answer; None tells nobody."""
    error_topic_arn: pulumi.Input[str] | None = None
    """The topic that is told of each failure; None tells nobody."""


def async_inference_config(
    args: AsynchronousArgs, endpoint_name: str
) -> aws.sagemaker.EndpointConfigurationAsyncInferenceConfigArgs:
    """Return the asynchronous inference of an endpoint configuration.

    Source: AsyncInferenceConfig in SageMaker's API reference.

    Args:
        args: Where answers go.
        endpoint_name: The endpoint, whose folder they lie in.
    """
    topics = aws.sagemaker.EndpointConfigurationAsyncInferenceConfigOutputConfigNotificationConfigArgs(
        success_topic=args.success_topic_arn, error_topic=args.error_topic_arn
    )
    told = args.success_topic_arn is not None or args.error_topic_arn is not None
    most = args.max_concurrent_calls
    return aws.sagemaker.EndpointConfigurationAsyncInferenceConfigArgs(
        client_config=None
        if most is None
        else aws.sagemaker.EndpointConfigurationAsyncInferenceConfigClientConfigArgs(
            max_concurrent_invocations_per_instance=most
        ),
        output_config=aws.sagemaker.EndpointConfigurationAsyncInferenceConfigOutputConfigArgs(
            s3_output_path=_below(args.bucket, endpoint_name, "output"),
            s3_failure_path=_below(args.bucket, endpoint_name, "failures"),
            kms_key_id=args.encryption_key_arn,
            notification_config=topics if told else None,
        ),
    )


def _below(bucket: pulumi.Input[str], endpoint_name: str, folder: str) -> pulumi.Output[str]:
    return pulumi.Output.concat("s3://", bucket, "/", ASYNC_PREFIX, endpoint_name, "/", folder)
