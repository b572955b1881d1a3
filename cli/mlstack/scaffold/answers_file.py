"""The answers file of a project: what copier keeps of it, with the template's real origin in it.

copier writes where it found the template, which may be a mirror in somebody's cache. What stands in the file is where
the template really is, so that plain `copier update` works on a project whose template is in git.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mlstack.scaffold.template import Template


def answers_origin(template: Template) -> dict[str, str]:
    """What copier writes into the answers file of its own: the commit's description and the source.

    Args:
        template: The template.
    """
    origin = template.origin
    return {**({"_commit": origin.ref} if origin.ref else {}), "_src_path": origin.source}


def set_origin(file: Path, template: Template) -> None:
    """Writes a template's origin over what stands in an answers file.

    Args:
        file: The answers file; where the template makes none, nothing happens.
        template: The template.
    """
    if template.origin.ref:
        replace_origin(file, answers_origin(template))


def replace_origin(file: Path, origin: dict[str, str]) -> None:
    """Writes another origin over what stands in an answers file; the answers stay to the byte.

    Args:
        file: The answers file; where there is none, nothing happens.
        origin: The values of `_commit` and `_src_path`.
    """
    if not file.is_file():
        return
    text = file.read_text(encoding="utf-8")
    for name, value in origin.items():
        # A path may hold what a pattern's replacement would read as a group.
        line = f"{name}: {value}".replace("\\", r"\\")
        text = re.sub(rf"^{name}:.*$", line, text, flags=re.MULTILINE)
    file.write_text(text, encoding="utf-8")
