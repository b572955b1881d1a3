"""The JSON schema of mlstack.yaml, for editors and other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_stacks.spec.models import Parts
from mlstack_stacks.spec.serving import Rollout
from mlstack_stacks.spec.stack import StackSpec
from mlstack_stacks.spec.steps import Framework
from mlstack_stacks.spec.values import LOCAL_ENVIRONMENT, ProjectName

if TYPE_CHECKING:
    from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_DEFINITIONS = "#/$defs/"
_OVERRIDE = "Override"
# Keys whose mapping may be written as the value of one of its keys alone.
_SHORT: dict[str, tuple[type[BaseModel], str]] = {"framework": (Framework, "name"), "rollout": (Rollout, "kind")}


class _File(Parts):
    """A machine-learning project and the environments it is provisioned in."""

    name: ProjectName
    """The project's name; it is part of every name in the cloud."""


def json_schema() -> dict[str, Any]:
    """The JSON schema of mlstack.yaml (draft 2020-12).

    It says what an editor can check while somebody types. What needs the whole file, such as an override that leaves a
    key missing or a script that is not there, only reading it tells.

    Returns:
        The schema as plain data.
    """
    return schema_of(_File, Parts, "mlstack.yaml")


def schema_of(file: type[BaseModel], parts_of: type[BaseModel], title: str) -> dict[str, Any]:
    """The JSON schema of a file of environments.

    Args:
        file: The model of its own keys.
        parts_of: The model of the keys that an environment may override.
        title: The file's name.

    Returns:
        The schema as plain data.
    """
    schema = file.model_json_schema()
    parts = _tidy(parts_of.model_json_schema())
    definitions = {name: _tidy(definition) for name, definition in schema.pop("$defs").items()}
    definitions |= {f"{name}{_OVERRIDE}": _partial(definition) for name, definition in definitions.items()}
    place = StackSpec.model_json_schema()["properties"]
    overrides = {key: place[key] for key in ("account", "region", "local")} | parts["properties"]
    definitions["Environment"] = _partial(
        {
            "type": ["object", "null"],
            "description": "An environment: where it is, and what differs in it.",
            "properties": overrides,
            "additionalProperties": False,
        }
    )
    environments = {
        "type": "object",
        "description": f"The environments; `{LOCAL_ENVIRONMENT}` is always there.",
        "propertyNames": {key: place["environment"][key] for key in ("pattern", "maxLength")},
        "additionalProperties": {"$ref": f"{_DEFINITIONS}Environment"},
    }
    whole = _tidy({**schema, "title": title})
    whole["properties"] = {"name": whole["properties"].pop("name"), **whole["properties"], "environments": environments}
    return {"$schema": DIALECT, **whole, "$defs": dict(sorted(definitions.items()))}


def _tidy(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition as a reader of the schema wants it: no machine-made titles, no key that no pattern allows."""
    properties = {}
    for name, schema in definition.get("properties", {}).items():
        kept = _closed(schema)
        if "anyOf" in kept:
            kept["anyOf"] = [_closed(choice) for choice in kept["anyOf"]]
        properties[name] = kept
    for key, (model, member) in _SHORT.items():
        if key in properties:
            names = model.model_json_schema()["properties"][member]
            short = {"enum": names.get("enum") or [names["const"]]}
            description = properties[key].pop("description", model.__doc__)
            properties[key] = {"anyOf": [short, properties[key]], "description": description}
    return {**definition, "properties": properties}


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in schema.items() if key not in {"title", "propertyNames"}}
    return {**kept, "additionalProperties": False} if "patternProperties" in kept else kept


def _partial(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition in which nothing is required and nothing has a default, down to its last leaf."""
    kept = {key: value for key, value in definition.items() if key not in {"required", "title"}}
    kept["properties"] = {name: _override(schema) for name, schema in definition["properties"].items()}
    return kept


def _override(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_override(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    rewritten = {key: _override(value) for key, value in schema.items() if key not in {"default", "title"}}
    if "$ref" in rewritten:
        rewritten["$ref"] += _OVERRIDE
    return rewritten
