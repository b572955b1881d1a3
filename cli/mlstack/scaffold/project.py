"""Makes a project: everything is done in a scratch folder, which then becomes the project in one step.

Stages: the target is checked; the answers are checked; the scratch folder is made beside the target, on the same file
system; the template is rendered into it; the lock file is written; git commits; the scratch folder is renamed. Whatever
fails, an interrupt included, the scratch folder goes and the target is as it was. The downside: into a folder that
exists (empty) the files are moved one by one, since a renamed folder would not be the one that a shell stands in.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError

from mlstack.scaffold import answers as answering
from mlstack.scaffold import lock, repository, trust
from mlstack.scaffold.errors import Finding, ScaffoldError
from mlstack.scaffold.render import ask_and_render, render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlstack.scaffold.template import Template


@dataclass(frozen=True)
class Created:
    """A project that was made.

    Attributes:
        directory: Where it is, absolute.
        answers: All answers.
        files: Its files, relative, sorted.
        git: `committed`; `surrounding` where another repository tracks the folder; `missing` without git; `off` when
            not wanted.
    """

    directory: Path
    answers: dict[str, Any]
    files: list[str]
    git: str


def create(
    template: Template, directory: Path, given: Mapping[str, Any], *, ask: bool = False, git: bool = True
) -> Created:
    """Makes a project from a template.

    Args:
        template: The template.
        directory: Where; it must not exist or be empty. Parents are made.
        given: The user's answers, by question.
        ask: Whether copier asks for the others on the terminal; else their defaults are taken.
        git: Whether to make a repository with one commit.

    Raises:
        ScaffoldError: The target or an answer is wrong; nothing was written.
        UntrustedError: The template would run something that nobody trusts it with; nothing was written.
        MlstackError: Rendering or git failed; nothing was left behind.
    """
    target = check_target(directory)
    defaults = {"name": suggested_name(target)} if "name" in template.questions else {}
    if ask:
        # Only what is given can be wrong: the prompts check the rest.
        answering.check(template, given, {})
        complete = dict(given)
    else:
        complete = answering.check(template, given, defaults)
    trust.check(template)
    with _scratch(target) as scratch:
        if ask:
            complete = ask_and_render(template, complete, defaults, scratch)
        else:
            render(template, complete, scratch)
        lock.write(lock.lock(template, scratch), scratch)
        files = lock.files_of(scratch)
        state = _commit(template, target, scratch) if git else "off"
    return Created(target, complete, files, state)


def check_target(directory: Path) -> Path:
    """Where a project goes.

    Args:
        directory: As the user wrote it.

    Returns:
        The absolute path, links resolved.

    Raises:
        ScaffoldError: It is there and not an empty folder (E103), or can't be made (E104).
    """
    target = Path(os.path.realpath(directory.expanduser()))
    if target.exists():
        if not target.is_dir():
            raise ScaffoldError(Finding("E103", f"{directory} is there and is not a folder."))
        if next(target.iterdir(), None) is not None:
            raise ScaffoldError(Finding("E103", f"{directory} is not empty."), next_step="Name a new or empty folder.")
    nearest = next(folder for folder in (target, *target.parents) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise ScaffoldError(Finding("E104", f"{directory} can't be made: {nearest} can't be written to."))
    return target


def suggested_name(target: Path) -> str:
    """A project's name from its folder's: lower-case words with hyphens between.

    Args:
        target: The project's folder.
    """
    return re.sub(r"[^a-z0-9]+", "-", target.name.lower()).strip("-")


def _commit(template: Template, target: Path, scratch: Path) -> str:
    if repository.surrounding_repository(target):
        return "surrounding"
    message = f"Begin from the template {template.origin.template} {template.origin.version}"
    return "committed" if repository.create(scratch, message) else "missing"


@contextmanager
def _scratch(target: Path) -> Iterator[Path]:
    """A folder that becomes the target if the block ends well, and is gone if not."""
    made = [folder for folder in target.parents if not folder.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    inside = target.exists()
    scratch = Path(tempfile.mkdtemp(prefix=".mlstack-init-", dir=target if inside else target.parent))
    try:
        yield scratch
        if inside:
            _move_content(scratch, target)
        else:
            # mkdtemp makes folders for one user's eyes only.
            scratch.chmod(0o777 & ~_umask())
            scratch.rename(target)
    except BaseException as error:
        shutil.rmtree(scratch, ignore_errors=True)
        for folder in made:
            folder.rmdir()
        if isinstance(error, OSError):
            raise MlstackError(f"{target} can't be made: {error.strerror}.") from error
        raise


def _move_content(scratch: Path, target: Path) -> None:
    moved: list[Path] = []
    try:
        for path in sorted(scratch.iterdir()):
            moved.append(path.rename(target / path.name))  # noqa: PERF401 - what was moved counts when the next one fails
        scratch.rmdir()
    except BaseException:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
