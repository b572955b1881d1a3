"""Labels of calls: read from a file, written where the monitor of model quality looks for them.

The form is SageMaker's: a JSON document a line, in a folder of the hour in which they came
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mlstack_components.aws.names import GROUND_TRUTH_PREFIX, s3_uri
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mlstack.cloud.deployment import Deployment

_ID, _LABEL = "id", "label"


def read_labels(file: Path) -> dict[str, list[str]]:
    """The labels of each call, in the order of its rows.

    Args:
        file: CSV with the columns `id` and `label`.

    Raises:
        UserError: It can't be read, lacks a column, or a line lacks a value.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file} can't be read: {error}") from error
    reader = csv.DictReader(io.StringIO(text))
    missing = {_ID, _LABEL} - set(reader.fieldnames or ())
    if missing:
        raise UserError(
            f"{file} has no column {' and '.join(sorted(missing))}.",
            next_step="Its first line has to be `id,label`, with a line a row of each call.",
        )
    found: dict[str, list[str]] = {}
    for row in reader:
        call, label = (row[_ID] or "").strip(), (row[_LABEL] or "").strip()
        if not call or not label:
            raise UserError(f"Line {reader.line_num} of {file} has no {_LABEL if call else _ID}.")
        found.setdefault(call, []).append(label)
    if not found:
        raise UserError(f"{file} has no line below its header.")
    return found


def ground_truth(labels: Mapping[str, Sequence[str]]) -> str:
    """Labels as lines of ground truth.

    Args:
        labels: The labels of each call.
    """
    lines = []
    for call, values in labels.items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([value] for value in values)
        data = {"data": text.getvalue().rstrip("\n"), "encoding": "CSV"}
        lines.append({"groundTruthData": data, "eventMetadata": {"eventId": call}, "eventVersion": "0"})
    return "".join(json.dumps(line) + "\n" for line in lines)


def upload_labels(deployment: Deployment, labels: Mapping[str, Sequence[str]]) -> str:
    """Write labels below the endpoint's prefix of the data bucket.

    Args:
        deployment: The environment.
        labels: The labels of each call.

    Returns:
        The URI of the new object.

    Raises:
        MlstackError: The environment has no endpoint.
    """
    content, came = ground_truth(labels).encode(), datetime.now(UTC)
    # The time first: of two labels of a call the later one counts.
    name = f"{came:%M%S%f}-{hashlib.sha256(content).hexdigest()[:8]}.jsonl"
    key = f"{GROUND_TRUTH_PREFIX}{deployment.endpoint_name}/{came:%Y/%m/%d/%H}/{name}"
    deployment.session.client("s3").put_object(Bucket=deployment.data_bucket, Key=key, Body=content)
    return s3_uri(deployment.data_bucket, key)
