"""`serving: {kind: batch}`: what it may hold, and what contradicts it, all at once with line, key and next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.spec import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEV = 'environments:\n  dev: {account: "111111111111", region: eu-west-1}\n'


def problems(write_project: Callable[..., Path], text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        load(write_project(f"name: churn\n{text}{DEV}"), "dev")
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("source", "bucket", "prefix"),
    [("incoming/", None, "incoming/"), ("s3://lake/churn/daily/", "lake", "churn/daily/"), ("in.csv", None, "in.csv")],
)
def test_where_the_data_lies(write_project: Callable[..., Path], source: str, bucket: str | None, prefix: str) -> None:
    text = f"name: churn\nserving: {{kind: batch, batch: {{source: '{source}'}}}}\n{DEV}"
    serving = load(write_project(text), "dev").serving
    assert serving is not None
    assert serving.batch is not None
    assert (serving.batch.bucket, serving.batch.prefix) == (bucket, prefix)


def test_everything_that_is_an_endpoints_is_refused_at_once(write_project: Callable[..., Path]) -> None:
    text = (
        "serving:\n  kind: batch\n  instance_type: ml.inf1.xlarge\n  instances: {min: 2, max: 4}\n  rollout: canary\n"
        "  scaling: {invocations_per_instance: 10}\n  capture_percent: 5\n  batch: {source: incoming/}\n"
    )
    found = problems(write_project, text)
    assert [each.split(": ")[:2] for each in found] == [
        ["mlstack.yaml:4", "serving.instance_type"],
        ["mlstack.yaml:5", "serving.instances.max"],
        ["mlstack.yaml:6", "serving.rollout"],
        ["mlstack.yaml:7", "serving.scaling"],
        ["mlstack.yaml:8", "serving.capture_percent"],
    ]
    assert 'Write "ml.' in found[0]
    assert "Leave `rollout` out." in found[2]


@pytest.mark.parametrize(
    ("serving", "message"),
    [
        ("{kind: batch}", "serving.kind: `kind: batch` needs `batch`"),
        ("{kind: realtime, batch: {source: incoming/}}", "serving.batch: is for `kind: batch`"),
        ("{kind: batch, batch: {source: predictions/}}", "they would be scored again"),
        ("{kind: batch, batch: {source: pred}}", "they would be scored again"),
        ("{kind: batch, batch: {source: /in}}", "neither a prefix"),
        ("{kind: batch, batch: {source: 's3://lake'}}", "neither a prefix"),
        ("{kind: batch, batch: {source: 's3://lake/in/', on_new_data: true}}", "only the data bucket tells"),
        ("{kind: batch, batch: {source: in/, schedule: daily}}", "no cron expression"),
        ("{kind: batch, batch: {source: in/, content_type: csv}}", "no media type"),
        ("{kind: batch, batch: {source: in/, max_concurrent: 20}}", "20 requests of 6 MB are 120 MB"),
        ("{kind: batch, batch: {source: in/, content_type: image/png, join_input: true}}", "can't be written beside"),
    ],
)
def test_what_does_not_fit(write_project: Callable[..., Path], serving: str, message: str) -> None:
    (found,) = problems(write_project, f"serving: {serving}\n")
    assert message in found


def test_an_environment_may_have_another_kind(write_project: Callable[..., Path]) -> None:
    text = (
        "name: churn\nserving: {kind: batch, batch: {source: incoming/}}\nenvironments:\n"
        '  dev: {account: "111111111111", region: eu-west-1, serving: {kind: realtime}}\n'
    )
    serving = load(write_project(text), "dev").serving
    assert serving is not None
    assert serving.kind == "realtime"
