"""The instance types that the specification knows are AWS's own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from mlstack_stacks.spec import instance_types
from mlstack_stacks.spec.instance_types import Use, families, is_instance_type, known, nearest

FILE = Path(instance_types.__file__).with_suffix(".json")


def of_the_installed_model(use: Use) -> list[str]:
    found: list[str] = Loader().load_service_model("sagemaker", "service-2")["shapes"][use.shape]["enum"]
    return found


def test_the_file_is_what_this_writes_from_the_installed_botocore() -> None:
    """After an upgrade of botocore: write `document` into the file."""
    uses = {use.name.lower(): families(of_the_installed_model(use)) for use in Use}
    document = {"botocore": botocore.__version__, "uses": uses}
    assert json.loads(FILE.read_text()) == document


@pytest.mark.parametrize("use", Use)
def test_every_type_of_the_model_is_known_and_no_other(use: Use) -> None:
    assert known(use) == set(of_the_installed_model(use))


def test_a_type_is_for_a_use() -> None:
    assert is_instance_type("ml.c7g.large", Use.REALTIME)
    assert not is_instance_type("ml.c7g.large", Use.TRAINING)


def test_a_newer_botocore_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def newer(self: Any, service: str, kind: str) -> dict[str, Any]:
        return {"shapes": {use.shape: {"enum": ["ml.q9.large"]} for use in Use}}

    monkeypatch.setattr(Loader, "load_service_model", newer)
    assert is_instance_type("ml.q9.large", Use.TRAINING)
    assert not is_instance_type("ml.q8.large", Use.TRAINING)


def test_botocore_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore.loaders", None)
    assert is_instance_type("ml.m5.large", Use.PROCESSING)
    assert not is_instance_type("ml.q9.large", Use.PROCESSING)


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("ml.q9.large", "ml.m5.large"), ("ml.g5.xlrge", "ml.g5.xlarge"), ("ml.c5.large", "ml.c5.xlarge")],
)
def test_the_nearest_type_is_found(wrong: str, meant: str) -> None:
    assert nearest(wrong, Use.PROCESSING) == meant
