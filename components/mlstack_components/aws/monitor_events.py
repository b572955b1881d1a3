"""Which events tell that a monitor found something."""

from __future__ import annotations

import json

VIOLATIONS = "CompletedWithViolations"
"""What the exit message of a monitor's job begins with then
(docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-results.html)."""


def violations_pattern(*role_arns: str) -> str:
    """Return the EventBridge pattern of monitors' jobs that found violations or failed.

    SageMaker names their jobs by itself, so they are known by their role.

    Args:
        role_arns: The roles of the jobs.
    """
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Processing Job State Change"],
        "detail": {
            "RoleArn": list(role_arns),
            "$or": [{"ExitMessage": [{"prefix": VIOLATIONS}]}, {"ProcessingJobStatus": ["Failed"]}],
        },
    }
    return json.dumps(pattern, separators=(",", ":"))
