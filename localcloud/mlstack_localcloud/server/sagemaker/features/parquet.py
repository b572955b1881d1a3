"""Writes a table as an Apache Parquet file, which is what the offline store holds.

Only what that needs: one row group, one uncompressed data page a column, plain encoding, every value nullable. The file
is laid out as https://parquet.apache.org/docs/file-format/ says; its metadata are structures in Thrift's compact
protocol (parquet-format's `parquet.thrift` has their fields). The library for it, pyarrow, is too large to be needed by
every local cloud.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["string", "integer", "float", "boolean", "timestamp"]

_MAGIC = b"PAR1"
# Physical types (parquet.thrift, Type).
_PHYSICAL: dict[Kind, int] = {"boolean": 0, "integer": 2, "timestamp": 2, "float": 5, "string": 6}
# Converted types (parquet.thrift, ConvertedType): UTF8 and TIMESTAMP_MILLIS.
_CONVERTED: dict[Kind, int] = {"string": 0, "timestamp": 9}
_OPTIONAL, _PLAIN, _RLE, _UNCOMPRESSED, _DATA_PAGE = 1, 0, 3, 0, 0
# Types of fields in Thrift's compact protocol.
_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        name: Its name.
        kind: The type of its values; `timestamp` is in milliseconds since 1970.
        values: Its values; None for null.
    """

    name: str
    kind: Kind
    values: Sequence[Any]


def table(columns: Sequence[Column]) -> bytes:
    """Return a Parquet file.

    Args:
        columns: At least one, all of the same length.
    """
    rows = len(columns[0].values)
    content, chunks = bytearray(_MAGIC), list[bytes]()
    for column in columns:
        start = len(content)
        content += _page(column)
        chunks.append(_chunk(column, start, len(content) - start))
    size = len(content) - len(_MAGIC)
    group = _struct((1, _LIST, _list(_STRUCT, chunks)), (2, _I64, _integer(size)), (3, _I64, _integer(rows)))
    root = _struct((4, _BINARY, _text("record")), (5, _I32, _integer(len(columns))))
    footer = _struct(
        (1, _I32, _integer(1)),
        (2, _LIST, _list(_STRUCT, [root, *(_element(column) for column in columns)])),
        (3, _I64, _integer(rows)),
        (4, _LIST, _list(_STRUCT, [group])),
        (6, _BINARY, _text("mlstack local cloud")),
    )
    return bytes(content) + footer + struct.pack("<I", len(footer)) + _MAGIC


def _page(column: Column) -> bytes:
    levels = _levels(column.values)
    data = struct.pack("<I", len(levels)) + levels + _plain(column)
    header = _struct(
        (1, _I32, _integer(_DATA_PAGE)),
        (2, _I32, _integer(len(data))),
        (3, _I32, _integer(len(data))),
        (
            5,
            _STRUCT,
            _struct(
                (1, _I32, _integer(len(column.values))),
                (2, _I32, _integer(_PLAIN)),
                (3, _I32, _integer(_RLE)),
                (4, _I32, _integer(_RLE)),
            ),
        ),
    )
    return header + data


def _levels(values: Sequence[Any]) -> bytes:
    """Which values there are, as runs: a run's length and whether its values are given."""
    result, start = bytearray(), 0
    while start < len(values):
        given, end = values[start] is not None, start
        while end < len(values) and (values[end] is not None) == given:
            end += 1
        result += _varint((end - start) << 1) + bytes([given])
        start = end
    return bytes(result)


def _plain(column: Column) -> bytes:
    values = [value for value in column.values if value is not None]
    if column.kind == "string":
        encoded = [value.encode() for value in values]
        return b"".join(struct.pack("<I", len(each)) + each for each in encoded)
    if column.kind == "boolean":
        bits = sum(bool(value) << number for number, value in enumerate(values))
        return bits.to_bytes((len(values) + 7) // 8, "little")
    return struct.pack(f"<{len(values)}{'d' if column.kind == 'float' else 'q'}", *values)


def _chunk(column: Column, start: int, size: int) -> bytes:
    metadata = _struct(
        (1, _I32, _integer(_PHYSICAL[column.kind])),
        (2, _LIST, _list(_I32, [_integer(_PLAIN), _integer(_RLE)])),
        (3, _LIST, _list(_BINARY, [_text(column.name)])),
        (4, _I32, _integer(_UNCOMPRESSED)),
        (5, _I64, _integer(len(column.values))),
        (6, _I64, _integer(size)),
        (7, _I64, _integer(size)),
        (9, _I64, _integer(start)),
    )
    return _struct((2, _I64, _integer(start)), (3, _STRUCT, metadata))


def _element(column: Column) -> bytes:
    fields = [
        (1, _I32, _integer(_PHYSICAL[column.kind])),
        (3, _I32, _integer(_OPTIONAL)),
        (4, _BINARY, _text(column.name)),
    ]
    if column.kind in _CONVERTED:
        fields.append((6, _I32, _integer(_CONVERTED[column.kind])))
    return _struct(*fields)


def _struct(*fields: tuple[int, int, bytes]) -> bytes:
    """Fields by rising number, each with the distance to the one before."""
    result, last = bytearray(), 0
    for number, type_, value in fields:
        result += bytes([(number - last) << 4 | type_]) + value
        last = number
    return bytes(result) + b"\0"


def _list(type_: int, items: Sequence[bytes]) -> bytes:
    short = 15
    header = bytes([len(items) << 4 | type_]) if len(items) < short else bytes([0xF0 | type_]) + _varint(len(items))
    return header + b"".join(items)


def _integer(value: int) -> bytes:
    """A number of the metadata, which is never negative, zigzagged as Thrift has it."""
    return _varint(value << 1)


def _text(value: str) -> bytes:
    encoded = value.encode()
    return _varint(len(encoded)) + encoded


def _varint(value: int) -> bytes:
    result = bytearray()
    more = 0x80
    while value >= more:
        result.append(value & 0x7F | more)
        value >>= 7
    return bytes(result) + bytes([value])
