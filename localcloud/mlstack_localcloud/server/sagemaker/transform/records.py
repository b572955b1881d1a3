"""Records on their way through a batch: a file's, in mini-batches to the model, and joined with what it answered.

https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.transform.filters import Filter, FilterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlstack_localcloud.server.sagemaker.ports import Document

CSV = "text/csv"
JSON = "application/json"
JSON_LINES = "application/jsonlines"
OUTPUT, INPUT = "SageMakerOutput", "SageMakerInput"
_MEGABYTE = 1 << 20


class RecordError(ValueError):
    """The records of a file can't be worked on."""


def kind_of(content_type: str) -> str:
    """Return a media type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Shaping:
    """What is done to records before they are sent, and to results before they are written.

    Attributes:
        content_type: The media type of the records.
        by_line: Whether each line is a record; else a file is.
        single: Whether a request holds one record only.
        most_bytes: How much a request holds at most.
        join: Whether results are joined with their records.
        sent: What of a record is sent.
        kept: What of a result is kept.
    """

    content_type: str
    by_line: bool
    single: bool
    most_bytes: int
    join: bool
    sent: Filter
    kept: Filter

    @classmethod
    def of(cls, job: Document) -> Shaping:
        """Return what a job asks for.

        Raises:
            FilterError: A filter can't be read.
        """
        given, processing = job["TransformInput"], job.get("DataProcessing", {})
        return cls(
            content_type=kind_of(given.get("ContentType", "")),
            by_line=given.get("SplitType", "None") == "Line",
            single=job.get("BatchStrategy", "MultiRecord") == "SingleRecord",
            most_bytes=job.get("MaxPayloadInMB", 6) * _MEGABYTE,
            join=processing.get("JoinSource", "None") == "Input",
            sent=Filter.of(processing.get("InputFilter", "$")),
            kept=Filter.of(processing.get("OutputFilter", "$")),
        )

    @property
    def looks_inside(self) -> bool:
        """Whether records are read, and not only passed on."""
        return self.join or not self.sent.everything or not self.kept.everything

    def batches(self, content: Iterable[bytes]) -> Iterator[list[bytes]]:
        """Yield a file's records as they are sent together.

        Args:
            content: The file's lines, with their ends.

        Raises:
            RecordError: A record is larger than a request may be.
        """
        records = _lines(content) if self.by_line else iter([b"".join(content)])
        batch: list[bytes] = []
        size = 0
        for record in records:
            if len(record) > self.most_bytes:
                raise RecordError(f"A record of {len(record):,} bytes is larger than MaxPayloadInMB allows.")
            if batch and (self.single or size + len(record) + 1 > self.most_bytes):
                yield batch
                batch, size = [], 0
            batch.append(record)
            size += len(record) + 1
        if batch:
            yield batch

    def body(self, batch: list[bytes]) -> bytes:
        """Return what is sent for some records.

        Raises:
            RecordError: A record is not what its media type says, or lacks what the filter asks for.
        """
        if self.sent.everything:
            return b"\n".join(batch)
        return b"\n".join(_written(_filtered(self.sent, _read(each, self.content_type))) for each in batch)

    def result(self, batch: list[bytes], answer: bytes, answered_type: str) -> bytes:
        """Return what is written for some records.

        Args:
            batch: The records.
            answer: What the model answered to them.
            answered_type: Its media type.

        Raises:
            RecordError: The answer has not one result a record, or one lacks what the filter asks for.
        """
        if not self.join and self.kept.everything:
            return answer
        results = self._results(batch, answer, kind_of(answered_type))
        if self.join:
            pairs = zip(batch, results, strict=True)
            results = [_joined(_read(record, self.content_type), result) for record, result in pairs]
        return b"\n".join(_written(_filtered(self.kept, each)) for each in results)

    def _results(self, batch: list[bytes], answer: bytes, answered_type: str) -> list[Any]:
        if self.by_line:
            results = [_read(line, answered_type) for line in _lines(answer.splitlines(keepends=True))]
        else:
            results = [_read(answer, answered_type)]
        # A model may answer several JSON lines with one array.
        if len(results) == 1 and len(batch) > 1 and isinstance(results[0], list) and len(results[0]) == len(batch):
            results = results[0]
        if len(results) != len(batch):
            raise RecordError(f"The model answered {len(results)} results to {len(batch)} records.")
        return results


def _lines(content: Iterable[bytes]) -> Iterator[bytes]:
    for line in content:
        stripped = line.rstrip(b"\r\n")
        if stripped:
            yield stripped


def _read(record: bytes, content_type: str) -> Any:
    text = record.decode("utf-8", "replace")
    if content_type == CSV:
        rows = list(csv.reader(io.StringIO(text)))
        return rows[0] if len(rows) == 1 else rows
    try:
        return json.loads(text)
    except ValueError as error:
        raise RecordError(f"A record is no {content_type or 'JSON'}: {text[:200]}") from error


def _filtered(chosen: Filter, record: Any) -> Any:
    try:
        return chosen.of_record(record)
    except FilterError as error:
        raise RecordError(str(error)) from error


def _joined(record: Any, result: Any) -> Any:
    if isinstance(record, dict):
        return {**record, OUTPUT: result}
    if isinstance(record, list) and isinstance(result, list) and _is_row(record):
        return [*record, *result]
    return {INPUT: record, OUTPUT: result}


def _is_row(record: list[Any]) -> bool:
    return all(isinstance(cell, str) for cell in record)


def _written(record: Any) -> bytes:
    if isinstance(record, list) and record and all(isinstance(cell, str) for cell in record):
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow(record)
        return text.getvalue().encode()
    return (record if isinstance(record, str) else json.dumps(record)).encode()
