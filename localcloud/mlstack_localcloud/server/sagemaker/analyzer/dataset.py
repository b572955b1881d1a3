"""The rows that a job analyzes, as columns: CSV files, JSON files, or captured calls."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer.columns import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Row = dict[str, Any]


class DatasetError(Exception):
    """The dataset can't be analyzed; the message says why."""


def columns_of(rows: Iterable[Row], names: Iterable[str] = ()) -> list[Column]:
    """Return rows as columns, those that are named first.

    Args:
        rows: Values by feature; what a row does not have is missing in it.
        names: The features whose order is known.
    """
    known = list(rows)
    found = dict.fromkeys(name for row in known for name in row)
    ordered = [*(name for name in names if name in found), *(name for name in found if name not in set(names))]
    return [Column(name, tuple(row.get(name) for row in known)) for name in ordered]


def rows_of(form: dict[str, Any], directory: Path) -> Iterator[Row]:
    """Return the rows of a dataset.

    Args:
        form: A `dataset_format`, such as `{"csv": {"header": true}}`.
        directory: The directory.

    Raises:
        DatasetError: There is no file, or the format is another.
    """
    if "csv" in form:
        return csv_rows(directory, header=bool(form["csv"].get("header", False)))
    if "json" in form:
        # `lines` in the SDK's own formats, `line` in the documented ones.
        lines = form["json"].get("line", form["json"].get("lines", True))
        return json_rows(directory, lines=bool(lines))
    raise DatasetError(f"The local cloud's analyzer reads no dataset of the format {', '.join(form)}.")


def csv_rows(directory: Path, *, header: bool) -> Iterator[Row]:
    """Yield the rows of all CSV files of a directory.

    Args:
        directory: The directory.
        header: Whether each file begins with the columns' names; else they are `_c0`, `_c1`, ...

    Raises:
        DatasetError: There is no file.
    """
    for path in _files(directory):
        with path.open(encoding="utf-8", newline="") as file:
            lines = [line for line in csv.reader(file) if line]
        names = [name.strip() for name in lines.pop(0)] if header and lines else []
        for line in lines:
            yield {names[number] if number < len(names) else f"_c{number}": cell for number, cell in enumerate(line)}


def json_rows(directory: Path, *, lines: bool) -> Iterator[Row]:
    """Yield the objects of all JSON files of a directory.

    Args:
        directory: The directory.
        lines: Whether each line is an object; else each file is an object or a list of them.

    Raises:
        DatasetError: There is no file, or it holds something else.
    """
    for path in _files(directory):
        text = path.read_text(encoding="utf-8")
        try:
            found = [json.loads(line) for line in text.splitlines() if line.strip()] if lines else json.loads(text)
        except ValueError as error:
            raise DatasetError(f"{path.name} is no JSON: {error}") from error
        for entry in found if isinstance(found, list) else [found]:
            if not isinstance(entry, dict):
                raise DatasetError(f"{path.name} holds something that is no object.")
            yield entry


def _files(directory: Path) -> list[Path]:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    if not files:
        raise DatasetError(f"There is no file in {directory}.")
    return files
