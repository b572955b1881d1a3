"""Captured calls as rows.

SageMaker Clarify reads captured calls by itself, without a record preprocessor: CSV on both sides, a row a line, the
features in the order of the analysis configuration's headers. It knows no header line, and would take one for a row;
here that is told.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlstack_localcloud.server.sagemaker.analyzer.dataset import Row


def asked_rows(record: Mapping[str, Any], features: Sequence[str]) -> list[Row]:
    """Return the rows that a call asked about.

    Args:
        record: The call, a line of a capture file.
        features: Their names, in order.

    Raises:
        DatasetError: The call can't be read.
    """
    lines = _lines(record, "endpointInput")
    if lines and [cell.strip() for cell in lines[0]] == list(features):
        raise DatasetError("A call has a header line, which SageMaker Clarify takes for a row. Send CSV without one.")
    for line in lines:
        if len(line) != len(features):
            raise DatasetError(
                f"A row of a call has {len(line)} values, and the headers name {len(features)} features."
            )
    return [dict(zip(features, line, strict=True)) for line in lines]


def answered(record: Mapping[str, Any], column: int) -> list[str]:
    """Return what a call was answered, a value a row.

    Args:
        record: The call.
        column: Where in a line of the answer the value stands, from 0.

    Raises:
        DatasetError: The answer can't be read.
    """
    lines = _lines(record, "endpointOutput")
    if any(len(line) <= column for line in lines):
        raise DatasetError(f"A line of an answer has no value at the position {column}.")
    return [line[column].strip() for line in lines]


def _lines(record: Mapping[str, Any], side: str) -> list[list[str]]:
    found = record["captureData"].get(side, {})
    if found.get("encoding") != "CSV":
        raise DatasetError(
            f"A call's {side} is {found.get('encoding', 'not captured')}; the local cloud's analyzer reads CSV alone."
        )
    return [line for line in csv.reader(io.StringIO(found["data"])) if line]
