"""Renders a project's own version once more, with its own answers, and compares what is the template's.

Whose a file is the template says at that version (`ownership.yml`), not the project's lock, which anybody can edit: an
owned file must be what the template makes, of a partial one the template's lines must be there, a seeded one is the
user's.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.scaffold.answers import check, saved_answers
from mlstack.scaffold.lock import file_class, files_of
from mlstack.scaffold.render import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack.scaffold.template import Template

RULES = {
    "owned-changed": "A file of the template's is not what the template makes.",
    "owned-missing": "A file of the template's is missing.",
    "partial-lines-missing": "Lines of the template's are missing from a shared file.",
    "partial-missing": "A shared file is missing.",
    "conflict-marker": "A conflict of an update was never resolved.",
}


@dataclass(frozen=True)
class Drift:
    """A difference between a project and its template.

    Attributes:
        rule: One of `RULES`.
        path: The file, relative to the project.
        line: The line at which it begins, from 1; 0 for the file as a whole.
        message: What is different, one sentence.
        waived: Why somebody lets it be; None where nobody does.
    """

    rule: str
    path: str
    line: int
    message: str
    waived: str | None = None

    def waived_because(self, reason: str) -> Drift:
        """The same, let be.

        Args:
            reason: Why.
        """
        return replace(self, waived=reason)


@dataclass(frozen=True)
class Rendered:
    """What a project's template makes of its answers.

    Attributes:
        owned: The contents of the files that are the template's, by path.
        partial: Those of the shared ones.
        modes: The permissions of all of them.
    """

    owned: dict[str, bytes]
    partial: dict[str, bytes]
    modes: dict[str, int]


def rendered(project: Path, template: Template) -> Rendered:
    """Renders a project's version again.

    Args:
        project: The project's folder.
        template: Its template at its own version.

    Raises:
        MlstackError: The project has no answers file, or the template can't be rendered.
        ScaffoldError: Its answers are none that the template takes.
    """
    file = project / template.answers_file
    if not file.is_file():
        raise MlstackError(
            f"The project has no {template.answers_file}, so its answers aren't known.",
            next_step=f"Take it back from git: git checkout -- {template.answers_file}",
        )
    saved = saved_answers(file, template)
    with tempfile.TemporaryDirectory(prefix="mlstack-check-") as scratch:
        folder = Path(scratch)
        render(template, check(template, saved, {}), folder)
        found: dict[str, dict[str, bytes]] = {"owned": {}, "partial": {}, "seeded": {}}
        modes: dict[str, int] = {}
        for path in files_of(folder):
            found[file_class(template, path)][path] = (folder / path).read_bytes()
            modes[path] = (folder / path).stat().st_mode & 0o777
        return Rendered(found["owned"], found["partial"], modes)


def drifts(project: Path, made: Rendered) -> Iterator[Drift]:
    """The differences of a project from what its template makes.

    Args:
        project: The project's folder.
        made: What the template makes.
    """
    for path, content in made.owned.items():
        actual = _content(project / path)
        if actual is None:
            yield Drift("owned-missing", path, 0, f"{path} is the template's, and is missing.")
        elif actual != content:
            line = _first_difference(actual, content)
            yield Drift("owned-changed", path, line, f"{path} is the template's, and differs from line {line} on.")
    for path, content in made.partial.items():
        yield from _missing_lines(path, _content(project / path), content)


def _missing_lines(path: str, actual: bytes | None, content: bytes) -> Iterator[Drift]:
    if actual is None:
        yield Drift("partial-missing", path, 0, f"{path} is missing.")
        return
    there = {line.rstrip() for line in actual.splitlines()}
    for line in content.splitlines():
        if line.strip() and line.rstrip() not in there:
            text = line.decode(errors="replace")
            yield Drift("partial-lines-missing", path, 0, f'{path} has the template\'s line "{text}" no more.')


def marker_drifts(marked: list[str]) -> Iterator[Drift]:
    """Conflicts that nobody resolved, as findings.

    Args:
        marked: Files with lines, such as `README.md:12`.
    """
    for place in marked:
        path, _, line = place.rpartition(":")
        yield Drift("conflict-marker", path, int(line), f"{path} has a conflict of an update at line {line}.")


def restore(project: Path, made: Rendered, found: list[Drift]) -> list[str]:
    """Writes the template's own files as it makes them.

    Args:
        project: The project's folder.
        made: What the template makes.
        found: The differences.

    Returns:
        The files that were written.

    Raises:
        MlstackError: One lies behind a link out of the project.
    """
    paths = [drift.path for drift in found if drift.rule.startswith("owned") and drift.waived is None]
    for path in paths:
        file = project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.parent.resolve().is_relative_to(project.resolve()) or file.is_symlink():
            raise MlstackError(f"{path} is a link, or lies behind one.", next_step="Put the file itself there.")
        file.write_bytes(made.owned[path])
        file.chmod(made.modes[path])
    return paths


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def _first_difference(actual: bytes, wanted: bytes) -> int:
    """The first line that differs, from 1."""
    there, made = actual.splitlines(), wanted.splitlines()
    pairs = enumerate(zip(there, made, strict=False), 1)
    return next((number for number, (a, b) in pairs if a != b), min(len(there), len(made)) + 1)
