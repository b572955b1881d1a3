"""The cut-out models say of every request in the table what botocore's own model says."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore
import botocore.session
import pytest
from mlstack_localcloud.provider.registry import RESOURCE_TYPES, resource_type
from mlstack_localcloud.provider.service_models import ServiceModel
from mlstack_localcloud.server.sagemaker.pipelines.step_kinds import STEP_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SESSION = botocore.session.Session()
_TRAITS = ("min", "max", "pattern", "enum", "idempotencyToken")


@cache
def botocores(service: str) -> Any:
    return _SESSION.get_service_model(service)


def operations() -> Iterator[tuple[str, str]]:
    found = {("sagemaker", kind.create) for kind in STEP_KINDS.values()}
    for token in RESOURCE_TYPES:
        type_ = resource_type(token)
        found |= {(type_.service, call.operation) for call in (type_.create, *type_.updates)}
    yield from sorted(found)


def described(shape: Any, above: tuple[str, ...] = ()) -> Any:
    """A shape as plain data, down to where it contains itself."""
    if shape is None:
        return None
    own = {"type": shape.type_name, **{trait: shape.metadata.get(trait) for trait in _TRAITS}}
    name = str(sorted(shape.members)) if shape.type_name == "structure" else ""
    if name and name in above:
        return own
    inside = (*above, name) if name else above
    if shape.type_name == "structure":
        members = {member: described(each, inside) for member, each in shape.members.items()}
        return {**own, "required": sorted(shape.required_members), "members": members}
    if shape.type_name == "list":
        return {**own, "member": described(shape.member, inside)}
    if shape.type_name == "map":
        return {**own, "key": described(shape.key, inside), "value": described(shape.value, inside)}
    return own


@pytest.mark.parametrize(("service", "operation"), list(operations()))
def test_a_request_is_described_as_botocore_describes_it(tmp_path: Path, service: str, operation: str) -> None:
    expected = described(botocores(service).operation_model(operation).input_shape)
    assert described(ServiceModel(service, tmp_path).operation_model(operation).input_shape) == expected
    # Once more from what was kept.
    assert described(ServiceModel(service, tmp_path).operation_model(operation).input_shape) == expected


def test_what_is_kept_is_used_and_belongs_to_one_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ServiceModel("sqs", tmp_path).operation_model("CreateQueue")
    kept = tmp_path / botocore.__version__ / "sqs" / "CreateQueue.json"
    kept.write_text('{"input": "Kept", "shapes": {"Kept": {"type": "structure", "members": {}}}}')
    shape = ServiceModel("sqs", tmp_path).operation_model("CreateQueue").input_shape
    assert shape is not None
    assert shape.members == {}
    monkeypatch.setattr(botocore, "__version__", "0.0.0")
    newer = ServiceModel("sqs", tmp_path).operation_model("CreateQueue").input_shape
    assert newer is not None
    assert "QueueName" in newer.members


@pytest.mark.parametrize("content", ["", "{", "[]", '{"shapes": {}}'])
def test_what_is_kept_and_spoilt_is_cut_out_again(tmp_path: Path, content: str) -> None:
    kept = tmp_path / botocore.__version__ / "sqs" / "CreateQueue.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(content)
    shape = ServiceModel("sqs", tmp_path).operation_model("CreateQueue").input_shape
    assert shape is not None
    assert "QueueName" in shape.members
    assert "QueueName" in kept.read_text()


def test_a_folder_that_can_not_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert ServiceModel("sqs", tmp_path / "file").operation_model("CreateQueue").input_shape is not None


def test_a_service_that_botocore_lacks_is_an_import_error() -> None:
    with pytest.raises(ImportError, match="no model of nonsense"):
        ServiceModel("nonsense").operation_model("Create")


def test_no_code_of_botocores_is_loaded(tmp_path: Path) -> None:
    """It would be a tenth of `mlstack plan`."""
    program = f"""
import sys
from pathlib import Path
from mlstack_localcloud.provider.planned import Planned, PlannedChecks

checks = PlannedChecks(account="0" * 12, region="us-east-1", local=True, unknown=(), folder=Path({str(tmp_path)!r}))
wrong = {{"bucket": "b", "versioningConfiguration": {{"status": "On"}}}}
found = checks.resources([Planned("urn", "aws:s3/bucketVersioning:BucketVersioning", "v", wrong)])
assert [each.problem.path for each in found.findings] == ["versioningConfiguration.status"], found
print([name for name in sys.modules if name.startswith(("botocore.model", "botocore.utils", "moto", "boto3", "grpc"))])
"""
    ended = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True, check=True)
    assert ended.stdout == "[]\n"
