"""The log groups that SageMaker writes the output of all jobs of an account to, whosever they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

if TYPE_CHECKING:
    from collections.abc import Sequence

JOB_LOG_GROUPS = {
    "processing": "/aws/sagemaker/ProcessingJobs",
    "training": "/aws/sagemaker/TrainingJobs",
    "transform": "/aws/sagemaker/TransformJobs",
}
"""The groups by kind of job; SageMaker chose the names
(https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html)."""


@dataclass(frozen=True, kw_only=True)
class JobLogsArgs:
    """What the log groups are made from."""

    encryption_key_arn: pulumi.Input[str]
    """The key of the logs; its policy must let CloudWatch Logs use it."""
    retention_days: int = 365
    """How long logs are kept, in days: one of the numbers that CloudWatch Logs knows."""
    kinds: Sequence[str] = tuple(JOB_LOG_GROUPS)
    """The kinds of jobs, keys of `JOB_LOG_GROUPS`."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of the groups."""


class JobLogs(pulumi.ComponentResource):
    """SageMaker's log groups with a key and an end.

    Where they are missing SageMaker makes them with the first job, kept for ever and without a key. They belong to the
    account and not to a project, so one stack of the account has them. Rules: CKV_AWS_158, CKV_AWS_338.
    """

    log_group_arns: dict[str, pulumi.Output[str]]
    """The ARN of each group, by kind of job."""

    def __init__(self, name: str, args: JobLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:JobLogs", name, {}, opts)
        self.log_groups = {
            kind: aws.cloudwatch.LogGroup(
                f"{name}-{kind}-logs",
                aws.cloudwatch.LogGroupArgs(
                    name=JOB_LOG_GROUPS[kind],
                    kms_key_id=args.encryption_key_arn,
                    retention_in_days=args.retention_days,
                    tags=args.tags,
                ),
                pulumi.ResourceOptions(parent=self),
            )
            for kind in args.kinds
        }
        self.log_group_arns = {kind: group.arn for kind, group in self.log_groups.items()}
        self.register_outputs({"log_group_arns": self.log_group_arns})
