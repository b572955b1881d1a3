"""Renders any template: without copier where the template is plain and nobody is asked, else with copier."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError

from mlstack.scaffold import answers_file, plain, trust

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mlstack.scaffold.template import Template


def render(template: Template, answers: Mapping[str, Any], target: Path) -> None:
    """Renders a template with all answers given.

    Args:
        template: The template.
        answers: An answer to every question, checked.
        target: An existing empty folder.

    Raises:
        UntrustedError: The template would run something that its catalog doesn't trust it with.
        MlstackError: copier refuses the template or fails.
    """
    from jinja2 import TemplateError

    trust.check(template)
    if plain.is_plain(template):
        try:
            plain.render(template, answers, target)
        except plain.NotPlainError:
            _empty(target)
        except TemplateError as error:
            raise _unrenderable(template, error) from error
        else:
            return
    _copier(template, dict(answers), {}, target, ask=False)


def ask_and_render(
    template: Template, given: Mapping[str, Any], defaults: Mapping[str, Any], target: Path
) -> dict[str, Any]:
    """Lets copier ask the questions that have no answer yet, and renders.

    Args:
        template: The template.
        given: Answers that aren't asked for, checked.
        defaults: What the prompts suggest, in place of the template's own defaults.
        target: An existing empty folder.

    Returns:
        All answers.

    Raises:
        KeyboardInterrupt: The user ended the questions.
        MlstackError: copier refuses the template or fails.
    """
    trust.check(template)
    return _copier(template, dict(given), dict(defaults), target, ask=True)


def _copier(
    template: Template, given: dict[str, Any], defaults: dict[str, Any], target: Path, *, ask: bool
) -> dict[str, Any]:
    import copier
    from copier.errors import CopierError
    from jinja2 import TemplateError

    mirror = template.mirror
    try:
        worker = copier.run_copy(
            str(mirror.folder if mirror else template.root),
            target,
            vcs_ref=template.origin.sha if mirror else None,
            data=given,
            user_defaults=defaults,
            defaults=not ask,
            quiet=True,
            unsafe=bool(template.origin.trust),
        )
    except (CopierError, TemplateError, ValueError) as error:
        raise _unrenderable(template, error) from error
    answers_file.set_origin(target / template.answers_file, template)
    # Combined answers also hold what copier knows itself, such as the operating system.
    combined = worker.answers.combined
    return {name: combined[name] for name in template.questions if name in combined}


def _unrenderable(template: Template, error: Exception) -> MlstackError:
    return MlstackError(f"The template {template.origin.template} can't be rendered: {error}")


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
