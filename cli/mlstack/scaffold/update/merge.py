"""copier merges in a clone that is thrown away; what comes out is the list of files that change.

The clone's answers file names the mirror of the template, so that copier reaches no network and no commit but those
that were checked. What copier leaves in the clone, three-way merged, is compared with what was committed.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError

from mlstack.scaffold import answers_file, git, lock, trust
from mlstack.scaffold.answers import check, saved_answers
from mlstack.scaffold.render import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack.scaffold.update.subject import Subject
    from mlstack.scaffold.update.target import Target

NEW, CLEAN, MERGED, CONFLICT, DELETED, KEPT = "new", "clean", "merged", "conflict", "deleted", "kept"
_MODE_EXECUTABLE = 0o111


@dataclass(frozen=True)
class Change:
    """A file that an update changes.

    Attributes:
        path: Relative to the project.
        kind: `new`; `clean`, where only the template changed it; `merged`, where the user had too; `conflict`, where
            both changed the same lines; `deleted`; `kept`, where the template has it no more but the user changed it.
        content: What it becomes; of a link what it points to; None where it is deleted or kept.
        mode: Its permissions as git has them, such as 0o644.
        is_link: Whether it is a symbolic link.
        base: What the template had made of it; None where it had not, or there is no conflict.
        theirs: What the template makes of it now; None where it doesn't, or there is no conflict.
        lines: The lines at which conflicts begin.
    """

    path: str
    kind: str
    content: bytes | None
    mode: int = 0o644
    is_link: bool = False
    base: bytes | None = None
    theirs: bytes | None = None
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Merge:
    """What an update would do.

    Attributes:
        changes: The files that change, by path.
        lock: What the project's lock says afterwards.
        answers: The answers afterwards.
        asked: The questions that are new.
    """

    changes: tuple[Change, ...]
    lock: lock.Lock
    answers: dict[str, Any]
    asked: tuple[str, ...]

    @property
    def written(self) -> list[Change]:
        """The files that become something else."""
        return [change for change in self.changes if change.kind != KEPT]

    @property
    def conflicts(self) -> list[Change]:
        """The files in which lines are left to the user."""
        return [change for change in self.changes if change.kind == CONFLICT]


def merge(
    subject: Subject, target: Target, given: Mapping[str, Any], *, ask: bool, result: Path | None = None
) -> Merge:
    """Merges the new version into a project, beside it.

    Args:
        subject: The project.
        target: Where it goes.
        given: Answers to questions, new ones or others than before; checked.
        ask: Whether copier asks new questions on the terminal; else their defaults are taken.
        result: A folder that doesn't exist, in which the merged project is left; None where nobody needs it.

    Raises:
        UntrustedError: The new version would run something.
        MlstackError: copier can't merge, or git fails.
    """
    trust.check(target.template)
    with tempfile.TemporaryDirectory(prefix="mlstack-update-") as scratch:
        clone = (result or Path(scratch) / "clone").resolve()
        git.output(Path(scratch), "clone", "--quiet", "--shared", "--template=", "--", str(subject.top), str(clone))
        git.output(clone, "checkout", "--quiet", "--detach", subject.head)
        project = clone / subject.below
        answers = _update(project, target, given, ask=ask)
        pristine = Path(scratch) / "pristine"
        pristine.mkdir()
        render(target.template, answers, pristine)
        locked = lock.lock(target.template, pristine)
        asked = tuple(name for name in target.template.questions if name not in target.base.questions)
        return Merge(tuple(_changes(subject, project, locked)), locked, answers, asked)


def _update(project: Path, target: Target, given: Mapping[str, Any], *, ask: bool) -> dict[str, Any]:
    """Runs copier's update in the clone.

    Returns:
        The answers afterwards.
    """
    import copier
    from copier.errors import CopierError
    from jinja2 import TemplateError

    mirror = target.template.mirror
    file = project / target.base.answers_file
    if mirror is None or not file.is_file():
        raise MlstackError(
            f"The project has no {target.base.answers_file}, so its answers aren't known.",
            next_step=f"Take it back from git: git checkout -- {target.base.answers_file}",
        )
    answers_file.replace_origin(file, {"_commit": target.base.origin.ref, "_src_path": str(mirror.folder)})
    git.commit_all(project, "The template is in a mirror")
    try:
        copier.run_update(
            project,
            data=dict(given),
            vcs_ref=target.template.origin.ref,
            defaults=not ask,
            skip_answered=True,
            overwrite=True,
            conflict="inline",
            quiet=True,
            unsafe=bool(target.template.origin.trust),
        )
    except (CopierError, TemplateError, ValueError) as error:
        raise MlstackError(f"The update to {target.template.origin.version} can't be merged: {error}") from error
    answers_file.set_origin(project / target.template.answers_file, target.template)
    # With the defaults of those that no answers file holds, such as secret ones.
    return check(target.template, saved_answers(project / target.template.answers_file, target.template), {})


def _changes(subject: Subject, project: Path, locked: lock.Lock) -> list[Change]:
    unmerged = _unmerged(project)
    # What differs from what was committed, untracked files included; ignored ones where they are the template's.
    listed = git.output(project, "diff", "--name-only", "--no-renames", "--relative", "-z", subject.head, "--", ".")
    untracked = git.output(project, "ls-files", "--others", "-z", "--", ".")
    paths = {path for path in (listed + "\0" + untracked).split("\0") if path}
    ignored = set(
        git.output(project, "ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", ".").split("\0")
    )
    kept = sorted(path for path in paths | set(unmerged) if path not in ignored or path in locked.files)
    return [_change(subject, project, path, unmerged.get(path)) for path in kept]


def _change(subject: Subject, project: Path, path: str, stages: dict[int, bytes] | None) -> Change:
    file = project / path
    before = _committed(subject, path)
    if not file.is_symlink() and not file.exists():
        untouched = before is None or _untouched(subject, path, before)
        return Change(path, DELETED if untouched else KEPT, None)
    if file.is_symlink():
        return Change(path, CLEAN if before is not None else NEW, str(file.readlink()).encode(), is_link=True)
    content = file.read_bytes()
    mode = 0o755 if file.stat().st_mode & _MODE_EXECUTABLE else 0o644
    if stages is not None:
        lines = tuple(n for n, line in enumerate(content.splitlines(), 1) if line.startswith(b"<<<<<<< "))
        return Change(path, CONFLICT, content, mode, base=stages.get(1), theirs=stages.get(3), lines=lines)
    if before is None:
        return Change(path, NEW, content, mode)
    return Change(path, CLEAN if _untouched(subject, path, before) else MERGED, content, mode)


def _committed(subject: Subject, path: str) -> bytes | None:
    found = git.run(subject.project, "cat-file", "blob", f"{subject.head}:{(subject.below / path).as_posix()}")
    return found.stdout if found.returncode == 0 else None


def _untouched(subject: Subject, path: str, content: bytes) -> bool:
    import hashlib

    locked = subject.lock.files.get(path)
    return locked is not None and hashlib.sha256(content).hexdigest() == locked.sha256


def _unmerged(project: Path) -> dict[str, dict[int, bytes]]:
    """The files that git knows as conflicts, with the content of each of their stages."""
    found: dict[str, dict[int, bytes]] = {}
    for entry in git.output(project, "ls-files", "--unmerged", "-z", "--", ".").split("\0"):
        if entry:
            (_, blob, stage), path = entry.split("\t")[0].split(" "), entry.split("\t", 1)[1]
            found.setdefault(path, {})[int(stage)] = git.run(project, "cat-file", "blob", blob).stdout
    return found
