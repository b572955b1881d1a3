from typing import Any

from mlstack.release.restore import has_monitors, with_former_serving

BASE = "urn:pulumi:local::weather::mlstack:stacks:Project$"
BUCKET = f"{BASE}mlstack:aws:ArtifactStore$aws:s3/bucket:Bucket::data"
COMPONENT = f"{BASE}mlstack:aws:Endpoint::weather"
MODEL = f"{BASE}mlstack:aws:Endpoint$aws:sagemaker/model:Model::weather-model"
MONITORS = f"{BASE}mlstack:aws:Endpoint$mlstack:aws:ModelMonitors"
DEFINITION = f"{MONITORS}$aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition::weather-data-quality"
ENDPOINT = f"{BASE}mlstack:aws:Endpoint$aws:sagemaker/endpoint:Endpoint::weather-endpoint"


def _export(*resources: dict[str, Any], pending: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"version": 3, "deployment": {"manifest": {}, "resources": list(resources), "pending_operations": pending}}


def _entry(urn: str, name: str, **more: Any) -> dict[str, Any]:
    return {"urn": urn, "id": name, **more}


def test_serving_goes_back_and_the_rest_stays() -> None:
    former = _export(_entry(BUCKET, "old"), _entry(COMPONENT, ""), _entry(MODEL, "model-1"), _entry(ENDPOINT, "e"))
    now = _export(_entry(BUCKET, "new"), _entry(COMPONENT, ""), _entry(MODEL, "model-2"), _entry(ENDPOINT, "e2"))
    resources = with_former_serving(now, former)["deployment"]["resources"]
    assert [(entry["urn"], entry["id"]) for entry in resources] == [
        (BUCKET, "new"),
        (COMPONENT, ""),
        (MODEL, "model-1"),
        (ENDPOINT, "e"),
    ]
    assert now["deployment"]["resources"][2]["id"] == "model-2", "the argument was changed"


def test_copies_that_await_deletion_and_what_was_new_go() -> None:
    former = _export(_entry(COMPONENT, ""))
    now = _export(_entry(COMPONENT, ""), _entry(MODEL, "model-2"), _entry(MODEL, "model-1", delete=True))
    assert with_former_serving(now, former)["deployment"]["resources"] == [_entry(COMPONENT, "")]


def test_what_the_release_removed_comes_back() -> None:
    former = _export(_entry(COMPONENT, ""), _entry(MODEL, "model-1"), _entry(MODEL, "model-0", delete=True))
    restored = with_former_serving(_export(_entry(COMPONENT, "")), former)["deployment"]["resources"]
    assert restored == [_entry(COMPONENT, ""), _entry(MODEL, "model-1")]


def test_pending_operations_of_serving_are_over() -> None:
    pending = [{"type": "creating", "resource": {"urn": MODEL}}, {"type": "creating", "resource": {"urn": BUCKET}}]
    restored = with_former_serving(_export(pending=pending), _export())
    assert restored["deployment"]["pending_operations"] == [pending[1]]


def test_monitors_stay_as_they_are() -> None:
    former = _export(_entry(MODEL, "model-1"), _entry(DEFINITION, "definition-1"))
    now = _export(_entry(MODEL, "model-2"), _entry(DEFINITION, "definition-2"))
    restored = with_former_serving(now, former)["deployment"]["resources"]
    assert restored == [_entry(MODEL, "model-1"), _entry(DEFINITION, "definition-2")]
    assert with_former_serving(_export(), _export(_entry(DEFINITION, "gone")))["deployment"]["resources"] == []
    assert has_monitors(now)
    assert not has_monitors(_export(_entry(MODEL, "model-1"), _entry(ENDPOINT, "e")))
