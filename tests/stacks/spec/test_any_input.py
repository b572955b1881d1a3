"""Whatever a file holds, reading it ends with a specification or with problems that have a place; never otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from mlstack_components.errors import SpecError
from mlstack_stacks.spec import load_all

if TYPE_CHECKING:
    from pathlib import Path

KEYS = [
    "name",
    "owner",
    "cloud",
    "data",
    "source",
    "target",
    "steps",
    "prepare",
    "train",
    "evaluate",
    "entry_point",
    "framework",
    "image",
    "command",
    "spot",
    "max_wait_minutes",
    "instance_count",
    "version",
    "hyperparameters",
    "gates",
    "registry",
    "approval",
    "images",
    "serving",
    "kind",
    "instances",
    "min",
    "notifications",
    "emails",
    "environments",
    "local",
    "dev",
    "account",
    "region",
]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["aws", "realtime", "~"]),
)
keys = st.one_of(st.sampled_from(KEYS), st.text(max_size=10), st.integers(), st.booleans(), st.none())
documents = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=6)),
    max_leaves=25,
)
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _read(folder: Path, raw: bytes) -> None:
    file = folder / "mlstack.yaml"
    file.write_bytes(raw)
    # In YAML a lone carriage return ends a line, too.
    problems, lines = [], len(raw.decode("utf-8", "replace").splitlines()) + 1
    try:
        load_all(file)
    except SpecError as error:
        problems = error.problems or [None]
    for problem in problems:
        assert problem is not None, "an error without a problem"
        assert 0 <= problem.line <= lines
        assert problem.message
        assert str(problem).isprintable(), repr(str(problem))


@many
@given(st.binary(max_size=200))
@example(b"? ")
@example(b"%YAML 9.9\n---\n")
@example(b"a: !<tag:yaml.org,2002:int> 3")
@example(b"- ? - a\n")
@example(b"[>\tname: churn\n")
def test_any_bytes(tmp_path: Path, raw: bytes) -> None:
    _read(tmp_path, raw)


@many
@given(documents)
def test_any_document(tmp_path: Path, document: object) -> None:
    _read(tmp_path, yaml.safe_dump(document, allow_unicode=True).encode("utf-8", "surrogatepass"))


@many
@given(st.data())
def test_any_value_at_any_place(tmp_path: Path, spec_text: str, data: st.DataObject) -> None:
    document = yaml.safe_load(spec_text)
    node = document
    while True:
        key = data.draw(st.sampled_from(sorted(node)))
        if not isinstance(node[key], dict) or not node[key] or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = data.draw(documents)
    _read(tmp_path, yaml.safe_dump(document).encode())


@many
@given(st.data())
def test_any_damage(tmp_path: Path, spec_text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(spec_text)))
    length = data.draw(st.integers(0, 20))
    put = data.draw(st.text(alphabet=" \n\t:-{}[],&*!|>'\"%@`#?~a1é", max_size=6))
    _read(tmp_path, (spec_text[:start] + put + spec_text[start + length :]).encode())


@pytest.mark.parametrize("name", ["SafeLoader", "CSafeLoader"])
def test_both_parsers_refuse_alike(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlstack_stacks.spec.read_yaml._PARSER", getattr(yaml, name))
    for raw in (b"a: &x 1\n", b"a: *x\n", b"a: !!int 1\n", b"a: 1\na: 2\n", b"a\n---\nb\n", b"a: [1\n", b"[" * 1000):
        file = tmp_path / "mlstack.yaml"
        file.write_bytes(raw)
        with pytest.raises(SpecError) as caught:
            load_all(file)
        assert all(problem.line for problem in caught.value.problems), raw
