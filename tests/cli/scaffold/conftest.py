"""Tiny templates, made for one test each."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from mlstack.scaffold.catalog import Template

if TYPE_CHECKING:
    from pathlib import Path

MakeTemplate = Callable[..., Template]

PLAIN = """
_envops: {undefined: jinja2.StrictUndefined}
name: {type: str, default: weather}
"""


@pytest.fixture
def make_template(tmp_path: Path) -> MakeTemplate:
    """Makes a template of a questions file and files by path."""

    def make(questions: str = PLAIN, files: dict[str, str] | None = None) -> Template:
        root = tmp_path / "template"
        root.mkdir()
        (root / "copier.yml").write_text(dedent(questions))
        (root / "ownership.yml").write_text('owned: ["*.yml"]\n')
        for path, text in (files or {}).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        return Template("test", "tiny", "A tiny one", "1.0.0", root)

    return make
