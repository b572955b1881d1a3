"""Tests that share something costly, such as a project that is up, share a worker."""

from __future__ import annotations

import os

import pytest

pytestmark = pytest.mark.xdist_group("groups")


def test_a_group_stays_together(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("one process runs all tests")
    # Workers are chosen by what stands behind the @.
    assert request.node.nodeid.endswith("@groups")
