"""What a monitor's job may read and write, as a pure function."""

from __future__ import annotations

from mlstack_components.aws.names import MONITOR_CODE_PREFIX, MONITOR_REPORT_PREFIX
from mlstack_components.aws.policies import Statement, statement


def monitor_statements(*, captures: str, baselines: str, artifact_bucket_arn: str) -> list[Statement]:
    """Return the statements that only monitors have.

    Args:
        captures: The endpoint's captured calls, as a pattern of ARNs.
        baselines: The baselines of the pipeline's versions, likewise.
        artifact_bucket_arn: The bucket of the monitors' code and reports.
    """
    code, reports = (f"{artifact_bucket_arn}/{prefix}*" for prefix in (MONITOR_CODE_PREFIX, MONITOR_REPORT_PREFIX))
    write = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
    return [
        statement("ReadCaptures", ["s3:GetObject"], captures),
        statement("ReadBaselinesAndCode", ["s3:GetObject"], [baselines, code]),
        statement("WriteReports", write, reports),
    ]
