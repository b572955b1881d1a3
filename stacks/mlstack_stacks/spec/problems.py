"""From pydantic's errors to problems with a place in the file and something to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_origin

from mlstack_components.errors import Problem
from pydantic import BaseModel

from mlstack_stacks.spec.tree import Mapping, Node, Place, Scalar, Sequence
from mlstack_stacks.spec.values import closest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

MISSING = "is missing."

_EXAMPLES = {
    "name": "my-project",
    "account": '"111111111111"',
    "region": "eu-west-1",
    "source": "data/data.csv",
    "entry_point": "src/train.py",
    "framework": "sklearn",
    "train": "{entry_point: src/train.py, framework: sklearn}",
    "kind": "realtime",
    "objective": "{metric: f1}",
    "metric": "f1",
    "ranges": "{max_depth: [2, 12]}",
    "emails": "[ml-team@example.com]",
    "schema": "{city: string, event_time: string, temperature: float}",
    "record_identifier": "city",
    "event_time": "event_time",
}
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
}
_TRUE = {"yes", "on", "y", "1"}
_FALSE = {"no", "off", "n", "0"}


def did_you_mean(guess: str) -> str:
    """The suggestion of another spelling."""
    return f'Did you mean "{guess}"?'


def unknown_key(file: Path, node: Node, key: str, known: Iterable[str]) -> Problem:
    """The problem of a key that has no meaning.

    Args:
        file: The file.
        node: The key's value.
        key: The key itself.
        known: The keys that have a meaning there.
    """
    names = sorted(known)
    guess = closest(key, names)
    suggestion = did_you_mean(guess) if guess else f"Known are {', '.join(names)}."
    return Problem(file, node.place.line, node.place.key, "unknown key.", suggestion)


def problems_of(error: ValidationError, file: Path, tree: Mapping, model: type[BaseModel]) -> Iterator[Problem]:
    """The problems behind a validation error.

    Args:
        error: What pydantic found.
        file: The file.
        tree: What was validated, with the place of each value.
        model: The model that it was validated against.
    """
    errors = error.errors(include_url=False)
    for details in errors:
        if (
            details["type"] == "too_short"
            and sum(other["loc"][: len(details["loc"])] == details["loc"] for other in errors) > 1
        ):
            # pydantic counts only entries that are valid: the invalid ones are the mistake, not their number.
            continue
        location = tuple(part for part in details["loc"] if part != "[key]")
        yield _problem(details, file, tree, location, model)


def _problem(
    details: ErrorDetails, file: Path, tree: Mapping, location: tuple[int | str, ...], model: type[BaseModel]
) -> Problem:
    node, place = _find(tree, location)
    if details["type"] == "missing":
        key = str(location[-1])
        example = f"Add `{key}: {_EXAMPLES[key]}`." if key in _EXAMPLES else None
        return Problem(file, place.line, place.key, MISSING, example)
    if details["type"] == "extra_forbidden" and node is not None:
        return unknown_key(file, node, str(location[-1]), _fields_at(model, location[:-1]))
    message, suggestion = _explain(details, node)
    return Problem(file, place.line, place.key, message, suggestion)


def _explain(details: ErrorDetails, node: Node | None) -> tuple[str, str | None]:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "mlstack":
        return context["message"], context["suggestion"]
    if isinstance(node, Scalar) and node.value is None and node.plain:
        return "needs a value.", "Write one, or remove the key."
    if kind in _EXPECTED:
        return f"must be {_EXPECTED[kind]}, not {_described(node)}.", _conversion(kind, node)
    if kind == "literal_error":
        choices = context["expected"].replace("'", '"')
        guess = closest(
            str(details["input"]), [choice.strip('" ') for choice in choices.replace(" or ", ",").split(",")]
        )
        return f"must be {choices}.", did_you_mean(guess) if guess else None
    return _limit(kind, context), None


def _limit(kind: str, context: dict[str, Any]) -> str:
    limits = {
        "greater_than": "must be above {gt:g}.",
        "less_than": "must be below {lt:g}.",
        "greater_than_equal": "must be at least {ge}.",
        "less_than_equal": "must be at most {le}.",
        "string_too_short": "must not be empty.",
        "string_too_long": "is longer than {max_length} characters.",
        "too_short": "must not be empty.",
        "too_long": "holds more than {max_length} entries.",
        "finite_number": "must be a finite number.",
    }
    return limits.get(kind, f"is not valid ({kind}).").format(**context)


def _described(node: Node | None) -> str:
    if isinstance(node, Mapping):
        return "keys with values"
    if isinstance(node, Sequence):
        return "a list"
    if node is None:
        return "what stands here"
    kinds = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
    return kinds.get(type(node.value), "nothing")


def _conversion(kind: str, node: Node | None) -> str | None:
    """The value as it was meant, where that is plain to see."""
    if not isinstance(node, Scalar) or len(node.text) > 40:  # noqa: PLR2004 - a suggestion is one short line
        return None
    if kind == "string_type":
        return f'Put it in quotes: "{node.text}".'
    if kind == "bool_type" and node.text.lower() in _TRUE | _FALSE:
        return "Write true." if node.text.lower() in _TRUE else "Write false."
    if kind in {"int_type", "float_type"} and not node.plain and node.text.lstrip("-").isdigit():
        return f"Write {node.text} without quotes."
    if kind == "tuple_type":
        return f"Write [{node.text}]."
    return None


def _find(tree: Mapping, location: tuple[int | str, ...]) -> tuple[Node | None, Place]:
    """The node at a location; where there is none, the place where it would stand."""
    node: Node = tree
    for index, part in enumerate(location):
        child: Node | None = None
        if isinstance(node, Mapping):
            child = node.entries.get(str(part))
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            child = node.items[part]
        if child is None:
            if not isinstance(node, Mapping):
                return node, node.place
            rest = [node.place.key, *(str(name) for name in location[index:])]
            return None, Place(node.place.line, ".".join(part for part in rest if part))
        node = child
    return node, node.place


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys that a model knows at a location below it."""
    parts = iter(location)
    for part in parts:
        if isinstance(part, int):
            continue  # An entry of a list has the keys of the list's model.
        kinds = [*_kinds(model.model_fields[str(part)].annotation)]
        if any(get_origin(kind) is dict for kind in kinds):
            next(parts, None)  # The name of an entry, such as a feature group's.
        model = next(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel))
    return [field.alias or name for name, field in model.model_fields.items()]


def _kinds(annotation: Any) -> Iterator[Any]:
    """An annotation and all that it is made of."""
    yield annotation
    for argument in get_args(annotation):
        yield from _kinds(argument)
