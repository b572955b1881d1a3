"""The file that `mlstack invoke` sends, and what comes back: csv and json, both ways."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

CSV = "text/csv"
JSON = "application/json"
JSON_LINES = "application/jsonlines"
_BY_SUFFIX: Mapping[str, str] = {".csv": CSV, ".json": JSON, ".jsonl": JSON_LINES, ".ndjson": JSON_LINES}
_SHORT: Mapping[str, str] = {"csv": CSV, "json": JSON, "jsonl": JSON_LINES, "jsonlines": JSON_LINES}

# botocore's model of sagemaker-runtime (BodyBlob), and SageMaker's quotas of serverless and asynchronous endpoints.
MAX_BODY = 6 * 1024 * 1024
MAX_BODIES: Mapping[str, int] = {"realtime": MAX_BODY, "serverless": 4 * 1024 * 1024, "asynchronous": 1024**3}


@dataclass(frozen=True)
class Payload:
    """What is sent.

    Attributes:
        body: The bytes.
        content_type: Their media type.
    """

    body: bytes
    content_type: str


def media_type(name: str) -> str:
    """A media type from its short name (`csv`, `json`, `jsonl`) or from itself."""
    return _SHORT.get(name.lower(), name)


def content_type_of(path: str, given: str | None) -> str:
    """The content type of a file.

    Args:
        path: The file's name; `-` for standard input.
        given: What the user said, or None.

    Returns:
        A media type.

    Raises:
        UserError: The name tells nothing and the user neither.
    """
    if given is not None:
        return media_type(given)
    try:
        return _BY_SUFFIX[PurePath(path).suffix.lower()]
    except KeyError:
        raise UserError(
            f"The content type of {'standard input' if path == '-' else path} is not known.",
            next_step="Name it, such as --content-type csv.",
        ) from None


def read_body(path: str) -> bytes:
    """Read the file that is sent.

    Args:
        path: The file; `-` for standard input.

    Raises:
        UserError: It cannot be read.
    """
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error


def payload(body: bytes, content_type: str, source: str, kind: str = "realtime") -> Payload:
    """Check what is sent, as far as the endpoint's answer would puzzle.

    Args:
        body: The file's bytes.
        content_type: Their media type.
        source: The file's name, for the error.
        kind: The kind of serving.

    Returns:
        The payload.

    Raises:
        UserError: It is empty, too large, or no JSON though it should be.
    """
    if not body.strip():
        raise UserError(f"{source} is empty.", next_step="Give it one row at least.")
    require_size(len(body), source, kind)
    if content_type == JSON:
        try:
            json.loads(body)
        except ValueError as error:
            raise UserError(f"{source} is no JSON: {error}.") from error
    return Payload(body, content_type)


def require_size(size: int, source: str, kind: str) -> None:
    """Refuse what is larger than a kind of serving takes.

    Args:
        size: How many bytes there are.
        source: The file's name, for the error.
        kind: The kind of serving.

    Raises:
        UserError: It is larger.
    """
    most = MAX_BODIES.get(kind, MAX_BODY)
    if size > most:
        named = {"realtime": "a real-time", "asynchronous": "an asynchronous"}.get(kind, f"a {kind}")
        raise UserError(
            f"{source} has {size:,} bytes, and {named} endpoint takes {most:,} at a time.",
            next_step="Send fewer rows at a time.",
        )


def predictions(body: bytes, content_type: str) -> Any:
    """Read an answer for `--json`.

    Args:
        body: The answer's bytes.
        content_type: Its media type.

    Returns:
        The JSON document, a list of documents of JSON lines, a list of rows of a csv (a row of one cell as that cell),
        or the text.
    """
    kind = content_type.partition(";")[0].strip().lower()
    text = body.decode("utf-8", errors="replace")
    if kind == JSON:
        return json.loads(text)
    if kind == JSON_LINES:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if kind == CSV:
        rows = [row for row in csv.reader(io.StringIO(text)) if row]
        return [row[0] if len(row) == 1 else row for row in rows]
    return text
