from __future__ import annotations

from typing import Any

import pulumi
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st
from mlstack_localcloud.provider.values import UNKNOWN, Asset, decode, encode, holds_unknown
from pulumi.output import Unknown
from pulumi.runtime import rpc

_SCALARS = st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.floats(allow_nan=False, allow_infinity=False)
_VALUES = st.recursive(
    _SCALARS | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner), max_leaves=20
)


@given(st.dictionaries(st.text(min_size=1), _VALUES))
def test_plain_values_come_back_as_they_were(properties: dict[str, Any]) -> None:
    assert decode(encode(properties)) == (properties, frozenset())


def test_the_sdk_understands_what_is_sent() -> None:
    sent = encode({"secret": "s", "known": [1, {"a": True}], "later": UNKNOWN}, {"secret"})
    got = rpc.deserialize_properties(sent, keep_unknowns=True)
    assert rpc.is_rpc_secret(got["secret"])
    assert got["known"] == [1, {"a": True}]
    assert isinstance(got["later"], Unknown)
    assert decode(sent) == ({"secret": "s", "known": [1, {"a": True}], "later": UNKNOWN}, {"secret"})


def test_a_nested_secret_makes_its_property_secret() -> None:
    struct = Struct()
    struct.update({"tags": {"a": {rpc._special_sig_key: rpc._special_secret_sig, "value": "x"}}})
    assert decode(struct) == ({"tags": {"a": "x"}}, {"tags"})


async def _serialized(value: Any) -> Struct:
    return await rpc.serialize_properties({"source": value}, {})


def test_assets_come_back_as_they_were() -> None:
    import asyncio

    struct = asyncio.run(_serialized(pulumi.StringAsset("text")))
    properties, _ = decode(struct)
    assert isinstance(properties["source"], Asset)
    assert properties["source"].text == "text"
    assert encode(properties) == struct


def test_unknowns_are_found_anywhere() -> None:
    assert holds_unknown({"a": [1, {"b": UNKNOWN}]})
    assert not holds_unknown({"a": [1, {"b": 2}]})
