from __future__ import annotations

import pytest
from mlstack.scaffold.errors import ScaffoldError
from mlstack.scaffold.ranges import caret, newest

VERSIONS = ["0.1.0", "0.1.7", "0.2.0", "2.2.0", "2.3.0", "2.3.1", "2.10.0", "3.0.0rc1", "3.0.0"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("^2", "2.10.0"),
        ("^2.3", "2.10.0"),
        ("^0.1", "0.1.7"),
        ("^0", "0.2.0"),
        ("~2.3", "2.3.1"),
        ("~2.3.0", "2.3.1"),
        ("~2", "2.10.0"),
        (">=2.1,<3", "2.10.0"),
        ("2.3.0", "2.3.0"),
        ("3.0.0rc1", "3.0.0rc1"),
        (">=2", "3.0.0"),
        ("^4", None),
        ("2.3.2", None),
    ],
)
def test_the_newest_version_in_a_range_is_found(written, expected):
    assert newest(VERSIONS, written) == expected


def test_a_pre_release_is_in_no_range_that_does_not_name_one():
    assert newest(["1.0.0", "1.1.0rc1"], "^1") == "1.0.0"
    assert newest(["1.9.0", "2.0.0.dev1", "2.0.0rc1"], "^1") == "1.9.0"


@pytest.mark.parametrize(
    ("version", "expected"), [("2.3.1", "^2"), ("0.3.1", "^0.3"), ("0.0.4", "^0.0.4"), ("1.0", "^1")]
)
def test_the_range_of_a_version_holds_no_breaking_change(version, expected):
    assert caret(version) == expected
    assert newest([version], caret(version)) == version


@pytest.mark.parametrize("written", ["two", "^", "^2.x", "~>2", "", "2..3", "^1.2.3.4"])
def test_what_is_no_range_is_refused(written):
    with pytest.raises(ScaffoldError, match="E102"):
        newest(VERSIONS, written)
