"""The script of a monitor in the artifact bucket, where its jobs find it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.names import MONITOR_CODE_PREFIX

if TYPE_CHECKING:
    from mlstack_components.aws.model_monitors import ModelMonitorsArgs
    from mlstack_components.aws.model_quality_monitor import ModelQualityMonitorArgs


def preprocessor_object(
    name: str, script: str, args: ModelMonitorsArgs | ModelQualityMonitorArgs, parent: pulumi.Resource
) -> aws.s3.BucketObjectv2:
    """Declare the script of a monitor, encrypted and named by what is in it.

    Args:
        name: The object's logical name.
        script: The script.
        args: The monitor's arguments, with bucket, key and tags.
        parent: The monitor.
    """
    return aws.s3.BucketObjectv2(
        name,
        aws.s3.BucketObjectv2Args(
            bucket=args.artifact_bucket,
            key=preprocessor_key(script),
            content=script,
            kms_key_id=args.encryption_key_arn,
            server_side_encryption="aws:kms",
            bucket_key_enabled=True,
            tags=args.tags,
        ),
        pulumi.ResourceOptions(parent=parent),
    )


def preprocessor_key(script: str) -> str:
    """Return the object key of a record preprocessor.

    Args:
        script: Its text.
    """
    return f"{MONITOR_CODE_PREFIX}{hashlib.sha256(script.encode()).hexdigest()}/preprocessor.py"
