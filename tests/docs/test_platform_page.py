"""What the page says of platform.yaml is what it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from mlstack_stacks.platform.continuous_integration import DeployedProject
from mlstack_stacks.platform.load import load_platforms
from mlstack_stacks.platform.spec import PlatformSpec
from mlstack_stacks.spec import load_all
from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic.fields import FieldInfo

    from .conftest import Page

ELSEWHERE = {"environment", "cost.assumptions"}


def _fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        if name == "continuous_integration":
            yield from _fields(DeployedProject, f"{name}.<key>.")
            continue
        kinds = [kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)]
        nested = next((kind for kind in kinds if issubclass(kind, BaseModel)), None)
        if nested is None or f"{prefix}{name}" == "cost":
            yield f"{prefix}{name}{'.assumptions' if name == 'cost' else ''}", field
        else:
            yield from _fields(nested, f"{prefix}{name}.")


FIELDS = dict(_fields(PlatformSpec))


def test_the_page_has_every_key_and_no_other(pages: dict[str, Page]) -> None:
    rows = pages["docs/platform.md"].rows()
    assert {row[0].strip("`") for row in rows if row[0] != "key"} == {*FIELDS} - {"environment"}


def test_the_page_has_the_defaults(pages: dict[str, Page]) -> None:
    stated = {row[0].strip("`"): row[2] for row in pages["docs/platform.md"].rows() if row[0] != "key"}
    for key, field in FIELDS.items():
        if key in ELSEWHERE:
            continue
        default: Any = list(field.default) if isinstance(field.default, tuple) else field.default
        if field.is_required():
            assert stated[key].startswith("needed"), key
        elif default in (None, []):
            assert stated[key] == "none", key
        else:
            assert stated[key] == f"`{str(default).lower() if isinstance(default, bool) else default}`", key


def test_its_examples_are_valid(pages: dict[str, Page], tmp_path: Path) -> None:
    platform, project = (block for block in pages["docs/platform.md"].blocks("yaml"))
    (tmp_path / "platform.yaml").write_text(platform)
    assert set(load_platforms(tmp_path / "platform.yaml").environments) == {"local", "prod"}
    (tmp_path / "mlstack.yaml").write_text(project)
    assert load_all(tmp_path / "mlstack.yaml", check_files=False).environments["local"].platform is not None
