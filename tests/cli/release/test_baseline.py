"""Which baseline a version has."""

from typing import Any

import pytest
from mlstack.release.baseline import baseline_folder


def described(statistics: str, constraints: str) -> dict[str, Any]:
    uris = {"Statistics": statistics, "Constraints": constraints}
    return {"DriftCheckBaselines": {"ModelDataQuality": {name: {"S3Uri": uri} for name, uri in uris.items()}}}


def test_both_files_lie_in_one_folder() -> None:
    assert baseline_folder(described("s3://a/b/statistics.json", "s3://a/b/constraints.json")) == "s3://a/b"


@pytest.mark.parametrize(
    "description",
    [
        {},
        {"DriftCheckBaselines": {"ModelQuality": {}}},
        described("s3://a/b/statistics.json", "s3://a/c/constraints.json"),
        described("s3://a/b/statistics.json", "s3://a/b/other.json"),
    ],
)
def test_a_version_without_one(description: dict[str, Any]) -> None:
    assert baseline_folder(description) is None
