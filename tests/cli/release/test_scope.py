import fnmatch

import pytest
from mlstack.release.scope import TARGETS, OutOfScopeError, is_serving, outside, require_narrow

BASE = "urn:pulumi:local::weather::"
STACK = f"{BASE}pulumi:pulumi:Stack::weather-local"
COMPONENT = f"{BASE}mlstack:stacks:Project$mlstack:aws:Endpoint::weather"
MODEL = f"{BASE}mlstack:stacks:Project$mlstack:aws:Endpoint$aws:sagemaker/model:Model::weather-model"
SCALING = f"{BASE}mlstack:stacks:Project$mlstack:aws:Endpoint$mlstack:aws:EndpointScaling"
TARGET = f"{SCALING}$aws:appautoscaling/target:Target::weather-scaling"
BUCKET = f"{BASE}mlstack:stacks:Project$mlstack:aws:ArtifactStore$aws:s3/bucket:Bucket::weather-data"
OWN = f"{BASE}aws:sns/topic:Topic::mlstack:aws:Endpoint"
PROVIDER = f"{BASE}pulumi:providers:aws::default"


@pytest.mark.parametrize(
    ("urn", "serving"),
    [(COMPONENT, True), (MODEL, True), (TARGET, True), (f"{SCALING}::weather", True), (BUCKET, False), (OWN, False)],
)
def test_what_belongs_to_serving(urn: str, serving: bool) -> None:
    assert is_serving(urn) is serving


@pytest.mark.parametrize("urn", [COMPONENT, MODEL, TARGET, f"{SCALING}::weather"])
def test_targets_cover_component_and_children(urn: str) -> None:
    assert any(fnmatch.fnmatchcase(urn, target.replace("**", "*")) for target in TARGETS)


@pytest.mark.parametrize("urn", [BUCKET, OWN, STACK])
def test_targets_cover_nothing_else(urn: str) -> None:
    assert not any(fnmatch.fnmatchcase(urn, target.replace("**", "*")) for target in TARGETS)


def test_a_narrow_plan_passes() -> None:
    require_narrow(
        [(STACK, "update"), (PROVIDER, "create"), (COMPONENT, "create"), (MODEL, "replace"), (BUCKET, "same")], "local"
    )


@pytest.mark.parametrize("operation", ["create", "update", "replace", "delete", "import"])
def test_anything_else_is_refused_by_name(operation: str) -> None:
    assert outside([(BUCKET, operation), (MODEL, operation)]) == ((BUCKET, operation),)
    with pytest.raises(OutOfScopeError, match=rf"{operation} weather-data \(aws:s3/bucket:Bucket\)") as raised:
        require_narrow([(BUCKET, operation)], "prod")
    assert "mlstack up prod" in str(raised.value)
