"""When monitors run, in SageMaker's words."""

from __future__ import annotations

HOURLY = "cron(0 * ? * * *)"
DAILY = "cron(0 0 ? * * *)"
"""At midnight, UTC."""


def schedule_expression(schedule: str) -> str:
    """Return a schedule as SageMaker's monitors take it.

    They run every hour, once a day, or every few hours, and at no other times
    (https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-schedule-expression.html).

    Args:
        schedule: `hourly`, `daily`, or cron with five fields: `0 * * * *`, `0 H * * *` or `0 H/N * * *`, in UTC.
    """
    words = {"hourly": HOURLY, "daily": DAILY}
    return words[schedule] if schedule in words else f"cron(0 {schedule.split()[1]} ? * * *)"
