"""What mlstack.yaml says reaches its reader, environment by environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError, UserError
from mlstack_stacks.spec import Gate, load, load_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_every_part_is_read(write_project: Callable[..., Path]) -> None:
    spec = load(write_project(), "dev")
    assert (spec.name, spec.owner, spec.environment) == ("churn", "ml-team", "dev")
    assert (spec.account, spec.region, spec.is_local) == ("111111111111", "eu-west-1", False)
    assert spec.steps is not None
    assert spec.steps.train.framework.name == "sklearn"
    assert spec.steps.train.hyperparameters == {"max_depth": 6, "rate": 0.1, "loss": "log_loss", "warm": True}
    assert spec.steps.evaluate is not None
    assert spec.steps.evaluate.gates == {"accuracy": Gate(">=", 0.8), "log_loss": Gate("<", 0.5)}
    assert spec.notifications is not None
    assert spec.notifications.emails == ("ml-team@example.com",)


def test_an_environment_overrides_single_keys(write_project: Callable[..., Path]) -> None:
    project = load_all(write_project())
    serving = {name: spec.serving for name, spec in project.environments.items()}
    assert {name: part.instances.min for name, part in serving.items() if part} == {"local": 1, "dev": 1, "prod": 2}
    assert serving["prod"] is not None
    assert serving["prod"].instance_type == "ml.m5.large"


def test_local_has_its_account_and_region_and_needs_no_entry(write_project: Callable[..., Path]) -> None:
    for environments in ("", "environments:\n  local:\n", "environments:\n  local: {}\n"):
        spec = load(write_project(f"name: churn\n{environments}"), "local")
        assert (spec.account, spec.region, spec.is_local) == ("000000000000", "us-east-1", True)


def test_further_environments_live_in_the_local_cloud_where_they_say_so(write_project: Callable[..., Path]) -> None:
    file = write_project(
        'name: churn\nenvironments:\n  dev: {local: true}\n  staging: {account: "222222222222", local: true}\n'
        '  prod: {account: "222222222222", region: eu-west-1, local: false}\n'
    )
    found = {name: (s.account, s.region, s.is_local) for name, s in load_all(file).environments.items()}
    assert found == {
        "local": ("000000000000", "us-east-1", True),
        "dev": ("000000000000", "us-east-1", True),
        "staging": ("222222222222", "us-east-1", True),
        "prod": ("222222222222", "eu-west-1", False),
    }


@pytest.mark.parametrize(
    ("environments", "message"),
    [
        ("local: {local: false}", r"environments\.local\.local: the environment `local` is always in the local cloud"),
        ("local: {account: '111111111111', local: true}", r"environments\.local\.account: .* has the account 0000"),
        ("dev: {account: '000000000000', region: eu-west-1}", "Write another, or `local: true` beside it"),
        ("dev: {account: '111111111111'}", r"environments\.dev\.region: "),
    ],
)
def test_an_environment_is_in_the_local_cloud_or_not(
    write_project: Callable[..., Path], environments: str, message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        load_all(write_project(f"name: churn\nenvironments:\n  {environments}\n"))


def test_a_part_that_is_left_out_or_null_is_off(write_project: Callable[..., Path], spec_text: str) -> None:
    assert load(write_project("name: churn\n"), "local").serving is None
    project = load_all(write_project(spec_text.replace("local: {}", "local: {serving: null, steps: {evaluate: null}}")))
    local, dev = project.environments["local"], project.environments["dev"]
    assert local.serving is None
    assert local.steps is not None
    assert local.steps.evaluate is None
    assert dev.serving is not None
    assert dev.steps is not None
    assert dev.steps.evaluate is not None


def test_a_key_is_traced_to_its_place(write_project: Callable[..., Path]) -> None:
    spec = load(write_project(), "prod")
    place = spec.place("serving.instances.min")
    assert place is not None
    assert (place.line, place.key) == (19, "environments.prod.serving.instances.min")
    place = spec.place("steps.train.instance_type")
    assert place is not None
    assert (place.line, place.key) == (9, "steps.train.instance_type")
    assert spec.place("steps.train.volume_size_gb") is None


def test_an_unknown_environment_is_a_users_mistake(write_project: Callable[..., Path]) -> None:
    with pytest.raises(UserError, match=r'mlstack.yaml has no environment "prdo"\. Did you mean "prod"\?'):
        load(write_project(), "prdo")


def test_every_problem_of_every_environment_is_reported_once(write_project: Callable[..., Path]) -> None:
    file = write_project(
        "name: Churn\ncluod: aws\nserving: {kind: stream}\nenvironments:\n"
        '  dev: {account: "111111111111", region: eu-wst-1}\n  prod: {region: eu-west-1, serving: {instances: 2}}\n'
    )
    with pytest.raises(SpecError) as caught:
        load(file, "dev")
    assert str(caught.value).splitlines() == [
        'mlstack.yaml:1: name: the name "Churn" is not allowed: it begins with a letter and holds lower-case letters, '
        'digits and single hyphens. Write "churn".',
        'mlstack.yaml:2: cluod: unknown key. Did you mean "cloud"?',
        'mlstack.yaml:3: serving.kind: must be "realtime", "asynchronous", "serverless" or "batch".',
        'mlstack.yaml:5: environments.dev.region: unknown region "eu-wst-1". Did you mean "eu-west-1"?',
        'mlstack.yaml:6: environments.prod.account: is missing. Add `account: "111111111111"`.',
        "mlstack.yaml:6: environments.prod.serving.instances: must be keys with values, not a whole number.",
    ]
    assert caught.value.exit_code == 2


def test_a_named_script_must_be_there(write_project: Callable[..., Path], spec_text: str) -> None:
    file = write_project(spec_text.replace("entry_point: src/train.py", "entry_point: src/trian.py"))
    with pytest.raises(
        SpecError, match=r'yaml:7: steps.train.entry_point: "src/trian.py" .* Did you mean "train.py"\?'
    ):
        load(file, "local")
    assert load(file, "local", check_files=False).name == "churn"


def test_a_script_or_data_that_is_a_link_out_of_the_project_is_refused(
    write_project: Callable[..., Path], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = write_project()
    outside = tmp_path_factory.mktemp("outside") / "secret"
    outside.write_text("")
    (tmp_path / "data" / "churn.csv").unlink()
    (tmp_path / "data" / "churn.csv").symlink_to(outside)
    with pytest.raises(SpecError, match=r'yaml:3: data.source: "data/churn.csv" leads out of the project'):
        load(file, "local")


def test_the_file_is_named_as_its_user_would_type_it(write_project: Callable[..., Path], tmp_path: Path) -> None:
    write_project("nam: churn\n")
    with pytest.raises(SpecError, match=r"^mlstack\.yaml:1: nam: unknown key"):
        load(tmp_path / "mlstack.yaml", "local")
