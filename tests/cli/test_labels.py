"""Labels of calls, from a file to SageMaker's form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from mlstack.monitors.labels import ground_truth, read_labels
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_call_has_a_label_a_row(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text('id,label,note\none,sun,\ntwo,"rain, heavy",x\none,fog,\n')
    labels = read_labels(file)
    assert labels == {"one": ["sun", "fog"], "two": ["rain, heavy"]}
    first, second = map(json.loads, ground_truth(labels).splitlines())
    assert first == {
        "groundTruthData": {"data": "sun\nfog", "encoding": "CSV"},
        "eventMetadata": {"eventId": "one"},
        "eventVersion": "0",
    }
    assert second["groundTruthData"]["data"] == '"rain, heavy"'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,weather\none,sun\n", "has no column label"),
        ("id,label\none,\n", "Line 2 of .* has no label"),
        ("id,label\n,sun\n", "Line 2 of .* has no id"),
        ("id,label\n", "no line below its header"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "labels.csv"
    file.write_text(text)
    with pytest.raises(UserError, match=says):
        read_labels(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can't be read"):
        read_labels(tmp_path / "none.csv")
