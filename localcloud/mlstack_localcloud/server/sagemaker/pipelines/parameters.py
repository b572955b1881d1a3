"""Parameters of a pipeline: their types, defaults and the values of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.errors import validation_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlstack_localcloud.server.sagemaker.ports import Document


@dataclass(frozen=True)
class Parameter:
    """One parameter.

    Attributes:
        name: Its name.
        type: String, Integer, Float or Boolean.
        default: The value of a run that gives none, or None.
        allowed: The values that it may have; empty for any.
    """

    name: str
    type: str
    default: Any
    allowed: tuple[Any, ...]

    @classmethod
    def of(cls, document: Document) -> Parameter:
        """Return a parameter of a definition.

        Raises:
            ValueError: Its type is not known, or its default is not of its type.
        """
        name, kind = document["Name"], document["Type"]
        if kind not in _READERS:
            raise ValueError(f"The parameter {name} is of the type {kind}, which is none of {', '.join(_READERS)}.")
        default = document.get("DefaultValue")
        return cls(
            name,
            kind,
            None if default is None else _read(name, kind, default),
            tuple(_read(name, kind, value) for value in document.get("EnumValues", [])),
        )

    def value(self, text: Any) -> Any:
        """Return a value of the parameter's type.

        Raises:
            ValueError: The text is not of the type, or not among the allowed values.
        """
        value = _read(self.name, self.type, text)
        if self.allowed and value not in self.allowed:
            choices = ", ".join(str(item) for item in self.allowed)
            raise ValueError(f"The value {text} of the parameter {self.name} is none of {choices}.")
        return value


def values(parameters: Mapping[str, Parameter], given: list[Document]) -> dict[str, Any]:
    """Return the values of all parameters in a run.

    Args:
        parameters: The definition's parameters.
        given: The PipelineParameters of the request: names and texts.

    Raises:
        ServiceError: A name is not known, a value has the wrong type, or a parameter has neither value nor default.
    """
    texts = {entry["Name"]: entry["Value"] for entry in given}
    unknown = sorted(texts.keys() - parameters.keys())
    if unknown:
        raise validation_error(f"Assigned parameters [{', '.join(unknown)}] do not exist in pipeline definition.")
    try:
        found = {name: parameters[name].value(text) for name, text in texts.items()}
    except ValueError as error:
        raise validation_error(str(error)) from error
    for name, parameter in parameters.items():
        found.setdefault(name, parameter.default)
    missing = sorted(name for name, value in found.items() if value is None)
    if missing:
        raise validation_error(f"Parameters [{', '.join(missing)}] do not have default values and must be assigned.")
    return found


def text_of(value: Any) -> str:
    """Return a value as the API writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _boolean(value: Any) -> bool:
    text = str(value).lower()
    if text not in {"true", "false"}:
        raise ValueError(text)
    return text == "true"


def _integer(value: Any) -> int:
    if isinstance(value, (bool, float)):
        raise TypeError(value)
    return int(value)


_READERS: dict[str, Callable[[Any], Any]] = {"String": str, "Integer": _integer, "Float": float, "Boolean": _boolean}


def _read(name: str, kind: str, value: Any) -> Any:
    try:
        return _READERS[kind](value)
    except (ValueError, TypeError) as error:
        raise ValueError(f"The value {value} of the parameter {name} is not of the type {kind}.") from error
