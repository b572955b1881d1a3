"""The part `logs`: the log groups of all jobs of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.job_logs import JobLogs as Groups
from mlstack_components.aws.job_logs import JobLogsArgs

if TYPE_CHECKING:
    from mlstack_stacks.platform.composition.environment import PlatformEnvironment
    from mlstack_stacks.platform.spec import JobLogs


def declare(logs: JobLogs, environment: PlatformEnvironment) -> dict[str, Any]:
    """Declares the log groups.

    Args:
        logs: The specification's part.
        environment: The platform's environment.

    Returns:
        The outputs, by name.
    """
    arguments = JobLogsArgs(
        encryption_key_arn=environment.key.arn, retention_days=logs.retention_days, tags=environment.tags
    )
    return {"job_log_group_arns": Groups(environment.prefix, arguments, environment.options).log_group_arns}
