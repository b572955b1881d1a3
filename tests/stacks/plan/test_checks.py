"""What is allowed and worth a look is told, with its place; what is fine is not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from mlstack_components.aws.images import framework_image
from mlstack_stacks.plan.checks import CHECKS, package_versions, python_version, run_checks
from mlstack_stacks.spec import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IMAGE = framework_image("sklearn", None, "eu-west-1")
EVALUATE = '  evaluate: {entry_point: src/evaluate.py, gates: {accuracy: ">= 0.80", log_loss: "< 0.5"}}\n'
TUNE = "  tune: {{objective: {{metric: f1}}, max_jobs: 8, ranges: {{max_depth: [2, 12]}}, {}}}\n"
# (rule, environment, text of the specification, what replaces it, place)
CASES = [
    (
        "local_image",
        "local",
        "    entry_point: src/train.py\n    framework: sklearn\n",
        "    image: 111111111111.dkr.ecr.eu-west-1.amazonaws.com/churn:1.0\n",
        "mlstack.yaml:7: steps.train.image",
    ),
    ("local_tuning", "local", EVALUATE, TUNE.format("strategy: hyperband"), "mlstack.yaml:11: steps.tune.strategy"),
    (
        "local_tuning",
        "local",
        EVALUATE,
        TUNE.format("early_stopping: true"),
        "mlstack.yaml:11: steps.tune.early_stopping",
    ),
    ("gates_without_registry", "dev", "registry: {approval: manual}", "", "mlstack.yaml:11: steps.evaluate.gates"),
    ("steps_without_data", "dev", "data: {source: data/churn.csv, target: churned}", "", "mlstack.yaml:4: steps"),
    (
        "silent_notifications",
        "dev",
        "region: eu-west-1}\n  prod",
        "region: eu-west-1, steps: null, registry: null, serving: null}\n  prod",
        "mlstack.yaml:14: notifications",
    ),
    ("no_gates", "dev", EVALUATE, "", "mlstack.yaml:4: steps"),
    ("no_gates", "dev", EVALUATE, "  evaluate: {entry_point: src/evaluate.py}\n", "mlstack.yaml:11: steps.evaluate"),
    ("no_owner", "dev", "owner: ml-team\n", "", None),
    (
        "no_recipients",
        "dev",
        "notifications: {emails: [ml-team@example.com]}",
        "budget: {monthly_usd: 1}",
        "mlstack.yaml:14: budget",
    ),
    ("serving_without_registry", "dev", "registry: {approval: manual}", "registry: null", "mlstack.yaml:13: serving"),
    (
        "secrets_without_isolation",
        "dev",
        "registry:",
        "secrets: {weather/api-key: [training]}\nregistry:",
        "mlstack.yaml:12: secrets.weather/api-key",
    ),
    (
        "tracking_without_isolation",
        "dev",
        "registry: {approval: manual}",
        "tracking: {size: small}",
        "mlstack.yaml:12: tracking",
    ),
    ("single_instance", "dev", "min: 1", "min: 1 ", "mlstack.yaml:13: serving.instances.min"),
    ("single_instance", "dev", ", instances: {min: 1}", "", "mlstack.yaml:13: serving"),
    (
        "idle_monitors",
        "dev",
        "registry: {approval: manual}",
        "monitoring: {data_quality: daily}",
        "mlstack.yaml:12: monitoring.data_quality",
    ),
    ("unwatched_rollout", "dev", "{min: 1}", "{min: 2}, rollout: canary", "mlstack.yaml:13: serving.rollout"),
]


@pytest.mark.parametrize(("rule", "environment", "old", "new", "place"), CASES)
def test_it_is_found_with_its_place(  # noqa: PLR0917 - a row of the table above
    write_project: Callable[..., Path],
    spec_text: str,
    rule: str,
    environment: str,
    old: str,
    new: str,
    place: str | None,
) -> None:
    assert old in spec_text
    found = run_checks(load(write_project(spec_text.replace(old, new, 1)), environment))
    assert [warning.place for warning in found if warning.rule == rule] == [place]


def test_nothing_is_said_of_what_is_fine(write_project: Callable[..., Path]) -> None:
    spec = load(write_project(), "prod")
    assert {warning.rule for warning in run_checks(spec)} <= {"python_version", "package_versions"}
    assert not [w for w in run_checks(load(write_project(), "local")) if w.rule == "single_instance"]
    assert run_checks(load(write_project("name: churn\nowner: me\n"), "local")) == ()


def test_the_cloud_has_every_way_to_tune(write_project: Callable[..., Path], spec_text: str) -> None:
    for more in ("strategy: hyperband", "early_stopping: true"):
        file = write_project(spec_text.replace(EVALUATE, TUNE.format(more)))
        assert "local_tuning" not in {warning.rule for warning in run_checks(load(file, "dev"))}
    file = write_project(spec_text.replace(EVALUATE, TUNE.format("strategy: bayesian")))
    assert "local_tuning" not in {warning.rule for warning in run_checks(load(file, "local"))}


def test_a_rollout_that_an_alarm_watches_is_fine(write_project: Callable[..., Path], spec_text: str) -> None:
    watched = spec_text.replace("{min: 1}", "{min: 2}, rollout: {kind: canary, rollback_alarms: [errors]}")
    assert not [w for w in run_checks(load(write_project(watched), "dev")) if w.rule == "unwatched_rollout"]


def test_each_rule_has_its_file_and_its_case() -> None:
    assert {case[0] for case in CASES} | {"python_version", "package_versions"} == set(CHECKS)


@pytest.mark.parametrize("same", [True, False])
def test_another_python_than_the_images_is_told(
    write_project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    major, minor = (int(part) for part in IMAGE.python_version.split("."))
    version = type("Version", (), {"major": major, "minor": minor if same else minor - 1})
    monkeypatch.setattr(sys, "version_info", version)
    found = list(python_version.check(load(write_project(), "dev")))
    assert [warning.place for warning in found] == ([] if same else ["mlstack.yaml:8: steps.train.framework"])


def _warnings(write_project: Callable[..., Path], tmp_path: Path, requirements: str) -> list[str]:
    file = write_project()
    (tmp_path / "src" / "requirements.txt").write_text(requirements)
    return [str(warning) for warning in package_versions.check(load(file, "dev"))]


def test_a_requirement_that_the_image_does_not_meet_is_told(write_project: Callable[..., Path], tmp_path: Path) -> None:
    found = _warnings(write_project, tmp_path, "# ranges\njoblib>=1\nScikit_Learn<1.0  # old\n-e .\nhttps://x/y.whl\n")
    assert len(found) == 1
    assert found[0].startswith("src/requirements.txt:3: Scikit_Learn<1.0 is asked for, but the image sklearn")
    shipped = IMAGE.packages["scikit-learn"]
    assert f"holds {shipped}" in found[0]
    assert not _warnings(write_project, tmp_path, f"scikit-learn=={shipped}; python_version < '3'\n")


def test_another_version_on_this_machine_is_told(
    write_project: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = IMAGE.packages["scikit-learn"]
    for here, told in ((shipped, False), (f"{shipped}.post1", False), ("0.1.0", True)):
        monkeypatch.setattr(package_versions, "version", lambda name, here=here: here)
        found = _warnings(write_project, tmp_path, "scikit-learn\n")
        assert len(found) == told
        assert all("is 0.1.0 on this machine" in warning for warning in found)


def test_where_a_job_that_reads_secrets_gets_to_is_told(write_project: Callable[..., Path], spec_text: str) -> None:
    secrets = "secrets: {churn/key: [processing, serving]}\n"
    role = "arn:aws:iam::111111111111:role/serving"

    def told(text: str) -> list[str]:
        found = run_checks(load(write_project(text), "dev"))
        return [str(warning) for warning in found if warning.rule == "secrets_without_isolation"]

    processing, serving = told(secrets + spec_text)
    assert processing.startswith('mlstack.yaml:1: secrets.churn/key: processing reads "churn/key"')
    assert "reaches the internet" in processing
    assert "Add `network: {zones: 2}`" in serving
    inside = told(f"network: {{zones: 2}}\n{secrets}{spec_text}")
    assert all("reaches what the network lets it reach" in each and "Add" not in each for each in inside)
    owned = told(secrets + spec_text.replace("dev: {", f"dev: {{roles: {{serving: {role}}}, ", 1))
    assert "serving has a role of your own, which must allow secretsmanager:GetSecretValue" in owned[-1]
    assert len(owned) == 3
    assert told(spec_text) == []
