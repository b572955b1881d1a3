"""Kinds of serving in mlstack.yaml: what each takes, and what is said of what it can't have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.spec import load, load_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack_components.errors import Problem

REALTIME = "serving: {kind: realtime, instance_type: ml.m5.large, instances: {min: 1}}"
PROD = "serving: {instances: {min: 2}}"


@pytest.fixture
def project(write_project: Callable[..., Path], spec_text: str) -> Callable[..., Path]:
    """Writes a project with another `serving`, further text, and what the environment dev has."""

    def write(serving: str, more: str = "", dev: str = "") -> Path:
        text = spec_text.replace(REALTIME, f"serving: {{{serving}}}").replace(f", {PROD}", "")
        text = text.replace("region: eu-west-1}\n  prod", f"region: eu-west-1{dev and ', '}{dev}}}\n  prod")
        return write_project(more + text)

    return write


def problems(path: Path) -> list[Problem]:
    with pytest.raises(SpecError) as caught:
        load_all(path)
    return list(caught.value.problems)


def test_asynchronous_serving_may_have_no_instance(project: Callable[..., Path]) -> None:
    text = (
        "kind: asynchronous, instances: {min: 0, max: 3}, asynchronous: {max_concurrent_calls: 4, notify: everything}"
    )
    serving = load(project(text), "dev").serving
    assert serving is not None
    assert serving.asynchronous is not None
    assert (serving.instances.min, serving.asynchronous.max_concurrent_calls) == (0, 4)
    assert serving.asynchronous.backlog_per_instance == 5


def test_asynchronous_serving_rolls_out_in_steps(project: Callable[..., Path]) -> None:
    serving = load(project("kind: asynchronous, instances: {min: 2}, rollout: canary"), "dev").serving
    assert serving is not None
    assert serving.rollout.kind == "canary"


def test_serverless_serving_has_defaults(project: Callable[..., Path]) -> None:
    serving = load(project("kind: serverless, serverless: {}"), "dev").serving
    assert serving is not None
    assert serving.serverless is not None
    assert serving.serverless.model_dump() == {
        "memory_mb": 2048,
        "max_concurrency": 5,
        "provisioned_concurrency": None,
    }


# (what stands in `serving`, further text of the file, the keys that are told of, words of the messages)
WRONG = {
    "everything": (
        "kind: serverless, instance_type: ml.g5.xlarge, instances: {min: 2, max: 3}, rollout: canary, "
        "capture_percent: 5, scaling: {}, asynchronous: {}",
        "network: {zones: 2}\n",
        {
            "serving.instance_type": '"ml.g5.xlarge" is a machine',
            "serving.instances": "has no instances",
            "serving.rollout": "canary moves shares of the instances",
            "serving.capture_percent": "keeps no calls",
            "serving.scaling": "scales by itself",
            "serving.asynchronous": "is for `kind: asynchronous`",
            "network": "can't be placed in a network",
        },
    ),
    "asynchronous": (
        "kind: asynchronous, capture_percent: 5, serverless: {}, instances: {min: 0}",
        "",
        {
            "serving.capture_percent": "keeps no calls",
            "serving.serverless": "is for `kind: serverless`",
            "serving.instances.min": "without `max` no instance would ever be started",
        },
    ),
    "scaling": (
        "kind: asynchronous, instances: {min: 1, max: 2}, "
        'scaling: {invocations_per_instance: 3, schedules: [{cron: "0 8 * * MON", min: 1, max: 2}]}',
        "",
        {
            "serving.scaling.invocations_per_instance": "scales by the calls that wait",
            "serving.scaling.schedules": "not by the clock",
        },
    ),
    "monitors": (
        "kind: serverless",
        "monitoring: {data_quality: daily}\n",
        {"monitoring.data_quality": "`kind: serverless` keeps none"},
    ),
    "zero": ("kind: realtime, instances: {min: 0, max: 2}", "", {"serving.instances.min": "without an instance"}),
    "memory": ("kind: serverless, serverless: {memory_mb: 1500}", "", {"serving.serverless.memory_mb": "1024"}),
    "provisioned": (
        "kind: serverless, serverless: {max_concurrency: 2, provisioned_concurrency: 3}",
        "",
        {"serving.serverless.provisioned_concurrency": "above max_concurrency"},
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_a_kind_can_not_have_is_told_all_at_once(project: Callable[..., Path], case: str) -> None:
    serving, more, wanted = WRONG[case]
    found = {problem.key: problem for problem in problems(project(serving, more))}
    assert found.keys() == wanted.keys()
    for key, words in wanted.items():
        assert words in found[key].message
        assert found[key].line > 0
        assert found[key].suggestion or "must be" in found[key].message


def test_nobody_is_told_of_everything_without_notifications(
    project: Callable[..., Path], write_project: Callable[..., Path]
) -> None:
    text = project("kind: asynchronous, asynchronous: {notify: everything}").read_text()
    path = write_project(text.replace("notifications: {emails: [ml-team@example.com]}\n", ""))
    assert [problem.key for problem in problems(path)] == ["serving.asynchronous.notify"]


@pytest.mark.parametrize(
    ("serving", "dev", "kind"),
    [
        ("kind: realtime, instance_type: ml.m5.large, instances: {min: 2}", "kind: serverless", "serverless"),
        ("kind: asynchronous, instances: {min: 1}, asynchronous: {notify: nothing}", "kind: realtime", "realtime"),
        ("kind: serverless, serverless: {memory_mb: 1024}", "kind: realtime, instances: {min: 2}", "realtime"),
    ],
)
def test_an_environment_may_choose_another_kind(
    project: Callable[..., Path], serving: str, dev: str, kind: str
) -> None:
    spec = load(project(serving, dev=f"serving: {{{dev}}}"), "dev")
    assert spec.serving is not None
    assert spec.serving.kind == kind


def test_what_an_environment_writes_beside_its_kind_is_meant(project: Callable[..., Path]) -> None:
    dev = "serving: {kind: serverless, instance_type: ml.m5.xlarge}"
    found = problems(project("kind: realtime", dev=dev))
    assert [problem.key for problem in found] == ["environments.dev.serving.instance_type"]


def test_what_would_be_missed_is_told_even_where_the_project_has_it(project: Callable[..., Path]) -> None:
    found = problems(project("kind: realtime, capture_percent: 5", dev="serving: {kind: serverless}"))
    assert [problem.key for problem in found] == ["serving.capture_percent"]
    path = project("kind: realtime, capture_percent: 5", dev="serving: {kind: serverless, capture_percent: 0}")
    assert load(path, "dev").serving is not None
