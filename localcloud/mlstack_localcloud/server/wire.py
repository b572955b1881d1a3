"""A request as it came over the wire: nothing decoded, because signatures are made over exactly these bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping

_ACTION = re.compile(rb"(?:^|&)Action=([A-Za-z0-9]+)")


@dataclass(frozen=True)
class WireRequest:
    """One HTTP request.

    Attributes:
        method: The HTTP method in capitals.
        path: The path, still percent-encoded.
        query: The query string, still percent-encoded, without the question mark.
        headers: The headers by lower-case name; repeated ones are joined with commas.
        body: The whole body.
        environ: The WSGI environment that it came in.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    environ: dict[str, Any]

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The query string's parameters, decoded; the last one wins."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @cached_property
    def form(self) -> dict[str, list[str]]:
        """The parameters of a body that is a form, as the query protocol sends them."""
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @property
    def target(self) -> str:
        """The `X-Amz-Target` header of the JSON protocols, empty elsewhere."""
        return self.headers.get("x-amz-target", "")

    @property
    def is_form(self) -> bool:
        """Whether the body is a form."""
        return self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")

    @cached_property
    def action(self) -> str:
        """The operation's name where the request says it itself: JSON, CBOR and query protocols; empty elsewhere."""
        if "smithy-protocol" in self.headers:
            return self.path.rpartition("/operation/")[2]
        if self.target:
            return self.target.rpartition(".")[2]
        if self.is_form:
            match = _ACTION.search(self.body)
            if match:
                return match.group(1).decode()
        return self.parameters.get("Action", "")
