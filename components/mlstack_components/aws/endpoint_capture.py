"""Data capture: what an endpoint is asked and answers, kept in a bucket."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.names import CAPTURE_PREFIX

CSV_TYPES = ("text/csv",)
JSON_TYPES = ("application/json", "application/jsonlines")
"""Content types that are kept as text; all others in base64 (CaptureContentTypeHeader in SageMaker's API reference)."""


@dataclass(frozen=True, kw_only=True)
class CaptureArgs:
    """What is kept, and where."""

    percent: int
    """Which share of the calls is kept, 1 to 100."""
    bucket: pulumi.Input[str]
    """The bucket's name; captures lie in `capture/<endpoint>/<variant>/yyyy/mm/dd/hh/`."""
    encryption_key_arn: pulumi.Input[str]
    """The key of the captures."""


def data_capture_config(args: CaptureArgs) -> aws.sagemaker.EndpointConfigurationDataCaptureConfigArgs:
    """Return the data capture of an endpoint configuration: requests and responses.

    Args:
        args: What is kept, and where.
    """
    option = aws.sagemaker.EndpointConfigurationDataCaptureConfigCaptureOptionArgs
    return aws.sagemaker.EndpointConfigurationDataCaptureConfigArgs(
        enable_capture=True,
        initial_sampling_percentage=args.percent,
        destination_s3_uri=pulumi.Output.concat("s3://", args.bucket, "/", CAPTURE_PREFIX.rstrip("/")),
        kms_key_id=args.encryption_key_arn,
        capture_options=[option(capture_mode="Input"), option(capture_mode="Output")],
        capture_content_type_header=aws.sagemaker.EndpointConfigurationDataCaptureConfigCaptureContentTypeHeaderArgs(
            csv_content_types=list(CSV_TYPES), json_content_types=list(JSON_TYPES)
        ),
    )
