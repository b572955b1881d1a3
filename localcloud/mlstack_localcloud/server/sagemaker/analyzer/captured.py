"""Captured calls as rows.

A record preprocessor, where there is one, makes the rows of a call (`preprocess_handler`, as
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-pre-and-post-processing.html documents it). Without one a
call is one row of what it answered and what it was asked, in this order, which needs CSV or flat JSON on both sides.
"""

from __future__ import annotations

import base64
import csv
import importlib.util
import io
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.analyzer.dataset import Row


def records(directory: Path, start: datetime | None, end: datetime | None) -> Iterator[dict[str, Any]]:
    """Yield the captured calls of a window; more was brought than is in it.

    Args:
        directory: Where the capture files are.
        start: From when on; None for all.
        end: Until when; None for all.
    """
    for path in sorted(directory.rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            at = datetime.strptime(record["eventMetadata"]["inferenceTime"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            if (start is None or at >= start) and (end is None or at < end):
                yield record


def rows(record: dict[str, Any], handler: Callable[[Any], Any] | None, names: Sequence[str]) -> list[Row]:
    """Return the rows of a call.

    Args:
        record: The call, a line of a capture file.
        handler: The record preprocessor, or None.
        names: The features of the baseline, which values without names are called by.

    Raises:
        DatasetError: The preprocessor failed, or the call can't be read without one.
    """
    if handler is None:
        return [_plain_row(record, names)]
    try:
        made = handler(_inference_record(record))
    except Exception as error:
        raise DatasetError(f"The record preprocessor failed: {type(error).__name__}: {error}") from error
    found = made if isinstance(made, list) else [made]
    return [_named(row, names) for row in found if row]


def load_handler(script: Path) -> Callable[[Any], Any]:
    """Return the function of a record preprocessor.

    Args:
        script: The script.

    Raises:
        DatasetError: It can't be loaded, or has no such function.
    """
    spec = importlib.util.spec_from_file_location("record_preprocessor", script)
    if spec is None or spec.loader is None:
        raise DatasetError(f"The record preprocessor {script.name} is no Python script.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        handler: Callable[[Any], Any] = module.preprocess_handler
    except Exception as error:
        raise DatasetError(f"The record preprocessor {script.name} can't be loaded: {error}") from error
    return handler


def _inference_record(record: dict[str, Any]) -> SimpleNamespace:
    data, metadata = record["captureData"], record["eventMetadata"]
    return SimpleNamespace(
        endpoint_input=_side(data.get("endpointInput")),
        endpoint_output=_side(data.get("endpointOutput")),
        event_metadata=SimpleNamespace(
            event_id=metadata["eventId"],
            inference_id=metadata.get("inferenceId"),
            inference_time=metadata["inferenceTime"],
        ),
        event_version=record["eventVersion"],
    )


def _side(side: dict[str, Any] | None) -> SimpleNamespace:
    given = side or {}
    return SimpleNamespace(
        encoding=given.get("encoding"),
        data=given.get("data"),
        observed_content_type=given.get("observedContentType"),
        mode=given.get("mode"),
    )


def _plain_row(record: dict[str, Any], names: Sequence[str]) -> Row:
    data = record["captureData"]
    encodings = {side: given["encoding"] for side, given in data.items()}
    if len(set(encodings.values())) > 1:
        raise DatasetError(
            f"Encoding mismatch: {encodings}. Only the same encoding of input and output can be read without a record "
            "preprocessor."
        )
    sides = [data[side] for side in ("endpointOutput", "endpointInput") if side in data]
    if "JSON" in encodings.values():
        return {name: value for side in sides for name, value in _flat(json.loads(side["data"]))}
    cells = [cell for side in sides for cell in next(csv.reader(io.StringIO(_text(side))), [])]
    return _named({str(number): cell for number, cell in enumerate(cells)}, names)


def _text(side: dict[str, Any]) -> str:
    data = str(side["data"])
    return base64.b64decode(data).decode("utf-8", "replace") if side["encoding"] == "BASE64" else data


def _flat(document: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(document, dict):
        for name, value in document.items():
            yield from _flat(value, f"{path}_{name}" if path else name)
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from _flat(value, f"{path}_{number}" if path else str(number))
    else:
        yield path, document


def _named(row: Row, names: Sequence[str]) -> Row:
    """A row whose keys are numbers, as AWS's examples write them, by the baseline's names in this order."""
    if not all(key.isdecimal() for key in row):
        return row
    values = [row[key] for key in sorted(row, key=int)]
    return {names[number] if number < len(names) else f"_c{number}": value for number, value in enumerate(values)}
