"""Further versions behind an endpoint: what they may be, and what they contradict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.spec import load
from mlstack_stacks.spec.variants import variant_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPEC = """\
name: churn
registry: {}
serving:
  kind: realtime
  instances: {min: 2}
  variants: {challenger: {percent: 20}, old: {}}
environments:
  dev: {account: "111111111111", region: eu-west-1}
  staging: {account: "111111111111", region: eu-west-1, serving: {variants: null, shadow: {}}}
"""


def test_variants_and_a_shadow_have_names(write_project: Callable[..., Path]) -> None:
    file = write_project(SPEC)
    assert variant_names(load(file, "dev").serving) == ("challenger", "old")
    assert variant_names(load(file, "staging").serving) == ("shadow",)


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "message", "next_step"),
    [
        ("{percent: 20}", "{percent: 95}", 6, "serving.variants", "take 105 percent of the calls", "99 together"),
        ("{percent: 20}", "{percent: 0}", 6, "serving.variants.challenger.percent", "must be at least 1", ""),
        ("old: {}", "shadow: {}", 6, "serving.variants.shadow", "is the name of the shadow", "shadow: {}"),
        ("old: {}", "Old: {}", 6, "serving.variants.Old", "is not a variant's name", "challenger"),
        ("old: {}", "old: {instance_type: ml.q5.large}", 6, "serving.variants.old.instance_type", "", ""),
        (
            "old: {}",
            "old: {instance_type: ml.g5.xlarge}",
            6,
            "serving.variants.old.instance_type",
            "ml.g5.xlarge encrypts disks of its own and takes no key, which the disks of ml.m5.large need",
            "both",
        ),
        ("instances:", "rollout: canary\n  instances:", 7, "serving.variants", "a rollout by canary", "shadow"),
        (
            "instances:",
            "rollout: {kind: all_at_once, rollback_alarms: [errors]}\n  instances:",
            7,
            "serving.variants",
            "a rollout that alarms bring back",
            "Remove `rollback_alarms`",
        ),
        (
            "old: {}",
            "old: {instances: {min: 3, max: 2}}",
            6,
            "serving.variants.old.instances.max",
            "below min",
            "3 or more",
        ),
        ("old: {}", "old: {instances: {min: 0}}", 6, "serving.variants.old.instances.min", "at least 1", "1 or more"),
        ("old: {}", "old: {scaling: {}}", 6, "serving.variants.old.scaling", "scaling needs `instances.max`", "max: 4"),
        (
            "old: {}",
            "old: {instance_count: 2, instances: {min: 2, max: 3}}",
            6,
            "serving.variants.old.instance_count",
            "can't be beside `instances`",
            "remove `instance_count`",
        ),
        (
            "old: {}",
            "old: {instances: {min: 2, max: 3}, scaling: {schedules: [{cron: '0 8 * * *', min: 1, max: 3}]}}",
            6,
            "serving.variants.old.scaling.schedules[0]",
            "leaves the range of `instances`, 2 to 3",
            "Widen",
        ),
        ("realtime", "serverless", 6, "serving.variants", "is for `kind: realtime`", "`null`"),
        ("realtime", "asynchronous", 6, "serving.variants", "is for `kind: realtime`", "`null`"),
        ("variants:", "shadow: {}\n  variants:", 6, "serving.shadow", "can't be beside `variants`", "Remove one"),
    ],
)
def test_what_can_not_be(  # noqa: PLR0917 - a row of a table
    write_project: Callable[..., Path], old: str, new: str, line: int, key: str, message: str, next_step: str
) -> None:
    file = write_project(SPEC.replace(old, new, 1))
    with pytest.raises(SpecError) as error:
        load(file, "dev")
    found = {(each.line, each.key): each for each in error.value.problems}
    assert message in found[line, key].message
    assert next_step in str(found[line, key].suggestion)


def test_a_kind_that_an_environment_chooses_leaves_them_aside(write_project: Callable[..., Path]) -> None:
    file = write_project(SPEC.replace("eu-west-1}\n", "eu-west-1, serving: {kind: serverless, instances: null}}\n", 1))
    with pytest.raises(SpecError) as error:
        load(file, "dev")
    assert not [each for each in error.value.problems if "variants" in each.key]


def test_a_shadow_is_not_scaled(write_project: Callable[..., Path]) -> None:
    with pytest.raises(SpecError) as error:
        load(write_project(SPEC.replace("shadow: {}", "shadow: {instances: {min: 1, max: 2}}")), "staging")
    (problem,) = error.value.problems
    assert problem.key.endswith("serving.shadow.instances")
    assert "unknown key" in problem.message


def test_a_variant_has_the_least_of_its_range(write_project: Callable[..., Path]) -> None:
    text = SPEC.replace("old: {}", "old: {instances: {min: 2, max: 3}}")
    variants = load(write_project(text), "dev").serving.variants  # type: ignore[union-attr]
    assert {name: each.least_instances for name, each in (variants or {}).items()} == {"challenger": 1, "old": 2}
