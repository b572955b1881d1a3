"""The AWS command line, as its users run it, with nothing but the variables of `mlstack local env`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mlstack_localcloud.control import client_environment

if TYPE_CHECKING:
    from mlstack_localcloud.control import DaemonStatus

AWS = Path(sys.executable).with_name("aws")
pytestmark = pytest.mark.skipif(not AWS.exists(), reason="awscli is not installed")


@pytest.fixture(scope="module")
def variables(local_cloud: DaemonStatus) -> dict[str, str]:
    changes = client_environment(local_cloud.home)
    kept = {name: value for name, value in os.environ.items() if name not in changes}
    return kept | {name: value for name, value in changes.items() if value is not None}


def test_who_am_i(variables: dict[str, str]) -> None:
    assert json.loads(_run(variables, "sts", "get-caller-identity").stdout)["Account"] == "000000000000"


def test_a_file_goes_to_a_bucket_and_comes_back(variables: dict[str, str], tmp_path: Path) -> None:
    source, copy = tmp_path / "data.bin", tmp_path / "copy.bin"
    # Above the limit from which on it uploads and downloads in parts.
    source.write_bytes(os.urandom(9 * 1024 * 1024))
    _run(variables, "s3", "mb", "s3://command-line")
    _run(variables, "s3", "cp", str(source), "s3://command-line/a b/data.bin")
    _run(variables, "s3", "cp", "s3://command-line/a b/data.bin", str(copy))

    assert copy.read_bytes() == source.read_bytes()
    assert "data.bin" in _run(variables, "s3", "ls", "--recursive", "s3://command-line").stdout
    _run(variables, "s3", "rb", "--force", "s3://command-line")


def test_a_wrong_key_is_refused(variables: dict[str, str]) -> None:
    wrong = {**variables, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wrong"}
    refused = subprocess.run([AWS, "sagemaker", "list-models"], env=wrong, capture_output=True, text=True, check=False)

    assert refused.returncode != 0
    assert "UnrecognizedClientException" in refused.stderr


def _run(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([AWS, *arguments], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done
