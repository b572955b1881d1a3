"""What all models of mlstack.yaml have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


class SpecModel(BaseModel):
    """A group of keys of mlstack.yaml: no keys but its own, no conversions, and no change once it is read.

    Every command builds all models, so they are built for what they are asked: each as a part of the one that is read,
    and their attribute docstrings, which the JSON schema shows, are not looked for before a schema is made.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe each key by its attribute docstring."""
        from mlstack_stacks.spec.descriptions import descriptions

        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, description in descriptions(cls).items():
            if name in properties:
                properties[name]["description"] = description
        return schema
