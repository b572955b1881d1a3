"""A file that is not what it should be is refused in one sentence with its place, before anything is built from it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError, UserError
from mlstack_stacks.spec import load
from mlstack_stacks.spec.read_yaml import MAX_BYTES, MAX_DEPTH, read

if TYPE_CHECKING:
    from pathlib import Path

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(8)
)

CASES = {
    "empty": (b"", 0, "is empty"),
    "comment only": (b"# nothing\n", 0, "is empty"),
    "null": (b"~\n", 0, "is empty"),
    "list at the root": (b"- name: x\n", 1, "is a list"),
    "scalar at the root": (b"churn\n", 1, "is a single value"),
    "tab": (b"name: churn\nsteps:\n\ttrain: {}\n", 3, "a tab in the indentation"),
    "not UTF-8": ("name: churn\nowner: M\xfcller\n".encode("latin-1"), 2, "is not UTF-8"),
    "UTF-16": ("name: churn\n".encode("utf-16"), 1, "is not UTF-8"),
    "NUL": (b"name: churn\nowner: a\0b\n", 2, "a control character (U+0000)"),
    "escape": (b"name: churn\nowner: \x1b[31mred\n", 2, "a control character (U+001B)"),
    "two documents": (b"name: churn\n---\nname: other\n", 2, "several documents"),
    "python object": (b"name: churn\nowner: !!python/object/apply:os.system [exit]\n", 2, "uses the tag"),
    "own tag": (b"name: !secret x\n", 1, "uses the tag `!secret`"),
    "anchor": (b"name: churn\nowner: &who me\n", 2, "defines an anchor"),
    "alias": (b"name: churn\nowner: &a me\ncloud: *a\n", 3, "uses an alias"),
    "bomb": (BOMB.encode(), 2, "uses an alias"),
    "merge key": (b"a: &a {x: 1}\nb: {<<: *a}\n", 2, "uses an alias"),
    "alias as a key": (b"a: &a x\n? *a\n: 1\n", 2, "uses an alias"),
    "too large": (b"#" * (MAX_BYTES + 1), 0, "is larger than"),
    "too deep": (b"a: " + b"[" * 100_000, 1, "is nested deeper"),
    "too deep in blocks": (
        "".join(f"{' ' * depth}a:\n" for depth in range(MAX_DEPTH + 1)).encode(),
        MAX_DEPTH + 1,
        "is nested deeper",
    ),
    "duplicate key": (b"name: churn\nowner: a\nowner: b\n", 3, "stands here a second time, first on line 2"),
    "list as a key": (b"? [a]\n: b\n", 1, "has a list or a mapping as a key"),
    "unprintable key": (b'"a\\e[31m": b\n', 1, "has a key that is too long or not printable"),
    "huge number": (b"name: churn\nowner: " + b"9" * 5000 + b"\n", 2, "too many digits"),
    "unclosed bracket": (b"name: churn\ndata: {source: a\n", 3, "is not YAML"),
    "colon in plain text": (b"name: churn\nowner: a: b\n", 2, "is not YAML"),
}


@pytest.mark.parametrize(("raw", "line", "message"), CASES.values(), ids=CASES)
def test_a_hostile_file_is_refused_with_its_place(tmp_path: Path, raw: bytes, line: int, message: str) -> None:
    file = tmp_path / "mlstack.yaml"
    file.write_bytes(raw)
    with pytest.raises(SpecError) as caught:
        read(file)
    assert any(problem.line == line and message in problem.message for problem in caught.value.problems), caught.value


def test_a_tag_runs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "mlstack.yaml"
    file.write_text(
        f"name: !!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path [{tmp_path}/x]]\n"
    )
    with pytest.raises(SpecError):
        read(file)
    assert not (tmp_path / "x").exists()


def test_a_refusal_is_quick(tmp_path: Path) -> None:
    file = tmp_path / "mlstack.yaml"
    file.write_bytes(b"a: " + b"[" * (MAX_BYTES - 10))
    begin = time.perf_counter()
    with pytest.raises(SpecError):
        read(file)
    assert time.perf_counter() - begin < 2


def test_an_unquoted_gate_is_told_to_be_quoted(tmp_path: Path) -> None:
    file = tmp_path / "mlstack.yaml"
    file.write_text("name: churn\ngates:\n  accuracy: >= 0.80\n")
    with pytest.raises(SpecError, match=r'mlstack.yaml:3: is not YAML.*Put the value in quotes: ">= 0.80"'):
        read(file)


def test_several_findings_are_reported_together(tmp_path: Path) -> None:
    file = tmp_path / "mlstack.yaml"
    file.write_text("name: &n churn\nowner: *n\ncloud: !!str aws\ncloud: aws\n")
    with pytest.raises(SpecError) as caught:
        read(file)
    assert [(problem.line, problem.key) for problem in caught.value.problems] == [
        (1, "name"),
        (2, "owner"),
        (3, "cloud"),
        (4, "cloud"),
    ]


def test_a_missing_file_and_a_directory_are_a_users_mistake(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.yaml", tmp_path):
        with pytest.raises(UserError, match="can't be read"):
            load(path, "local")


def test_plain_scalars_follow_yaml_1_2(tmp_path: Path) -> None:
    file = tmp_path / "mlstack.yaml"
    file.write_text(
        "text: [yes, no, on, off, 1_000, 12:30, 2024-01-01, ='x', '12']\n"
        "numbers: [12, -3, 0o14, 0x1F, 0012, 0.5, .5, 1e3, -1.5E-2]\nothers: [true, False, null, ~]\n"
    )
    assert read(file).data() == {
        "text": ("yes", "no", "on", "off", "1_000", "12:30", "2024-01-01", "='x'", "12"),
        "numbers": (12, -3, 12, 31, 12, 0.5, 0.5, 1000.0, -0.015),
        "others": (True, False, None, None),
    }


def test_a_byte_order_mark_and_windows_line_ends_are_harmless(tmp_path: Path) -> None:
    file = tmp_path / "mlstack.yaml"
    file.write_bytes(b"\xef\xbb\xbfname: churn\r\nowner: me\r\n")
    assert read(file).data() == {"name": "churn", "owner": "me"}
