"""What the pages say of mlstack.yaml is what it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest
from mlstack_stacks.spec import EnvironmentSpec, FeatureGroup, Serving, load_all
from mlstack_stacks.spec.images import Image
from mlstack_stacks.spec.variants import Variant
from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic.fields import FieldInfo

    from .conftest import Page

# Steps share these, and the page tells them once.
_SHARED = ("entry_point", "instance_type", "volume_size_gb", "max_runtime_minutes")
# What stands in no environment, or is the environment's own name.
_NOT_WRITTEN = {"environment"}


def _fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        if name == "features" and model is EnvironmentSpec:
            yield from _fields(FeatureGroup, f"{prefix}features.<group>.")
            continue
        if name == "images" and model is EnvironmentSpec:
            yield from _fields(Image, f"{prefix}images.<image>.")
            continue
        if name == "variants" and model is Serving:
            yield from _fields(Variant, f"{prefix}variants.<name>.")
            continue
        kinds = [kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)]
        nested = next((kind for kind in kinds if issubclass(kind, BaseModel)), None)
        # A framework may also be its name alone, so the page tells the key itself too.
        if nested is None or name == "framework":
            yield f"{prefix}{field.alias or name}", field
        if nested is not None:
            yield from _fields(nested, f"{prefix}{name}.")


def _told(key: str) -> str:
    """The key as the page has it."""
    if not key.startswith("steps."):
        return key
    step, _, rest = key.removeprefix("steps.").partition(".")
    return rest if rest in _SHARED else f"{step}.{rest}"


FIELDS = {_told(key): field for key, field in _fields(EnvironmentSpec) if key not in _NOT_WRITTEN}


def _row(page: Page, key: str) -> list[str]:
    rows = [row for row in page.rows() if row[0] == f"`{key}`"]
    assert len(rows) == 1, key
    return rows[0]


@pytest.mark.parametrize("key", [key for key in FIELDS if key != "train.framework.name"])
def test_the_page_has_every_key_with_its_default(pages: dict[str, Page], key: str) -> None:
    stated, field = _row(pages["docs/spec.md"], key)[2], FIELDS[key]
    if field.is_required():
        assert stated.startswith("needed")
        return
    default: Any = field.get_default(call_default_factory=True)
    if isinstance(default, tuple):
        default = list(default)
    if isinstance(default, bool):
        default = str(default).lower()
    expected = ("none", "the newest known") if default in (None, {}, []) else (f"`{default}`", str(default))
    assert stated in expected


def test_the_page_has_no_other_keys(pages: dict[str, Page]) -> None:
    rows = pages["docs/spec.md"].rows()
    assert {row[0].strip("`") for row in rows if row[0] != "key"} == {*FIELDS} - {"train.framework.name"}


@pytest.mark.parametrize("name", ["README.md", "docs/spec.md"])
def test_its_examples_are_valid(pages: dict[str, Page], name: str, tmp_path: Path) -> None:
    blocks = [block for block in pages[name].blocks("yaml") if block.startswith("name:")]
    assert blocks
    for block in blocks:
        file = tmp_path / "mlstack.yaml"
        file.write_text(block)
        spec = load_all(file, check_files=False)
        assert {"local", "prod"} <= {*spec.environments}
        views = [view for each in spec.environments.values() for view in each.views().values()]
        assert all(each.steps and each.registry and each.serving for each in views)
