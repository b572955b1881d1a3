"""Every resource type through its whole life, with the real engine.

All types of a group live in one stack, so that a step of the life is one run of the engine. What a step did to a
resource is looked up afterwards, a test each. A type without a case fails `test_each_type_has_a_case`.
"""

from __future__ import annotations

import contextlib
import json
import traceback
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from mlstack_localcloud.provider.registry import RESOURCE_TYPES
from pulumi.automation import CommandError, EngineEvent

from .cases import Case, Shared, account, autoscaling, codebuild, common, ec2, governance, s3, sagemaker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .conftest import Cloud, Stack

GROUPS: Mapping[str, tuple[list[Case], Callable[[Shared], None]]] = {
    "s3": (s3.CASES, s3.shared),
    "common": (common.CASES, common.shared),
    "ec2": (ec2.CASES, ec2.shared),
    "sagemaker": (sagemaker.CASES, sagemaker.shared),
    "governance": (governance.CASES, governance.shared),
    "account": (account.CASES, account.shared),
    "codebuild": (codebuild.CASES, codebuild.shared),
    "autoscaling": (autoscaling.CASES, autoscaling.shared),
}
CASES = [case for cases, _ in GROUPS.values() for case in cases]
GROUP_OF = {case.token: group for group, (cases, _) in GROUPS.items() for case in cases}
pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(600)]


@dataclass
class Step:
    """What one run of the engine did, by logical name."""

    operations: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    error: str = ""

    def on_event(self, event: EngineEvent) -> None:
        for each in (event.resource_pre_event, event.res_outputs_event):
            if each is not None:
                name = each.metadata.urn.rpartition("::")[2]
                self.operations[name].add(str(each.metadata.op.value))
                self.changes[name] |= set(each.metadata.detailed_diff or {})


class Life:
    """The lives of all cases of a group."""

    def __init__(self, group: str, make_stack: Callable[..., Stack], cloud: Cloud) -> None:
        self.cases, self._share = GROUPS[group]
        for name in common.MANAGED_POLICIES:
            _managed_policy(cloud.aws("iam"), name)
        self._stack = make_stack(f"life-{group}")
        self._make_stack = make_stack
        self._cloud = cloud
        self._group = group
        self.steps: dict[str, Step] = {}

    def program(self, variant: str) -> Callable[[], None]:
        def run() -> None:
            shared = Shared()
            self._share(shared)
            for case in self.cases:
                inputs = case.inputs(shared)
                if variant in ("change", "replace") and case.change is not None:
                    inputs |= case.change(shared)
                if variant == "replace":
                    inputs |= case.replace(shared)
                case.make(case.name, **inputs)

        return run

    def run(self, name: str, variant: str, refresh: bool = False) -> None:
        step = self.steps[name] = Step()
        try:
            self._stack.up(self.program(variant), on_event=step.on_event, refresh=refresh, continue_on_error=True)
        except CommandError as error:
            step.error = _diagnostics(error)
        step.outputs = self._outputs()

    def _outputs(self) -> dict[str, dict[str, Any]]:
        return {
            each["urn"].rpartition("::")[2]: {**each.get("outputs", {}), "id": each["id"]}
            for each in self._stack.resources()
        }

    def preview(self, name: str, variant: str) -> None:
        step = self.steps[name] = Step()
        self._stack.preview(self.program(variant), on_event=step.on_event)

    def refresh(self, name: str) -> None:
        step = self.steps[name] = Step()
        self._stack.stack.refresh(on_event=step.on_event)

    def by_hand(self, what: str) -> None:
        outputs = self._outputs()
        for case in self.cases:
            action = getattr(case, what)
            # One that could not be made is reported by its own test.
            if action is not None and case.name in outputs:
                action(self._cloud.aws, outputs[case.name])

    def import_all(self, name: str) -> None:
        """Import every resource into another stack, and forget that stack."""
        outputs = self._outputs()
        stack = self._make_stack(f"import-{self._group}")
        step = self.steps[name] = Step()

        def run() -> None:
            shared = Shared({each.replace("-", "_"): _Known(found) for each, found in outputs.items()})
            if self._group == "sagemaker":
                shared.resources.update(sagemaker.known(outputs))
            for case in (each for each in self.cases if each.importable):
                inputs = {**case.inputs(shared), **case.import_inputs(outputs[case.name])}
                inputs = {key: value for key, value in inputs.items() if _camel(key) not in case.not_imported}
                opts = pulumi.ResourceOptions(
                    import_=case.import_id(outputs[case.name]), ignore_changes=list(case.not_imported)
                )
                case.make(case.name, **inputs, opts=opts)

        try:
            stack.up(run, on_event=step.on_event, continue_on_error=True)
        except CommandError as error:
            step.error = _diagnostics(error)
        step.outputs = {
            each["urn"].rpartition("::")[2]: {**each["outputs"], "id": each["id"]} for each in stack.resources()
        }

    def destroy(self) -> None:
        step = self.steps["destroy"] = Step()
        try:
            self._stack.stack.destroy(on_event=step.on_event, continue_on_error=True)
        except CommandError as error:
            step.error = _diagnostics(error)


def _managed_policy(client: Any, name: str) -> None:
    """Managed policies are not made by the provider, and the local cloud does not have AWS's own."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    with contextlib.suppress(client.exceptions.EntityAlreadyExistsException):
        client.create_policy(PolicyName=name, PolicyDocument=document)


def _diagnostics(error: CommandError) -> str:
    return str(error).partition("Diagnostics:")[2] or str(error)


class _Known:
    """A resource of which the outputs are known."""

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        self._outputs = outputs

    def __getattr__(self, name: str) -> Any:
        return pulumi.Output.from_input(self._outputs[_camel(name)])


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.title() for each in rest)


@pytest.fixture(scope="module")
def lives(new_stack: Callable[..., Stack], cloud: Cloud) -> Callable[[str], Life]:
    done: dict[str, Life | str] = {}

    def live(group: str) -> Life:
        life = Life(group, new_stack, cloud)
        life.run("create", "base")
        life.preview("unchanged", "base")
        life.refresh("untouched")
        life.run("change", "change")
        life.preview("changed", "change")
        life.by_hand("tamper")
        life.run("repair", "change", refresh=True)
        life.preview("repaired", "change")
        life.by_hand("remove")
        life.run("restore", "change", refresh=True)
        life.preview("restored", "change")
        life.run("back", "base")
        life.refresh("untouched again")
        life.import_all("import")
        life.run("replace", "replace")
        life.preview("replaced", "replace")
        life.destroy()
        return life

    def of(group: str) -> Life:
        if group not in done:
            try:
                done[group] = live(group)
            except Exception as error:
                # One text for all tests: the same exception raised again and again grows without end.
                done[group] = "".join(traceback.format_exception(error))
        found = done[group]
        if isinstance(found, str):
            pytest.fail(found, pytrace=False)
        return found

    return of


@pytest.fixture
def life(case: Case, lives: Callable[[str], Life]) -> Life:
    return lives(GROUP_OF[case.token])


def _in_one_worker(group: str) -> pytest.MarkDecorator:
    """A life takes minutes, so each is lived once, by the worker that runs all tests of its group."""
    return pytest.mark.xdist_group(f"life-{group}")


each_case = pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.name, marks=_in_one_worker(GROUP_OF[case.token])) for case in CASES]
)
each_group = pytest.mark.parametrize("group", [pytest.param(name, marks=_in_one_worker(name)) for name in GROUPS])


def test_each_type_has_a_case() -> None:
    assert sorted({case.token for case in CASES}) == sorted(RESOURCE_TYPES)
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("step", ["create", "change", "repair", "restore", "back", "import", "replace", "destroy"])
@each_group
def test_a_step_succeeds(group: str, step: str, lives: Callable[[str], Life]) -> None:
    error = lives(group).steps[step].error
    if error:
        pytest.fail(error, pytrace=False)


@each_case
def test_it_is_created_with_the_outputs_that_programs_read(case: Case, life: Life) -> None:
    assert life.steps["create"].operations[case.name] == {"create"}
    outputs = life.steps["create"].outputs[case.name]
    assert [name for name in case.outputs if outputs.get(name) in (None, "", {})] == []


@each_case
@pytest.mark.parametrize("step", ["unchanged", "changed", "repaired", "restored", "replaced"])
def test_a_second_run_changes_nothing(case: Case, life: Life, step: str) -> None:
    assert life.steps[step].operations[case.name] == {"same"}


@each_case
@pytest.mark.parametrize("step", ["untouched", "untouched again"])
def test_a_refresh_of_what_nobody_touched_finds_nothing(case: Case, life: Life, step: str) -> None:
    assert life.steps[step].operations[case.name] <= {"same", "refresh"}


@each_case
def test_a_change_is_made_in_place(case: Case, life: Life) -> None:
    expected = {"update"} if case.change is not None else {"same"}
    assert life.steps["change"].operations[case.name] == expected
    if case.change is not None:
        assert life.steps["change"].outputs[case.name]["id"] == life.steps["create"].outputs[case.name]["id"]


@each_case
def test_a_change_by_hand_is_undone(case: Case, life: Life) -> None:
    if case.tamper is None:
        pytest.skip("nothing of it can be changed by hand")
    assert life.steps["repair"].operations[case.name] - {"refresh"} == {"update"}


@each_case
def test_a_removal_by_hand_is_made_up_for(case: Case, life: Life) -> None:
    operations = life.steps["restore"].operations[case.name]
    assert case.restored_by in operations
    assert operations <= {"refresh", "delete", "update", case.restored_by}


@each_case
def test_it_is_imported(case: Case, life: Life) -> None:
    if not case.importable:
        pytest.skip("the official provider does not import it")
    step = life.steps["import"]
    assert (step.operations[case.name], step.changes[case.name]) == ({"import"}, set())
    before, after = life.steps["back"].outputs[case.name], life.steps["import"].outputs[case.name]
    assert _identifiers(case, after) == _identifiers(case, before)


def _identifiers(case: Case, outputs: Mapping[str, Any]) -> dict[str, str]:
    """The outputs that name things; documents and structures may come in other words."""
    return {k: v for k, v in outputs.items() if k in case.outputs and isinstance(v, str) and not v.startswith("{")}


@each_case
def test_what_cannot_change_is_replaced(case: Case, life: Life) -> None:
    operations = life.steps["replace"].operations[case.name]
    assert {"replace", "create-replacement"} <= operations, operations
    assert operations & {"delete-replaced"}, operations


@each_case
def test_it_is_destroyed(case: Case, life: Life) -> None:
    assert life.steps["destroy"].operations[case.name] == {"delete"}
