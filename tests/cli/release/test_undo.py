"""Undoing a release with monitors, which SageMaker's rollback does not put back."""

from typing import Any
from unittest.mock import MagicMock

from mlstack.release.pointer import Release
from mlstack.release.scope import MONITOR_TARGETS, TARGETS
from mlstack.release.undo import undo

MONITORS = "urn:pulumi:local::weather::mlstack:stacks:Project$mlstack:aws:Endpoint$mlstack:aws:ModelMonitors"
SCHEDULE = f"{MONITORS}$aws:sagemaker/monitoringSchedule:MonitoringSchedule::weather-watch-data"


def deployment(*urns: str) -> dict[str, Any]:
    return {"deployment": {"resources": [{"urn": urn, "id": "1"} for urn in urns]}}


def undone(now: dict[str, Any], former: dict[str, Any]) -> list[str]:
    """What the engine was asked for, in order."""
    pulumi, pointer = MagicMock(), MagicMock()
    pulumi.export_state.return_value = now
    before = Release("arn:aws:sagemaker:us-east-1:000000000000:model-package/weather/1")
    undo(pulumi, pointer, before, former)
    pointer.move.assert_called_once_with(before)
    pulumi.refresh.assert_called_once_with(TARGETS)
    for call in pulumi.up.call_args_list:
        assert call.args == (MONITOR_TARGETS,)
    return [name for name, *_ in pulumi.method_calls]


def test_monitors_go_back_to_the_former_baseline_after_all_else() -> None:
    expected = ["export_state", "import_state", "refresh", "up"]
    assert undone(deployment(SCHEDULE), deployment(SCHEDULE)) == expected
    assert undone(deployment(), deployment(SCHEDULE)) == expected


def test_without_monitors_nothing_is_updated() -> None:
    assert undone(deployment(), deployment()) == ["export_state", "import_state", "refresh"]
