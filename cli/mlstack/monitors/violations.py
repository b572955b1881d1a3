"""What a run of a monitor found: the `constraint_violations.json` of SageMaker's Model Monitor as frozen data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

VIOLATIONS_FILE = "constraint_violations.json"


@dataclass(frozen=True)
class Violation:
    """One thing that is not as the baseline wants it.

    Attributes:
        feature: The feature, or the metric of a model.
        check: The check, such as `baseline_drift_check`.
        description: What is wrong, in the monitor's words.
    """

    feature: str
    check: str
    description: str


@dataclass(frozen=True)
class MonitorRun:
    """A run of a monitor.

    Attributes:
        schedule: The schedule whose job was done.
        status: SageMaker's status, such as `CompletedWithViolations`.
        reason: Why it failed, or None.
        violations: What it found.
        report_uri: The S3 folder of its files, or None where there was no job.
        monitor: Which monitor, as mlstack.yaml calls it.
    """

    schedule: str
    status: str
    reason: str | None = None
    violations: tuple[Violation, ...] = ()
    report_uri: str | None = None
    monitor: str = "data_quality"

    def to_json(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "monitor": self.monitor,
            "schedule": self.schedule,
            "status": self.status,
            "reason": self.reason,
            "violations": [vars(each) for each in self.violations],
            "report_uri": self.report_uri,
        }


def read_violations(content: bytes) -> tuple[Violation, ...]:
    """Read a constraint_violations.json.

    Args:
        content: The file.
    """
    document: Mapping[str, Any] = json.loads(content)
    return tuple(
        Violation(
            _about(each),
            each.get("constraint_check_type", ""),
            each.get("description", ""),
        )
        for each in document.get("violations", ())
    )


def _about(violation: Mapping[str, Any]) -> str:
    found: str = violation.get("feature_name") or violation.get("metric_name", "")
    return found
