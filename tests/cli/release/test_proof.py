from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from mlstack.release.proof import LiveEndpoint, Variant, differences, model_versions
from mlstack.release.target import EndpointTarget
from mlstack.release.variants import without_variant
from mlstack_stacks.spec.scaling import Instances
from mlstack_stacks.spec.serving import Serving
from mlstack_stacks.spec.variants import Variant as VariantSpec

ARN = "arn:aws:sagemaker:us-east-1:000000000000:model-package/weather-local"
LIVE = LiveEndpoint("weather-local", "InService", "config-1", (Variant("main", "model-1", f"{ARN}/2", 3, 3),))


def _with_variant(**changes: object) -> LiveEndpoint:
    return replace(LIVE, variants=(replace(LIVE.variants[0], **changes),))  # type: ignore[arg-type]


def test_the_intended_endpoint_is_proven() -> None:
    assert differences(LIVE, f"{ARN}/2", least_instances=3) == ()


@pytest.mark.parametrize(
    ("live", "difference"),
    [
        (None, "there is no endpoint"),
        (replace(LIVE, status="Failed"), "it is Failed"),
        (replace(LIVE, pending=True), "a deployment is still under way"),
        (replace(LIVE, variants=()), "it has no production variant"),
        (_with_variant(model_package_arn=f"{ARN}/1"), "it serves model version 1"),
        (_with_variant(model_package_arn=None), "the model model-1 behind it names no model package"),
        (_with_variant(instances=1, desired_instances=1), "it has 1 instances instead of 3"),
    ],
)
def test_each_difference_is_told(live: LiveEndpoint | None, difference: str) -> None:
    assert differences(live, f"{ARN}/2", least_instances=3) == (difference,)


OLD = replace(LIVE, variants=(*LIVE.variants, Variant("old", "model-0", f"{ARN}/1", 9, 9)))


@pytest.mark.parametrize(
    ("live", "further", "found"),
    [
        (OLD, {"old": f"{ARN}/1"}, ()),
        (OLD, {}, ("it still has the variant old",)),
        (OLD, {"old": f"{ARN}/3"}, ("its variant old is another: it serves model version 1",)),
        (LIVE, {"old": f"{ARN}/1"}, ("it has no variant old",)),
    ],
)
def test_every_variant_counts(live: LiveEndpoint, further: dict[str, str], found: tuple[str, ...]) -> None:
    assert differences(live, f"{ARN}/2", further=further) == found
    assert live.instance_count == 3


@pytest.mark.parametrize("first", [0, 1])
def test_what_answers_is_the_released_version_wherever_it_stands(first: int) -> None:
    """A failed release goes back to what answers."""
    released, old = replace(LIVE.variants[0], name="AllTraffic"), Variant("old", "model-0", f"{ARN}/1")
    live = replace(LIVE, variants=(released, old) if first == 0 else (old, released))
    spec: Any = None
    assert EndpointTarget("weather-local", spec).answering(live) == f"{ARN}/2"
    assert live.further_arns == {"old": f"{ARN}/1"}


@pytest.mark.parametrize(
    ("status", "pending", "changing"),
    [("InService", False, False), ("InService", True, True), ("Updating", False, True), ("Failed", False, False)],
)
def test_changing(status: str, pending: bool, changing: bool) -> None:
    assert replace(LIVE, status=status, pending=pending).changing is changing


def test_instance_count_is_the_larger_of_current_and_desired() -> None:
    assert _with_variant(instances=2, desired_instances=5).instance_count == 5
    assert _with_variant(instances=None, desired_instances=None).instance_count is None


def test_versions_in_a_sentence() -> None:
    assert model_versions(LIVE.model_package_arns) == "version 2"
    assert model_versions(()) == "no model"


def test_where_the_cloud_scales_it_is_proven_by_what_it_started_with() -> None:
    scaled_in = _with_variant(instances=2, desired_instances=2, configured_instances=4)
    assert differences(scaled_in, f"{ARN}/2", least_instances=4, scales=True) == ()
    assert differences(scaled_in, f"{ARN}/2", least_instances=4) == ("it has 2 instances instead of 4",)
    too_few = _with_variant(instances=2, desired_instances=2, configured_instances=2)
    found = differences(too_few, f"{ARN}/2", least_instances=4, scales=True)
    assert found == ("it has 2 instances instead of 4",)


@pytest.mark.parametrize(
    ("running", "desired", "kept"),
    [(5, 5, {"old": 5}), (2, 6, {"old": 6}), (2, 2, {}), (1, None, {}), (None, None, {})],
)
def test_a_release_keeps_the_instances_of_a_busy_variant(
    running: int | None, desired: int | None, kept: dict[str, int]
) -> None:
    serving = Serving(kind="realtime", variants={"old": VariantSpec(instances=Instances(min=2, max=8))})
    spec: Any = SimpleNamespace(serving=serving)
    old, gone = (Variant(name, "model-0", f"{ARN}/1", running, desired) for name in ("old", "gone"))
    live = replace(LIVE, variants=(replace(LIVE.variants[0], name="AllTraffic"), old, gone))
    release = EndpointTarget("weather-local", spec).release_of(f"{ARN}/3", live, None)
    assert release.variant_counts == kept
    assert release.instance_count == 3
    assert EndpointTarget("weather-local", spec).release_of(f"{ARN}/3", None, None).variant_counts == {}
    assert without_variant(release, "old").variant_counts == {}
