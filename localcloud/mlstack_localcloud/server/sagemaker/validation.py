"""Requests checked against SageMaker's own model, with AWS's words.

`parsed` reads a body, `checked` looks at every member: what is required, types, lengths, ranges, enumerations and
patterns. All violations of a request are reported together, as the service does, and members that the model does not
have are dropped, as JSON 1.1 services do. botocore's clients check required members and types alone; the rest is found
here.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.errors import ServiceError, validation_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_localcloud.server.sagemaker.ports import Document
    from mlstack_localcloud.server.sagemaker.service_model import Shape

_SHOWN_LENGTH = 200


def parsed(body: bytes) -> Document:
    """Return the document in a request's body.

    Raises:
        ServiceError: SerializationException, when it is no JSON object.
    """
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ServiceError("SerializationException", "The request body is not JSON.") from error
    if not isinstance(document, dict):
        raise ServiceError("SerializationException", "Unexpected value type in payload")
    return document


def checked(shape: Shape | None, document: Document) -> Document:
    """Return a request without unknown members, its timestamps in seconds.

    Args:
        shape: The operation's input shape; None for an operation without input.
        document: The request.

    Raises:
        ServiceError: SerializationException for a wrong type, ValidationException for every other violation.
    """
    if shape is None:
        return {}
    violations: list[str] = []
    result: Document = _structure(shape, document, "", violations)
    if violations:
        count = len(violations)
        noun = "error" if count == 1 else "errors"
        raise validation_error(f"{count} validation {noun} detected: " + "; ".join(violations))
    return result


def _violation(value: Any, path: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    if len(shown) > _SHOWN_LENGTH:
        shown = shown[:_SHOWN_LENGTH] + "...'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"


def _member_path(path: str, name: str) -> str:
    name = name[0].lower() + name[1:]
    return f"{path}.{name}" if path else name


def _check(shape: Shape, value: Any, path: str, violations: list[str]) -> Any:
    return _CHECKS.get(shape.type_name, _unchecked)(shape, value, path, violations)


def _structure(shape: Shape, value: Any, path: str, violations: list[str]) -> Document:
    _expect(value, dict, path)
    violations.extend(
        _violation(None, _member_path(path, name), "Member must not be null")
        for name in shape.required_members
        if value.get(name) is None and not shape.members[name].metadata.get("idempotencyToken")
    )
    return {
        name: _check(shape.members[name], item, _member_path(path, name), violations)
        for name, item in value.items()
        if item is not None and name in shape.members
    }


def _list(shape: Shape, value: Any, path: str, violations: list[str]) -> list[Any]:
    _expect(value, list, path)
    _check_length(shape, value, path, violations)
    return [
        _check(shape.member, item, f"{path}.{number}.member", violations) for number, item in enumerate(value, start=1)
    ]


def _map(shape: Shape, value: Any, path: str, violations: list[str]) -> Document:
    _expect(value, dict, path)
    _check_length(shape, value, path, violations)
    for key in value:
        _check(shape.key, key, f"{path}.key", violations)
    return {key: _check(shape.value, item, f"{path}.{key}", violations) for key, item in value.items()}


def _string(shape: Shape, value: Any, path: str, violations: list[str]) -> str:
    _expect(value, str, path)
    if shape.enum and value not in shape.enum:
        choices = ", ".join(shape.enum)
        violations.append(_violation(value, path, f"Member must satisfy enum value set: [{choices}]"))
        return str(value)
    # A text that is too long is not matched as well: some patterns take very long on them.
    if _check_length(shape, value, path, violations):
        pattern = shape.metadata.get("pattern")
        expression = _expression(pattern) if pattern else None
        if expression is not None and not expression.fullmatch(value):
            constraint = f"Member must satisfy regular expression pattern: {pattern}"
            violations.append(_violation(value, path, constraint))
    return str(value)


def _number(shape: Shape, value: Any, path: str, violations: list[str]) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _wrong_type(path)
    if shape.type_name in {"integer", "long"}:
        if value != int(value):
            raise _wrong_type(path)
        value = int(value)
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and value < least:
        violations.append(_violation(value, path, f"Member must have value greater than or equal to {least}"))
    elif most is not None and value > most:
        violations.append(_violation(value, path, f"Member must have value less than or equal to {most}"))
    return value


def _boolean(_shape: Shape, value: Any, path: str, _violations: list[str]) -> bool:
    _expect(value, bool, path)
    return bool(value)


def _timestamp(_shape: Shape, value: Any, path: str, _violations: list[str]) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError as error:
        raise _wrong_type(path) from error


def _unchecked(_shape: Shape, value: Any, _path: str, _violations: list[str]) -> Any:
    return value


_CHECKS: dict[str, Callable[[Shape, Any, str, list[str]], Any]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _number,
    "long": _number,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
    "timestamp": _timestamp,
}


def _check_length(shape: Shape, value: Any, path: str, violations: list[str]) -> bool:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
    if len(value) < least:
        constraint = f"Member must have length greater than or equal to {least}"
    elif most is not None and len(value) > most:
        constraint = f"Member must have length less than or equal to {most}"
    else:
        return True
    violations.append(_violation(value, path, constraint))
    return False


def _expect(value: Any, kind: type, path: str) -> None:
    if not isinstance(value, kind):
        raise _wrong_type(path)


def _wrong_type(path: str) -> ServiceError:
    return ServiceError("SerializationException", f"Unexpected value type in payload at '{path or 'request'}'")


@cache
def _expression(pattern: str) -> re.Pattern[str] | None:
    # Java's classes such as \p{L} have no counterpart in `re`; such members (descriptions) are checked by length alone.
    try:
        return re.compile(pattern)
    except re.error:
        return None
