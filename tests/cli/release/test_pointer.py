from typing import Any

import pytest
from mlstack.release.pointer import Release, ReleasePointer

PATH = "/mlstack/weather/local/release"
ARN = "arn:aws:sagemaker:us-east-1:000000000000:model-package/weather-local"


@pytest.fixture
def pointer(ssm: Any) -> ReleasePointer:
    return ReleasePointer(ssm, PATH)


def test_before_the_first_release_it_points_nowhere(pointer: ReleasePointer) -> None:
    assert pointer.read() == Release(None, None)
    assert list(pointer.history()) == []


def test_moves_and_back_to_nowhere(pointer: ReleasePointer) -> None:
    pointer.move(Release(f"{ARN}/1", 3))
    assert pointer.read() == Release(f"{ARN}/1", 3)
    pointer.move(Release(f"{ARN}/2", None))
    assert pointer.read() == Release(f"{ARN}/2", None)
    pointer.move(Release())
    assert pointer.read() == Release()
    assert pointer.ssm.get_parameters_by_path(Path=PATH)["Parameters"] == []


def test_variants_come_and_go_beside_it(pointer: ReleasePointer) -> None:
    both = Release(f"{ARN}/1", variants={"challenger": f"{ARN}/2", "shadow": f"{ARN}/3"})
    pointer.move(both)
    assert pointer.read() == both
    pointer.move(Release(f"{ARN}/1", variants={"shadow": f"{ARN}/3"}))
    assert pointer.read().variants == {"shadow": f"{ARN}/3"}
    assert list(pointer.history()) == [f"{ARN}/1"]


def test_counts_of_variants_come_and_go(pointer: ReleasePointer) -> None:
    busy = Release(f"{ARN}/1", variants={"challenger": f"{ARN}/2"}, variant_counts={"challenger": 4})
    pointer.move(busy)
    assert pointer.read() == busy
    pointer.move(Release(f"{ARN}/1", variants={"challenger": f"{ARN}/2"}))
    assert pointer.read().variant_counts == {}


def test_history_holds_real_moves_only_newest_first(pointer: ReleasePointer) -> None:
    for version, count in ((1, None), (2, None), (2, 2), (2, 2), (1, 2)):
        pointer.move(Release(f"{ARN}/{version}", count))
    assert list(pointer.history()) == [f"{ARN}/1", f"{ARN}/2", f"{ARN}/1"]


def test_the_program_reads_it_by_path(pointer: ReleasePointer) -> None:
    pointer.move(Release(f"{ARN}/1", 2))
    found = {each["Name"]: each["Value"] for each in pointer.ssm.get_parameters_by_path(Path=PATH)["Parameters"]}
    assert found == {f"{PATH}/model-package-arn": f"{ARN}/1", f"{PATH}/instance-count": "2"}


def test_a_count_that_someone_broke_is_none(pointer: ReleasePointer) -> None:
    pointer.ssm.put_parameter(Name=f"{PATH}/instance-count", Value="many", Type="String")
    assert pointer.read() == Release(None, None)
