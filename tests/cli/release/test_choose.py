from typing import Any

import pytest
from mlstack.registry.versions import APPROVED, PENDING, REJECTED, ModelVersion
from mlstack.release.choose import approved_version, newest_version, version_served_before
from mlstack_components.errors import MlstackError, UserError

ARN = "arn:aws:sagemaker:us-east-1:000000000000:model-package/weather-local"
NO_POINTER: Any = None


def _versions(*approvals: str) -> list[ModelVersion]:
    """Newest first, as the registry lists them."""
    count = len(approvals)
    return [ModelVersion(f"{ARN}/{count - index}", count - index, name) for index, name in enumerate(approvals)]


def _history(*numbers: int) -> list[str]:
    return [f"{ARN}/{number}" for number in numbers]


def test_a_release_converges_on_the_newest_approved() -> None:
    assert newest_version("local")(_versions(PENDING, APPROVED, APPROVED), NO_POINTER).version == 2


def test_a_given_version_must_be_approved() -> None:
    assert approved_version(1, "local")(_versions(APPROVED, APPROVED), NO_POINTER).version == 1
    with pytest.raises(MlstackError, match=r"version 1 is pending.*mlstack models approve 1"):
        approved_version(1, "local")(_versions(APPROVED, PENDING), NO_POINTER)
    with pytest.raises(MlstackError, match=r"mlstack models approve 1 --environment prod"):
        approved_version(1, "prod")(_versions(APPROVED, PENDING), NO_POINTER)
    with pytest.raises(UserError, match=r"no model version 7"):
        approved_version(7, "prod")(_versions(APPROVED), NO_POINTER)


def test_a_rollback_goes_to_what_was_served_before() -> None:
    versions = _versions(APPROVED, APPROVED, APPROVED)
    assert version_served_before(versions, _history(3, 1)).version == 1
    assert version_served_before(versions, _history(3, 3, 2, 1)).version == 2


def test_a_rollback_passes_over_the_rejected_and_the_deleted() -> None:
    versions = _versions(APPROVED, REJECTED, APPROVED)
    assert version_served_before(versions, _history(3, 9, 2, 1)).version == 1


@pytest.mark.parametrize(
    ("history", "said"), [((), "nothing was"), ((2,), "only version 2 was"), ((2, 2), "only version 2")]
)
def test_nothing_to_go_back_to(history: tuple[int, ...], said: str) -> None:
    with pytest.raises(MlstackError, match=said):
        version_served_before(_versions(APPROVED, APPROVED), _history(*history))
