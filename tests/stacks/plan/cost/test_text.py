"""Notes below the estimate can be read on a narrow terminal."""

from __future__ import annotations

import pytest
from mlstack_stacks.plan.cost.text import wrapped

FREE = "Free: 12 aws:iam:Role, 3 aws:s3:BucketServerSideEncryptionConfiguration, 1 aws:sns:Topic, 20 aws:ssm:Parameter."


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_a_count_stays_with_its_type(width: int) -> None:
    lines = wrapped(FREE, width)
    assert " ".join(line.strip() for line in lines) == FREE
    longest = len("  3 aws:s3:BucketServerSideEncryptionConfiguration,")
    assert all(len(line) <= max(width, longest) for line in lines)
    assert not any(line.rstrip().split(" ")[-1].isdigit() for line in lines)
    assert all(line.startswith("  ") for line in lines[1:])
