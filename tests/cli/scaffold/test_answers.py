from __future__ import annotations

from pathlib import Path

import pytest
from mlstack.scaffold.answers import check, parse_assignments, read_file
from mlstack.scaffold.errors import ScaffoldError

QUESTIONS = """
name:
  type: str
  default: weather
  validator: "{% if name != name | lower %}lower-case letters{% endif %}"
title: {type: str, default: "The {{ name }} model"}
cloud: {type: str, default: aws, choices: [aws, azure]}
size: {type: str, default: s1, choices: [s1, s2, s3, s4, s5, s6, s7]}
count: {type: int, default: 2}
share: {type: float, default: 0.5}
public: {type: bool, default: false}
"""


def codes(error: pytest.ExceptionInfo[ScaffoldError]) -> list[str]:
    return [finding.code for finding in error.value.findings]


def test_defaults_complete_the_answers_and_may_refer_to_earlier_ones(make_template):
    answers = check(make_template(QUESTIONS), {"name": "churn"}, {})
    assert answers.pop("title") == "The churn model"
    assert answers == {"name": "churn", "cloud": "aws", "size": "s1", "count": 2, "share": 0.5, "public": False}


def test_what_stands_in_for_a_default_gives_way_to_an_answer(make_template):
    template = make_template(QUESTIONS)
    assert check(template, {}, {"name": "folder"})["name"] == "folder"
    assert check(template, {"name": "mine"}, {"name": "folder"})["name"] == "mine"


def test_text_of_the_command_line_becomes_the_type_of_the_question(make_template):
    answers = check(make_template(QUESTIONS), {"count": "7", "share": "0.25", "public": "yes", "title": "2026"}, {})
    assert (answers["count"], answers["share"], answers["public"], answers["title"]) == (7, 0.25, True, "2026")


def test_every_mistake_is_told_at_once(make_template):
    given = {"clod": "aws", "cloud": "azzure", "count": "two", "name": "Weather", "size": "s9"}
    with pytest.raises(ScaffoldError) as error:
        check(make_template(QUESTIONS), given, {})
    assert sorted(codes(error)) == ["E110", "E111", "E111", "E113", "E114"]
    assert error.value.exit_code == 2
    assert 'E110 unknown answer "clod" (did you mean "cloud"?).' in error.value.message
    assert 'E111 cloud="azzure": choose aws, azure.' in error.value.message
    assert 'E111 size="s9" is not one of the 7 choices' in error.value.message
    assert 'E113 count="two": a whole number is needed.' in error.value.message
    assert 'E114 name="Weather": lower-case letters.' in error.value.message


@pytest.mark.parametrize(
    ("name", "value"),
    [("count", "1.5"), ("count", [1]), ("share", "much"), ("public", "perhaps"), ("title", {"a": 1}), ("count", None)],
)
def test_a_value_of_another_type_is_refused(make_template, name, value):
    with pytest.raises(ScaffoldError) as error:
        check(make_template(QUESTIONS), {name: value}, {})
    assert codes(error) == ["E113"]


def test_a_message_never_carries_control_characters_or_pages(make_template):
    with pytest.raises(ScaffoldError) as error:
        check(make_template(QUESTIONS), {"cloud": "\x1b[31m" + "a" * 500}, {})
    assert "\x1b" not in error.value.message
    assert len(error.value.message) < 150


def test_an_answer_that_is_jinja_stays_text(make_template):
    assert check(make_template(QUESTIONS), {"title": "{{ 7 * 7 }}"}, {})["title"] == "{{ 7 * 7 }}"


def test_assignments_are_read_and_the_last_of_a_name_counts():
    assert parse_assignments(["a=1", "b=x=y", "c=", "a=2"]) == {"a": "2", "b": "x=y", "c": ""}


def test_what_is_no_assignment_is_refused_and_all_are_told():
    with pytest.raises(ScaffoldError) as error:
        parse_assignments(["name", "=x", "a=1"])
    assert codes(error) == ["E112", "E112"]


def test_answers_come_from_a_file_without_copiers_own(tmp_path):
    file = tmp_path / "answers.yml"
    file.write_text("_src_path: elsewhere\nname: churn\ncount: 3\n")
    assert read_file(file) == {"name": "churn", "count": 3}


@pytest.mark.parametrize(
    "content", [b"- a\n", b"", b"a: [\n", b"\xff\xfe\x00", b"1: a\n", b"a: !!python/object:os.x {}\n"]
)
def test_a_file_that_holds_no_answers_is_refused(tmp_path, content):
    file = tmp_path / "answers.yml"
    file.write_bytes(content)
    with pytest.raises(ScaffoldError) as error:
        read_file(file)
    assert codes(error) == ["E112"]
    assert "answers.yml" in error.value.message


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(ScaffoldError, match=r"nowhere\.yml can't be read"):
        read_file(Path("nowhere.yml"))
