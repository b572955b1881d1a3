from __future__ import annotations

import dataclasses
import json

import pytest
from mlstack_components.aws.dashboard import Dashboard, DashboardArgs, dashboard_body

ALARMS = ["arn:aws:cloudwatch:eu-west-1:111111111111:alarm:weather-dev-errors"]


@pytest.fixture
def args(placement) -> DashboardArgs:
    return DashboardArgs(
        dashboard_name="weather-dev",
        placement=placement,
        endpoint_name="weather-dev",
        pipeline_name="weather-train",
        alarm_arns=ALARMS,
    )


def _widgets(args, alarms=ALARMS):
    return json.loads(dashboard_body(args, alarms))["widgets"]


def test_the_dashboard_has_its_name_and_body(declare, args):
    declared = declare(lambda: Dashboard("weather-dev", args).dashboard_name)
    inputs = declared.one("aws:cloudwatch/dashboard:Dashboard").inputs
    assert inputs == {"dashboardName": "weather-dev", "dashboardBody": dashboard_body(args, ALARMS)}


def test_the_body_has_the_documented_structure(args):
    """CloudWatch-Dashboard-Body-Structure: a grid of 24 columns, and what each type of widget needs."""
    taken = set()
    for widget in _widgets(args):
        assert widget["type"] in {"metric", "alarm", "text"}
        assert 0 <= widget["x"] <= 23
        assert 1 <= widget["width"] <= 24 - widget["x"]
        assert 1 <= widget["height"] <= 1000
        cells = {(widget["x"] + x, widget["y"] + y) for x in range(widget["width"]) for y in range(widget["height"])}
        assert not cells & taken
        taken |= cells
        properties = widget["properties"]
        if widget["type"] == "alarm":
            assert 1 <= len(properties["alarms"]) <= 100
        else:
            assert properties["region"] == "eu-west-1"
            assert properties["view"] in {"timeSeries", "singleValue", "gauge", "bar", "pie", "table"}
            assert properties["period"] % 60 == 0
            for metric in properties["metrics"]:
                *names, options = metric
                assert len(names) % 2 == 0
                assert all(isinstance(name, str) for name in names)
                assert set(options) <= {"stat", "label", "period", "color", "yAxis", "id", "visible"}


def test_it_shows_endpoint_pipeline_and_alarms(args):
    metrics = {
        (metric[0], metric[1], *metric[2:-1])
        for widget in _widgets(args)
        if widget["type"] == "metric"
        for metric in widget["properties"]["metrics"]
    }
    variant = ("EndpointName", "weather-dev", "VariantName", "AllTraffic")
    assert {name for space, name, *of in metrics if tuple(of) == variant} == {
        "Invocations",
        "ModelLatency",
        "OverheadLatency",
        "Invocation4XXErrors",
        "Invocation5XXErrors",
        "CPUUtilization",
        "MemoryUtilization",
        "DiskUtilization",
    }
    assert ("AWS/Sagemaker/ModelBuildingPipeline", "ExecutionFailed", "PipelineName", "weather-train") in metrics
    assert [each["properties"]["alarms"] for each in _widgets(args) if each["type"] == "alarm"] == [ALARMS]


def test_without_alarms_there_is_no_empty_widget(args):
    assert "alarm" not in {each["type"] for each in _widgets(args, [])}


def test_with_nothing_to_see_it_says_so(placement):
    (widget,) = _widgets(DashboardArgs(dashboard_name="empty", placement=placement), [])
    assert widget["type"] == "text"


def test_distances_from_the_baseline_are_searched_by_the_endpoint(args):
    monitored = dataclasses.replace(args, monitored=True)
    (widget,) = [
        each for each in _widgets(monitored) if each["properties"].get("title") == "Distance from the baseline"
    ]
    ((expression,),) = widget["properties"]["metrics"]
    assert expression == {"expression": "SEARCH('feature_baseline_drift Endpoint=\"weather-dev\"', 'Maximum', 3600)"}
    assert "SEARCH" not in dashboard_body(args, ALARMS)
    assert "SEARCH" not in dashboard_body(dataclasses.replace(monitored, endpoint_name=None), ALARMS)


def test_variants_stand_in_the_graphs_of_the_released_version(args):
    alone = {each["properties"]["title"]: each["properties"].get("metrics", []) for each in _widgets(args)}
    compared = dataclasses.replace(args, further_variants=["challenger", "shadow"])
    for widget in _widgets(compared):
        properties = widget["properties"]
        title, metrics = properties["title"], properties.get("metrics", [])
        before = alone.pop(title)
        assert metrics[: len(before)] == before
        added = metrics[len(before) :]
        if title in {"Alarms", "Runs of the pipeline"}:
            assert added == []
            continue
        for variant in compared.further_variants:
            theirs = [each for each in added if each[5] == variant]
            assert [each[:5] for each in theirs] == [each[:5] for each in before]
            assert [each[-1]["stat"] for each in theirs] == [each[-1]["stat"] for each in before]
            assert all(each[-1]["label"].startswith(f"{variant}: ") for each in theirs)
    assert alone == {}
