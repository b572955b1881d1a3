"""Nothing is hidden: what a component makes are its attributes, and options and transforms reach all of it."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Declaration

    Declare = Callable[[Callable[[], Any]], Declaration]

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "docs" / "components").glob("*.md"))


def _run(page: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(program, str(page), "exec"), {"__name__": "__main__"})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with what the examples upload; resources that a part of a project waits for are there."""
    for folder in ("src", "data"):
        shutil.copytree(ROOT / "stacks" / "project" / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    pulumi.runtime.set_all_config({"weather:modelPackageArn": "arn:aws:sagemaker:::model-package/w/1"})
    yield tmp_path
    pulumi.runtime.set_all_config({})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
@pytest.mark.usefixtures("project")
def test_what_a_component_makes_are_its_attributes(page: Path, declare: Declare) -> None:
    made: dict[pulumi.Resource, list[pulumi.Resource]] = defaultdict(list)

    def see(args: pulumi.ResourceTransformationArgs) -> None:
        if args.opts.parent is not None and args.opts.parent is not args.resource:
            made[args.opts.parent].append(args.resource)

    def program() -> None:
        pulumi.runtime.register_stack_transformation(see)
        _run(page)

    declare(program)
    assert made
    hidden = [
        f"{type(component).__name__}: {child._name}"
        for component, children in made.items()
        if type(component).__module__.startswith("mlstack_components.")
        for child in children
        if not any(child is each for each in _resources(vars(component)))
    ]
    assert hidden == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
@pytest.mark.usefixtures("project")
def test_options_and_transforms_reach_all_of_it(page: Path, declare: Declare) -> None:
    """Children that had another parent, or none, would not inherit what the component was given."""

    def program() -> None:
        _run(page)

    declaration = declare(program)
    components = [each for each in declaration.resources if each.type.startswith("mlstack:aws:")]
    assert components
    assert [each.name for each in declaration.resources if each.type.startswith("aws:") and not each.parent] == []


def _resources(value: Any) -> Iterator[pulumi.Resource]:
    """The resources that an attribute holds, also in lists, mappings and data classes."""
    if isinstance(value, pulumi.Resource):
        yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            if not str(name).startswith("_"):
                yield from _resources(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _resources(getattr(value, field.name))
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes | pulumi.Output):
        for each in value:
            yield from _resources(each)
