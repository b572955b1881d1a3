"""What the benchmark of a production project plans is a project with every part on."""

from __future__ import annotations

from pathlib import Path

import yaml
from mlstack_stacks.spec.models import Parts

FILE = Path(__file__).parents[2] / "benchmarks" / "production.yaml"


def test_every_part_is_on() -> None:
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    # Several models take the place of the parts of one.
    assert set(document) - {"name", "environments"} == set(Parts.model_fields) - {"cloud", "cost", "models"}
