"""What CodeBuild tells EventBridge of builds.

https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html#sample-build-notifications-ref
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document, EventPublisher, Identity

STATE = "CodeBuild Build State Change"
PHASE = "CodeBuild Build Phase Change"
_log = logging.getLogger(__name__)


class BuildEvents:
    """Publishes what becomes of builds; a bus that fails is logged and never fails a build.

    Args:
        bus: The event bus.
    """

    def __init__(self, bus: EventPublisher) -> None:
        self._bus = bus

    def state_changed(self, build: Document, caller: Identity) -> None:
        """Tell that a build has begun or ended."""
        detail = {"build-status": build["buildStatus"], "current-phase": build["currentPhase"]}
        self._publish(STATE, build, detail, caller)

    def phase_changed(self, build: Document, caller: Identity) -> None:
        """Tell that a phase of a build has ended."""
        phase = build["phases"][-2]
        detail = {
            "completed-phase": phase["phaseType"],
            "completed-phase-status": phase["phaseStatus"],
            "completed-phase-duration-seconds": phase["durationInSeconds"],
            "completed-phase-context": str([each["message"] for each in phase.get("contexts", [])]),
        }
        self._publish(PHASE, build, detail, caller)

    def _publish(self, detail_type: str, build: Document, detail: Document, caller: Identity) -> None:
        more = {
            "build-complete": build["buildComplete"],
            "initiator": build["initiator"],
            "build-number": build["buildNumber"],
            "source": {name: value for name, value in build["source"].items() if name in {"type", "location"}},
            "logs": build.get("logs", {}),
        }
        common = {
            "project-name": build["projectName"],
            "build-id": build["arn"],
            "additional-information": more,
            "version": "1",
        }
        try:
            self._bus.publish(
                source="aws.codebuild",
                detail_type=detail_type,
                detail={**common, **detail},
                resources=[build["arn"]],
                account=caller.account,
                region=caller.region,
            )
        except Exception:
            _log.exception("The event %r of %s could not be published", detail_type, build["arn"])
