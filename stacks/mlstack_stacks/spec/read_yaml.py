"""Reads YAML from a file that may be hostile into a tree of places; nothing is executed, expanded or guessed.

The text is hostile until it has passed: its size, its encoding, tabs in the indentation, control characters, anchors
and aliases, tags, several documents, the depth of nesting and duplicate keys are checked while the parser's events
stream by, so that no small file grows into a large tree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from mlstack_components.errors import Problem, SpecError, quoted

from mlstack_stacks.spec.tree import Mapping, Node, Place, Scalar, Sequence, is_oversized_integer, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES = 256 * 1024
MAX_DEPTH = 16
MAX_KEY = 256

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_TAB_INDENT = re.compile(r"^[ ]*\t[ \t]*[^\s#]")


def read(path: Path) -> Mapping:
    """Reads a YAML file that must hold one mapping.

    Args:
        path: The file.

    Returns:
        The tree of the file.

    Raises:
        SpecError: The file can't be read, is not harmless, or is not a mapping; every visible problem is listed.
    """
    text = _text(path)
    builder = _Builder(path)
    try:
        for event in yaml.parse(text, Loader=_PARSER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise SpecError([*builder.problems, _syntax_problem(path, error, text)]) from None
    return builder.root()


def _text(path: Path) -> str:
    """The file's text, once its size, encoding and characters are known to be harmless."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SpecError([Problem(path, 0, "", f"can't be read: {error.strerror or error}.")]) from None
    if len(raw) > MAX_BYTES:
        limit = MAX_BYTES // 1024
        raise SpecError([Problem(path, 0, "", f"is larger than {limit} KiB.", "A specification is a few dozen lines.")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SpecError([Problem(path, line, "", "is not UTF-8 text.", "Save the file as UTF-8.")]) from None
    problems = [
        problem for number, line in enumerate(text.split("\n"), 1) for problem in _check_line(path, number, line)
    ]
    if problems:
        raise SpecError(problems)
    return text


def _check_line(path: Path, number: int, line: str) -> Iterator[Problem]:
    if _TAB_INDENT.match(line):
        yield Problem(path, number, "", "a tab in the indentation.", "Indent with spaces.")
    if match := _CONTROL.search(line):
        yield Problem(path, number, "", f"a control character (U+{ord(match.group()):04X}).", "Remove it.")


def _syntax_problem(path: Path, error: yaml.YAMLError, text: str) -> Problem:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Problem(path, 0, "", f"is not YAML: {error}.")
    line = min(error.problem_mark.line + 1, text.count("\n") + 1)
    source = text.split("\n")[line - 1]
    suggestion = "Check brackets, quotes, colons and indentation near this line."
    if match := re.search(r"[:,{\[]\s*((?:>=?|[@`%&*!|]).*?)\s*[,}\]]?\s*$", source):
        suggestion = f"Put the value in quotes: {quoted(match.group(1))}."
    return Problem(path, line, "", f"is not YAML: {error.problem}.", suggestion)


class _Builder:
    """Builds the tree from the parser's events and collects what is not allowed."""

    def __init__(self, file: Path) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._root: Node | None = None
        self._documents = 0
        self._open: list[Mapping | Sequence] = []
        self._keys: list[tuple[str, int] | None] = []

    def take(self, event: Any) -> None:
        """Takes one event of the parser.

        Raises:
            SpecError: Something on which no tree may be built: nesting too deep, a second document.
        """
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(line, "holds several documents.", "Keep one, without `---` between.")
        elif isinstance(event, yaml.AliasEvent):
            self._report(line, "uses an alias.", "Write the value out; an environment overrides only what differs.")
            self._add(Scalar(self._place(line), "", None, plain=False), line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.NodeEvent):
            self._node(event, line)

    def root(self) -> Mapping:
        """The finished tree.

        Raises:
            SpecError: There were problems, or the root is not a mapping.
        """
        if self.problems:
            raise SpecError(self.problems)
        if self._root is None or (isinstance(self._root, Scalar) and self._root.value is None):
            raise SpecError([Problem(self._file, 0, "", "is empty.", "Start it with `name: my-project`.")])
        if not isinstance(self._root, Mapping):
            kind = "a list" if isinstance(self._root, Sequence) else "a single value"
            problem = Problem(
                self._file, self._root.place.line, "", f"is {kind}.", "Write keys, such as `name: my-project`."
            )
            raise SpecError([problem])
        return self._root

    def _node(self, event: Any, line: int) -> None:
        if event.tag is not None:
            self._report(line, f"uses the tag {_readable_tag(event.tag)}.", "Write plain values.")
        if event.anchor is not None:
            self._report(
                line, "defines an anchor.", "Write the values out; an environment overrides only what differs."
            )
        expects_key = bool(self._open) and isinstance(self._open[-1], Mapping) and self._keys[-1] is None
        if expects_key:
            self._key(event, line)
        elif isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0]
            self._add(Scalar(self._place(line), event.value, self._value(event, line, plain=plain), plain), line)
        else:
            kind = Mapping if isinstance(event, yaml.MappingStartEvent) else Sequence
            node = kind(self._place(line))
            self._add(node, line)
            self._open.append(node)
            self._keys.append(None)
            if len(self._open) > MAX_DEPTH:
                self._stop(line, f"is nested deeper than {MAX_DEPTH} levels.", "A specification needs five.")

    def _key(self, event: Any, line: int) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self._stop(line, "has a list or a mapping as a key.", "Write text as a key.")
            return
        if len(event.value) > MAX_KEY or not event.value.isprintable():
            self._stop(line, "has a key that is too long or not printable.", "Write a plain word as a key.")
        mapping = self._open[-1]
        self._keys[-1] = (event.value, line)
        if isinstance(mapping, Mapping) and event.value in mapping.entries:
            first = mapping.entries[event.value].place.line
            message = f"stands here a second time, first on line {first}."
            self.problems.append(Problem(self._file, line, self._place(line).key, message, "Remove one."))

    def _value(self, event: Any, line: int, *, plain: bool) -> str | int | float | bool | None:
        text: str = event.value
        if plain and is_oversized_integer(text):
            self._report(line, "is a number with too many digits.", "Put it in quotes if it is text.")
            return None
        return resolve(text) if plain else text

    def _place(self, line: int) -> Place:
        """The place of the node that comes next."""
        if not self._open:
            return Place(line, "")
        parent, key = self._open[-1], self._keys[-1]
        if isinstance(parent, Sequence):
            return Place(line, f"{parent.place.key}[{len(parent.items)}]")
        name, key_line = key if key is not None else ("", line)
        return Place(key_line, f"{parent.place.key}.{name}" if parent.place.key else name)

    def _add(self, node: Node, line: int) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif (key := self._keys[-1]) is None:
            self._stop(line, "uses an alias as a key.", "Write text as a key.")
        else:
            parent.entries.setdefault(key[0], node)
            self._keys[-1] = None

    def _report(self, line: int, message: str, suggestion: str) -> None:
        place = self._place(line)
        self.problems.append(Problem(self._file, line, place.key, message, suggestion))

    def _stop(self, line: int, message: str, suggestion: str) -> None:
        self._report(line, message, suggestion)
        raise SpecError(self.problems)


def _readable_tag(tag: str) -> str:
    return f"`!!{tag.removeprefix('tag:yaml.org,2002:')}`" if tag.startswith("tag:yaml.org,2002:") else f"`{tag}`"
