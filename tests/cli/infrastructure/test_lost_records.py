"""An update that would lose records of features is refused, with the real engine on the real local cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import boto3

    from .conftest import Weather

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(600)]

GROUPS = """\
features:
  days: {record_identifier: day, event_time: at, schema: {day: string, at: string, wind: float}}
  hours: {record_identifier: hour, event_time: at, schema: {hour: string, at: string}}
"""


def test_a_changed_schema_does_not_lose_records(weather: Weather, aws: boto3.Session) -> None:
    file = weather.directory / "mlstack.yaml"
    before = file.read_text()
    file.write_text(before.replace("environments:", f"{GROUPS}environments:", 1))
    (name, _) = weather.json("up", "local")["outputs"]["feature_group_names"].values()
    values = {"day": "monday", "at": "2026-03-01T12:00:00Z", "wind": "3.5"}
    record: Any = [{"FeatureName": key, "ValueAsString": value} for key, value in values.items()]
    runtime = aws.client("sagemaker-featurestore-runtime")
    runtime.put_record(FeatureGroupName=name, Record=record)

    # The other group holds nothing, so nothing is lost with it.
    file.write_text(file.read_text().replace("schema: {hour: string, at: string}", "schema: {hour: string, at: float}"))
    assert weather.json("up", "local")["changes"]
    file.write_text(file.read_text().replace("wind: float", "wind: float, rain: float"))
    refused = weather.json("up", "local", exit_code=1)["error"]
    assert refused["code"] == "holds-data"
    assert f"feature group {name}: 1 record" in refused["message"]
    file.write_text(before)
    assert weather.json("up", "local", exit_code=1)["error"]["code"] == "holds-data"
    assert runtime.get_record(FeatureGroupName=name, RecordIdentifierValueAsString="monday")["Record"] == record

    assert weather.json("up", "local", "--delete-data")["changes"]
    assert not aws.client("sagemaker").list_feature_groups(NameContains=name)["FeatureGroupSummaries"]
