"""Labels that come after the calls: ground truth, and the merge of it with captured calls.

A file of ground truth has a JSON document a line, known by the call's `inferenceId`, or by its event id where the
caller gave none (https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html). The data of
one is CSV with a label a line, as many lines as the call had rows.
"""

from __future__ import annotations

import base64
import csv
import io
import json
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.analyzer.dataset import Row

LABEL = "groundTruthLabel"
"""What a merged row calls its label."""


def read_labels(directory: Path) -> dict[str, list[str]]:
    """Return the labels of each call, by its id; of several the one in the last file.

    Args:
        directory: Where the files are, in folders that sort by time.

    Raises:
        DatasetError: A line is none of ground truth.
    """
    found: dict[str, list[str]] = {}
    for path in sorted(each for each in directory.rglob("*") if each.is_file()):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                found[record["eventMetadata"]["eventId"]] = _values(record["groundTruthData"])
            except (ValueError, KeyError, TypeError) as error:
                raise DatasetError(f"Line {number} of {path.name} is no ground truth: {error!r}") from error
    return found


def merged(calls: Iterable[tuple[Mapping[str, Any], list[Row]]], labels: Mapping[str, list[str]]) -> Iterator[Row]:
    """Yield the rows that have a label, with it.

    A call without labels, or with another number of labels than rows, says nothing about the model, and is left out.

    Args:
        calls: The metadata of each call, and its rows.
        labels: The labels, by the call's id.
    """
    for metadata, rows in calls:
        known = labels.get(metadata.get("inferenceId") or metadata["eventId"])
        if known is not None and len(known) == len(rows):
            for row, label in zip(rows, known, strict=True):
                yield {**row, LABEL: label}


def _values(data: Mapping[str, Any]) -> list[str]:
    text, encoding = str(data["data"]), data.get("encoding", "CSV")
    if encoding == "BASE64":
        text = base64.b64decode(text).decode("utf-8")
    if encoding == "JSON":
        document = json.loads(text)
        return [str(each) for each in (document if isinstance(document, list) else [document])]
    return [line[0].strip() for line in csv.reader(io.StringIO(text)) if line]
