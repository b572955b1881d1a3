"""What the user answered, checked as a whole: unknown names, types, choices and the template's own validators.

copier finds one mistake a run, ignores names that it doesn't know, and ends with a traceback; so every answer that is
given is checked here first. Validators may refer to other answers, so they see all of them, defaults included.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import quoted

from mlstack.scaffold.errors import Finding, ScaffoldError, did_you_mean
from mlstack.scaffold.plain import environment, render_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from jinja2 import Environment

    from mlstack.scaffold.template import Template

# More than these make a message longer than a line.
_SHOWN_CHOICES = 6


def parse_assignments(assignments: Sequence[str]) -> dict[str, str]:
    """Reads the values of `--set`.

    Args:
        assignments: Each `name=value`; of a name that stands there twice the last counts.

    Raises:
        ScaffoldError: One isn't an assignment (E112); all such are listed.
    """
    wrong = [text for text in assignments if not re.match(r"[A-Za-z]\w*=", text)]
    if wrong:
        raise ScaffoldError(*(Finding("E112", f'--set "{text}" is not name=value.') for text in wrong))
    return dict(text.split("=", 1) for text in assignments)


def read_file(file: Path) -> dict[str, Any]:
    """Reads the answers of `--answers`.

    Args:
        file: A YAML file that maps names to values.

    Raises:
        ScaffoldError: The file can't be read, or isn't such a file (E112).
    """
    import yaml

    try:
        loaded = yaml.safe_load(file.read_bytes())
    except OSError as error:
        raise ScaffoldError(Finding("E112", f"{file} can't be read: {error.strerror}.")) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file}:{mark.line + 1}" if mark else str(file)
        raise ScaffoldError(Finding("E112", f"{place} is not YAML: {getattr(error, 'problem', error)}.")) from error
    if not isinstance(loaded, dict) or not all(isinstance(name, str) for name in loaded):
        raise ScaffoldError(Finding("E112", f"{file} doesn't map names to values."))
    return {name: value for name, value in loaded.items() if not name.startswith("_")}


def given_answers(file: Path | None, assignments: Sequence[str] | None) -> dict[str, Any]:
    """What the user answered on the command line: `--set` wins over `--answers`.

    Args:
        file: The file of `--answers`; None without it.
        assignments: The values of `--set`; None without any.

    Raises:
        ScaffoldError: The file can't be read, or a value isn't an assignment (E112).
    """
    return {**(read_file(file) if file else {}), **parse_assignments(assignments or [])}


def saved_answers(file: Path, template: Template) -> dict[str, Any]:
    """What a project's answers file says to the questions that a template asks.

    Args:
        file: The answers file.
        template: The template, which may be a newer version than the file is from.

    Raises:
        ScaffoldError: The file can't be read (E112).
    """
    return {name: value for name, value in read_file(file).items() if name in template.questions}


def check(template: Template, given: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Checks the given answers and completes them with defaults.

    Args:
        template: The template that asks.
        given: The user's answers.
        defaults: What stands in for the template's own default of a question.

    Returns:
        An answer to every question, in the template's order.

    Raises:
        ScaffoldError: Answers are unknown (E110), not among the choices (E111), of a wrong type (E113) or refused by
            the template (E114); all are listed.
    """
    questions = template.questions
    findings = [
        Finding("E110", f'unknown answer "{name}"{did_you_mean(name, list(questions))}.')
        for name in given
        if name not in questions
    ]
    answers: dict[str, Any] = {}
    jinja = environment(template)
    for name, question in questions.items():
        answer = given[name] if name in given else defaults.get(name, _default(question, answers, jinja))
        answers[name], finding = _cast(name, answer, question)
        findings += [finding] if finding else []
    refused = {finding.message.partition("=")[0] for finding in findings}
    for name, question in questions.items():
        if name not in refused and (reason := _refusal(question, answers, jinja)):
            findings.append(Finding("E114", f"{name}={quoted(answers[name])}: {reason}."))
    if findings:
        raise ScaffoldError(*findings, next_step="Nothing was written.")
    return answers


def _default(question: Mapping[str, Any], answers: Mapping[str, Any], jinja: Environment) -> Any:

    default = question.get("default", "")
    return render_text(jinja, default, answers) if isinstance(default, str) else default


def _cast(name: str, answer: Any, question: Mapping[str, Any]) -> tuple[Any, Finding | None]:
    """The answer as the question's type, and what is wrong with it."""
    kind = question.get("type", "str")
    try:
        value = _as(kind, answer)
    except ValueError:
        return answer, Finding("E113", f"{name}={quoted(answer)}: {_TYPES.get(kind, kind)} is needed.")
    choices = _choices(question)
    if choices and value not in choices:
        known = [str(choice) for choice in choices]
        if len(known) <= _SHOWN_CHOICES:
            return value, Finding("E111", f"{name}={quoted(answer)}: choose {', '.join(known)}.")
        guess = did_you_mean(str(value), known) or f", such as {known[0]}"
        return value, Finding("E111", f"{name}={quoted(answer)} is not one of the {len(known)} choices{guess}.")
    return value, None


_TYPES = {"bool": "true or false", "int": "a whole number", "float": "a number", "str": "text"}
_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def _as(kind: str, answer: Any) -> Any:
    """An answer of the question's type, from the command line's text or from a file's value."""
    if isinstance(answer, (list, dict)) and kind in _TYPES:
        raise ValueError(kind)
    if kind == "bool":
        if str(answer).lower() not in _BOOLEANS:
            raise ValueError(answer)
        return _BOOLEANS[str(answer).lower()]
    if kind == "int":
        return int(str(answer))
    if kind == "float":
        return float(str(answer))
    return str(answer) if kind == "str" else answer


def _choices(question: Mapping[str, Any]) -> list[Any]:
    choices = question.get("choices") or []
    values = list(choices.values()) if isinstance(choices, dict) else list(choices)
    # A choice may also be a pair of label and value, or depend on other answers; copier itself checks those.
    return values if all(isinstance(value, (str, int, float, bool)) for value in values) else []


def _refusal(question: Mapping[str, Any], answers: Mapping[str, Any], jinja: Environment) -> str:

    validator = question.get("validator")
    return render_text(jinja, validator, answers).strip() if validator else ""
