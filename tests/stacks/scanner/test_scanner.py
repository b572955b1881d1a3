"""A public scanner (checkov) finds nothing in a production project but what stands here with its reason."""

from __future__ import annotations

import asyncio
import fcntl
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from mlstack_stacks.naming import Names
from mlstack_stacks.project import Project
from mlstack_stacks.spec import load

from .terraform import TerraformMocks

if TYPE_CHECKING:
    from collections.abc import Callable

VERSION = "3.3.30"
ROOT = Path(__file__).parents[3]

EXCEPTIONS = {
    ("CKV2_AWS_62", "aws_s3_bucket.weather-prod-artifacts"): "no part of a project waits for its objects",
    ("CKV2_AWS_62", "aws_s3_bucket.weather-prod-data"): "no part of a project waits for its objects",
    ("CKV2_AWS_62", "aws_s3_bucket.weather-prod-logs"): "nobody waits for access logs",
    ("CKV2_AWS_62", "aws_s3_bucket.weather-prod-artifacts-copy"): "nobody waits for copies",
    ("CKV2_AWS_62", "aws_s3_bucket.weather-prod-data-copy"): "nobody waits for copies",
    ("CKV2_AWS_62", "aws_s3_bucket.weather-prod-logs-copy"): "nobody waits for access logs",
    ("CKV_AWS_144", "aws_s3_bucket.weather-prod-logs"): "access logs are not worth a copy",
    ("CKV_AWS_144", "aws_s3_bucket.weather-prod-logs-copy"): "access logs are not worth a copy",
    ("CKV_AWS_145", "aws_s3_bucket.weather-prod-logs-copy"): "S3 delivers access logs to no bucket with a KMS key",
    ("CKV2_AWS_5", "aws_security_group.weather-prod-jobs"): "SageMaker's jobs and models are in it",
    ("CKV_AWS_145", "aws_s3_bucket.weather-prod-logs"): "S3 delivers access logs to no bucket with a KMS key",
}
"""What may fail, and why; docs/components.md tells it."""


@pytest.fixture(scope="session")
def checkov(cache: Path) -> Path:
    """The scanner, in an environment of its own: it pins versions of what mlstack needs in others."""
    folder = cache / f"checkov-{VERSION}"
    cache.mkdir(parents=True, exist_ok=True)
    # The tests of this file may run in several processes.
    with (cache / f"checkov-{VERSION}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            uv = Path(sys.executable).with_name("uv")
            subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
            install = [uv, "pip", "install", "--quiet", "--python", folder / "bin" / "python", f"checkov=={VERSION}"]
            subprocess.run(install, check=True)
            (folder / "ready").touch()
    return folder / "bin" / "checkov"


pytestmark = pytest.mark.slow


@pytest.fixture
def scan(checkov: Path, tmp_path: Path) -> Callable[[dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    def run(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
        file = tmp_path / "scanned" / "main.tf.json"
        file.parent.mkdir()
        file.write_text(json.dumps(document, indent=1))
        command = [
            checkov,
            "--directory",
            file.parent,
            "--framework",
            "terraform_json",
            "--output",
            "json",
            "--compact",
        ]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
        results: dict[str, list[dict[str, Any]]] = json.loads(ended.stdout)["results"]
        return results

    return run


@pytest.fixture
def production(write_project: Callable[..., Path]) -> dict[str, Any]:
    """What the benchmark's production project registers, an endpoint included."""
    file = write_project((ROOT / "benchmarks" / "production.yaml").read_text())
    (file.absolute().parent / "data" / "weather.csv").write_text("day\n")
    (file.absolute().parent / "Dockerfile").write_text("FROM scratch\n")
    spec = load(file, "prod")
    names, version = Names("weather", "prod"), "arn:aws:sagemaker:eu-west-1:111111111111:model-package/w/1"
    released = {names.release_parameter: version, names.variant_parameter("shadow"): version}
    mocks = TerraformMocks(released, {"account": spec.account, "region": spec.region})
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    pulumi.runtime.set_mocks(mocks, "weather", "prod", preview=False)

    def program() -> None:
        Project("weather", spec)

    pulumi.runtime.test(program)()
    loop.close()
    return mocks.document


def test_nothing_is_found_but_what_has_a_reason(
    production: dict[str, Any], scan: Callable[[dict[str, Any]], dict[str, list[dict[str, Any]]]]
) -> None:
    assert "aws_sagemaker_endpoint" in production["resource"]
    results = scan(production)
    assert len(results["passed_checks"]) > 100
    failed = {(each["check_id"], each["resource"]): each["check_name"] for each in results["failed_checks"]}
    assert {key: name for key, name in failed.items() if key not in EXCEPTIONS} == {}
    assert EXCEPTIONS.keys() - failed.keys() == set(), "an exception that nothing needs"


def test_the_scanner_sees_what_is_wrong(
    production: dict[str, Any], scan: Callable[[dict[str, Any]], dict[str, list[dict[str, Any]]]]
) -> None:
    del production["resource"]["aws_s3_bucket_public_access_block"]
    production["resource"]["aws_kms_key"]["weather-prod-key"]["enable_key_rotation"] = False
    found = {each["check_id"] for each in scan(production)["failed_checks"]}
    assert {"CKV2_AWS_6", "CKV_AWS_7"} <= found
