"""Both renderers: the plain one does what copier does, and leaves to copier what it can't."""

from __future__ import annotations

from typing import TYPE_CHECKING

import copier
import pytest
from mlstack.scaffold import plain
from mlstack.scaffold.render import render
from mlstack_components.errors import MlstackError

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = """
_envops: {undefined: jinja2.StrictUndefined}
name: {type: str, default: weather}
"""

FILES = {
    "text.txt.jinja": "Hello {{ name }}\n{% if name == 'weather' %}\nsun\n{% endif %}\n",
    "verbatim.txt": "{{ name }}\n",
    "{{ name }}/{{ name | upper }}.md.jinja": "{{ name | to_nice_yaml }}{{ name | regex_replace('e', 'E') }}",
    "{% if name == 'weather' %}only{% endif %}/when.txt": "weather\n",
    "{% if name != 'weather' %}never{% endif %}.txt": "not weather\n",
    "both.txt": "copied\n",
    "both.txt.jinja": "rendered {{ name }}\n",
    "no newline.jinja": "{{ name }}",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml }}",
    "__pycache__/x.pyc": "never",
    "empty.jinja": "",
}


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its content."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def with_copier(template, answers, target):
    copier.run_copy(str(template.root), target, data=answers, defaults=True, quiet=True)
    return tree(target)


@pytest.mark.parametrize("name", ["weather", "churn"])
@pytest.mark.parametrize("settings", ["", "_exclude: [both.txt, '*.md']\n", "_answers_file: .answers.yml\n"])
def test_the_plain_renderer_gives_what_copier_gives(make_template, tmp_path, name, settings):
    template = make_template(PLAIN + settings, FILES)
    (template.root / "ownership.yml").unlink()
    assert plain.is_plain(template)
    (tmp_path / "plain").mkdir()
    plain.render(template, {"name": name}, tmp_path / "plain")
    expected = with_copier(template, {"name": name}, tmp_path / "copier")
    assert len(expected) >= 6
    assert tree(tmp_path / "plain") == expected


def test_an_executable_file_stays_one(make_template, tmp_path):
    template = make_template(files={"run.sh.jinja": "#!/bin/sh\necho {{ name }}\n"})
    (template.root / "run.sh.jinja").chmod(0o755)
    (tmp_path / "out").mkdir()
    plain.render(template, {"name": "weather"}, tmp_path / "out")
    assert (tmp_path / "out" / "run.sh").stat().st_mode & 0o111


@pytest.mark.parametrize(
    "questions",
    [
        PLAIN + "_tasks: ['touch done']\n",
        PLAIN + "_jinja_extensions: [jinja2.ext.do]\n",
        PLAIN + "_skip_if_exists: [x]\n",
        PLAIN + "_exclude: ['{% if name %}x{% endif %}']\n",
        PLAIN + "extra: {type: str, default: x, when: false}\n",
        PLAIN + "extra: {type: yaml, default: [x]}\n",
        PLAIN + "extra: {type: str, choices: {Label: value}, default: value}\n",
        PLAIN + "extra: {type: str, default: x, secret: true}\n",
        "name: {type: str, default: weather}\n",
        "_envops: {undefined: jinja2.StrictUndefined, block_start_string: '[%'}\nname: {type: str, default: weather}\n",
    ],
)
def test_a_template_that_uses_more_is_not_plain(make_template, questions):
    assert not plain.is_plain(make_template(questions))


def test_links_and_loops_over_names_are_not_plain(make_template):
    template = make_template(files={"a.txt": "a"})
    assert plain.is_plain(template)
    (template.root / "link").symlink_to("a.txt")
    assert not plain.is_plain(template)
    (template.root / "link").unlink()
    (template.root / "{% yield x from [1, 2] %}{{ x }}{% endyield %}").write_text("")
    assert not plain.is_plain(template)


@pytest.mark.parametrize(
    ("name", "files"),
    [("weather", {"conf.txt.jinja": "{{ _copier_conf.os }}\n"}), ("a/b", {"{{ name }}.txt": "nested\n"})],
    ids=["a variable of copier's", "a name with a slash"],
)
def test_what_only_shows_while_rendering_goes_to_copier_and_leaves_nothing_double(make_template, tmp_path, name, files):
    template = make_template(files={"0.txt.jinja": "{{ name }}\n", **files})
    (tmp_path / "out").mkdir()
    render(template, {"name": name}, tmp_path / "out")
    assert tree(tmp_path / "out") == with_copier(template, {"name": name}, tmp_path / "copier")


def test_a_mistake_in_a_template_is_told_without_a_traceback(make_template, tmp_path):
    template = make_template(files={"a.txt.jinja": "{% if %}\n"})
    (tmp_path / "out").mkdir()
    with pytest.raises(MlstackError, match="can't be rendered"):
        render(template, {"name": "weather"}, tmp_path / "out")


def test_a_template_that_would_run_something_is_refused(make_template, tmp_path):
    template = make_template(PLAIN + "_tasks: ['touch done']\n", {"a.txt": "a"})
    (tmp_path / "out").mkdir()
    with pytest.raises(MlstackError, match="tasks"):
        render(template, {"name": "weather"}, tmp_path / "out")
    assert not (tmp_path / "out" / "done").exists()


def test_a_name_that_leads_out_of_the_project_is_refused(make_template, tmp_path):
    template = make_template(files={"{{ name }}/evil.txt": "evil\n"})
    (tmp_path / "out").mkdir()
    with pytest.raises(MlstackError):
        render(template, {"name": ".."}, tmp_path / "out")
    assert not (tmp_path / "evil.txt").exists()


def test_an_answer_with_jinja_in_it_is_never_run(make_template, tmp_path):
    template = make_template(files={"a.txt.jinja": "{{ name }}\n"})
    (tmp_path / "out").mkdir()
    render(template, {"name": "{{ 7 * 7 }}"}, tmp_path / "out")
    assert (tmp_path / "out" / "a.txt").read_text() == "{{ 7 * 7 }}\n"
