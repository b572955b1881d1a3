"""The findings as SARIF 2.1.0, which code scanning reads (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack import __version__
from mlstack.scaffold.check.drift import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlstack.scaffold.check.drift import Drift


def sarif(found: Iterable[Drift]) -> dict[str, Any]:
    """One run with all findings.

    Args:
        found: The differences; those that are let be are suppressed with their reason.
    """
    rules = [{"id": rule, "shortDescription": {"text": text}} for rule, text in RULES.items()]
    driver = {"name": "mlstack", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": [_result(drift) for drift in found]}
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _result(drift: Drift) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": drift.path}, "region": {"startLine": max(drift.line, 1)}}
    result = {
        "ruleId": drift.rule,
        "level": "error",
        "message": {"text": drift.message},
        "locations": [{"physicalLocation": place}],
    }
    if drift.waived is not None:
        result["suppressions"] = [{"kind": "external", "justification": drift.waived}]
    return result
