"""The README's table of parts is what `make docs` writes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def generate() -> Any:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_up_to_date(generate: Any) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert generate.readme(text) == text, "run `make docs`"


def test_a_component_stands_beside_the_part_that_declares_it(generate: Any) -> None:
    rows = {line.split("`](")[0].split("[`")[1]: line.split(" | ")[0] for line in generate.table().splitlines()[2:]}
    assert rows["encryption_key"] == "| all share"
    assert rows["endpoint_scaling"] == "| `serving`"
    assert rows["batch_transform"] == "| `serving`"
    assert rows["private_network"] == "| `network`"
    assert rows["job_roles"] == "| all share"
    assert rows["model_monitors"] == "| `monitoring`", "its module says so, whoever imports it"
    assert rows["bucket_replicas"] == "| all share", "a component of the store's component"
    assert rows["job_logs"] == "| `logs` (platform)"
    assert rows["training_job"] == "| in your own program"


def test_a_readme_without_its_place_is_refused(generate: Any) -> None:
    with pytest.raises(ValueError, match="no place for the table"):
        generate.readme("# mlstack\n")
