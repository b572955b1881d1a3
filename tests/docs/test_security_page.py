"""The page on security has the rules that there are, and the tests that it names."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from mlstack_stacks.plan.security import RULES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()


def test_each_rule_has_its_line_in_the_words_of_its_file() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE, re.MULTILINE))
    heads = {rule: str(import_module(f"mlstack_stacks.plan.security.{rule}").__doc__).splitlines()[0] for rule in RULES}
    assert told == heads


def test_what_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:tests|stacks)/[\w/.]+)`", PAGE)
    assert len(named) >= 6
    assert [path for path in named if not (ROOT / path).exists()] == []
