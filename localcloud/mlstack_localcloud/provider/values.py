"""Values as the provider handles them, and their form on Pulumi's wire.

On the wire a value is a `google.protobuf.Struct`; secrets, unknowns and assets are marked by signatures
(`pulumi.runtime.rpc`, and the engine's `sdk/go/common/resource/plugin/rpc.go`). In the provider a value is plain data:
dicts, lists, strings, numbers, booleans, None, and beside these `UNKNOWN` and `Asset`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from google.protobuf.struct_pb2 import ListValue, Struct
from google.protobuf.struct_pb2 import Value as WireValue

__all__ = ["UNKNOWN", "Asset", "Properties", "Unknown", "Value", "decode", "encode", "holds_unknown"]

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's mark of a secret, not one
_ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
# The engine marks the type that an unknown will have by one of these; all mean the same here.
_UNKNOWNS: Final = frozenset(
    {
        _UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


class Unknown(enum.Enum):
    """The type of `UNKNOWN`: a value that only a later step of the deployment decides."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True)
class Asset:
    """A file, a text or an archive that a program passes.

    Attributes:
        archive: Whether it is an archive (files by name) rather than one file.
        hash: The engine's SHA-256 of the content, hexadecimal.
        path: Where it lies, or None.
        text: Its content as text, or None.
        uri: Where it can be fetched, or None.
        members: What an archive is put together from, by name, or None.
        wire: The asset as it came, to send it back unchanged.
    """

    archive: bool
    hash: str
    path: str | None
    text: str | None
    uri: str | None
    members: Mapping[str, Any] | None
    wire: WireValue


Value: TypeAlias = Any
"""None, bool, int, float, str, list, dict, `UNKNOWN` or `Asset`."""

Properties: TypeAlias = dict[str, Value]


def holds_unknown(value: Value) -> bool:
    """Whether a value is unknown, or holds an unknown anywhere."""
    if isinstance(value, dict):
        return any(holds_unknown(each) for each in value.values())
    if isinstance(value, list):
        return any(holds_unknown(each) for each in value)
    return value is UNKNOWN


def decode(struct: Struct) -> tuple[Properties, frozenset[str]]:
    """Plain properties of a struct, and the names of the properties that hold a secret."""
    properties: Properties = {}
    secrets: set[str] = set()
    for name, wire in struct.fields.items():
        found: list[bool] = []
        properties[name] = _decode(wire, found)
        if found:
            secrets.add(name)
    return properties, frozenset(secrets)


def _decode(wire: WireValue, secrets: list[bool]) -> Value:
    kind = wire.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if wire.string_value in _UNKNOWNS else wire.string_value
    if kind == "number_value":
        number = wire.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return wire.bool_value
    if kind == "list_value":
        return [_decode(each, secrets) for each in wire.list_value.values]
    if kind == "struct_value":
        return _decode_struct(wire, secrets)
    return None


def _decode_struct(wire: WireValue, secrets: list[bool]) -> Value:
    fields = wire.struct_value.fields
    signature = fields[_SIGNATURE].string_value if _SIGNATURE in fields else ""
    if signature in (_ASSET, _ARCHIVE):
        return _decode_asset(wire, signature == _ARCHIVE)
    if signature in (_SECRET, _OUTPUT):
        if signature == _SECRET or fields["secret"].bool_value:
            secrets.append(True)
        return _decode(fields["value"], secrets) if "value" in fields else UNKNOWN
    return {name: _decode(each, secrets) for name, each in fields.items()}


def _decode_asset(wire: WireValue, archive: bool) -> Asset:
    fields = wire.struct_value.fields

    def text(name: str) -> str | None:
        return fields[name].string_value if name in fields and fields[name].HasField("string_value") else None

    members = None
    if archive and "assets" in fields:
        members = {name: _decode(each, []) for name, each in fields["assets"].struct_value.fields.items()}
    return Asset(archive, text("hash") or "", text("path"), text("text"), text("uri"), members, wire)


def encode(properties: Mapping[str, Value], secrets: Iterable[str] = ()) -> Struct:
    """The struct of plain properties; those named in `secrets` are marked as secrets."""
    struct = Struct()
    for name, value in properties.items():
        _encode(value, struct.fields[name])
    for name in secrets:
        if name in struct.fields:
            plain = WireValue()
            plain.CopyFrom(struct.fields[name])
            marked = struct.fields[name].struct_value.fields
            marked[_SIGNATURE].string_value = _SECRET
            marked["value"].CopyFrom(plain)
    return struct


def _encode(value: Value, wire: WireValue) -> None:
    if value is None:
        wire.null_value = 0
    elif value is UNKNOWN:
        wire.string_value = _UNKNOWN
    elif isinstance(value, bool):
        wire.bool_value = value
    elif isinstance(value, int | float):
        wire.number_value = value
    elif isinstance(value, str):
        wire.string_value = value
    elif isinstance(value, Mapping):
        wire.struct_value.SetInParent()
        for name, each in value.items():
            _encode(each, wire.struct_value.fields[name])
    elif isinstance(value, Asset):
        wire.CopyFrom(value.wire)
    else:
        items: ListValue = wire.list_value
        items.SetInParent()
        for each in value:
            _encode(each, items.values.add())
