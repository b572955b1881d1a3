"""Renders plain templates: text with Jinja in it, names with Jinja in them, and nothing that runs.

copier spends most of its time importing what only a terminal or an update needs. A template that uses none of it comes
out the same from these few lines, with copier's own filters, in a third of the time; `is_plain` says which templates
those are, and whatever else a template uses, copier renders it (`render.py`). The downside: what copier does for plain
templates is described twice. Tests render every built-in template both ways and compare byte by byte.

Takes a template and all answers; gives files in an existing empty folder. It never runs anything and never writes
outside of that folder.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mlstack.scaffold.answers_file import answers_origin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jinja2 import Environment

    from mlstack.scaffold.template import Template

_SETTINGS = frozenset({"answers_file", "envops", "exclude", "min_copier_version", "subdirectory"})
_QUESTION_KEYS = frozenset({"choices", "default", "help", "placeholder", "type", "validator"})
_TYPES = frozenset({"bool", "float", "int", "str"})
# With any other class of undefined, what is missing here would come out empty without a word.
_ENVOPS = {"undefined": "jinja2.StrictUndefined"}
_SUFFIX = ".jinja"
# https://copier.readthedocs.io/en/stable/configuring/#exclude: the default without a subdirectory; none with one.
_DEFAULT_EXCLUDE = ("copier.yaml", "copier.yml", "~*", "*.py[co]", "__pycache__", ".git", ".DS_Store", ".svn")


class NotPlainError(Exception):
    """Only the rendering showed that the template isn't plain."""


def is_plain(template: Template) -> bool:
    """True if the template needs nothing of copier that isn't here: no tasks, no conditions, no links, no loops.

    Args:
        template: The template.
    """
    settings = template.settings
    return (
        set(settings) <= _SETTINGS
        and settings.get("envops") == _ENVOPS
        and all(isinstance(pattern, str) and not set(pattern) & set("/!{") for pattern in settings.get("exclude", ()))
        and all(_is_plain_question(question) for question in template.questions.values())
        and not any(path.is_symlink() or _has_yield(path) for path in template.root.rglob("*"))
    )


def environment(template: Template) -> Environment:
    """The Jinja environment that copier would use: sandboxed, with its filters.

    Args:
        template: The template, whose `_envops` count.
    """
    from jinja2 import StrictUndefined, Undefined
    from jinja2.sandbox import SandboxedEnvironment

    strict = template.settings.get("envops", {}).get("undefined") == _ENVOPS["undefined"]
    return SandboxedEnvironment(
        extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
        undefined=StrictUndefined if strict else Undefined,
        keep_trailing_newline=True,
    )


def render_text(jinja: Environment, text: str, context: Mapping[str, Any]) -> str:
    """Renders a text; most names and defaults have no Jinja in them, and compiling those is what takes long.

    Args:
        jinja: The environment.
        text: The text.
        context: The variables.
    """
    return str(jinja.from_string(text).render(**context)) if "{" in text else text


def render(template: Template, answers: Mapping[str, Any], target: Path) -> None:
    """Renders a plain template.

    Args:
        template: A template for which `is_plain` is true.
        answers: An answer to every question, checked.
        target: An existing empty folder.

    Raises:
        NotPlainError: A name holds a slash, or the template uses a variable that only copier has; files may have been
            written.
    """
    from jinja2 import UndefinedError

    try:
        _render(template, answers, target)
    except UndefinedError as error:
        raise NotPlainError(str(error)) from error


def _render(template: Template, answers: Mapping[str, Any], target: Path) -> None:
    jinja = environment(template)
    context = {
        **answers,
        "_copier_answers": {**answers_origin(template), **answers},
        "_copier_conf": {"answers_file": PurePosixPath(template.answers_file)},
    }
    exclude = template.settings.get("exclude", () if template.settings.get("subdirectory") else _DEFAULT_EXCLUDE)
    source_root = template.root / template.settings.get("subdirectory", "")
    for source in sorted(source_root.rglob("*")):
        relative = source.relative_to(source_root)
        if not source.name.endswith(_SUFFIX) and source.with_name(source.name + _SUFFIX).exists():
            continue
        parts = [
            render_text(jinja, part, context) for part in relative.with_name(relative.name.removesuffix(_SUFFIX)).parts
        ]
        if any("/" in part or part in {".", ".."} for part in parts):
            raise NotPlainError(f"{relative} leads to {'/'.join(parts)}")
        if all(parts) and not any(fnmatchcase(part, pattern) for part in parts for pattern in exclude):
            _write(source, target.joinpath(*parts), jinja, context)


def _write(source: Path, destination: Path, jinja: Environment, context: Mapping[str, Any]) -> None:
    if source.is_dir():
        destination.mkdir(parents=True, exist_ok=True)
        return
    content = source.read_bytes()
    if source.name.endswith(_SUFFIX):
        content = render_text(jinja, content.decode(), context).encode()
    destination.parent.mkdir(parents=True, exist_ok=True)
    destination.write_bytes(content)
    destination.chmod(source.stat().st_mode & 0o777)


def _is_plain_question(question: Mapping[str, Any]) -> bool:
    choices = question.get("choices", [])
    return (
        set(question) <= _QUESTION_KEYS
        and question.get("type") in _TYPES
        and isinstance(choices, list)
        and all(isinstance(choice, (str, int, float, bool)) for choice in choices)
    )


def _has_yield(path: Path) -> bool:
    return "{% yield" in path.name or "{%- yield" in path.name
