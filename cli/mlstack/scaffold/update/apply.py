"""Writes what was merged into the project, after noting how to undo it.

The note lies in the repository's own folder, `mlstack-update.json`, from before the first file is written until nothing
is left to do: without conflicts at once, else until `--continue`. `--abort` reads it: what was committed comes back,
what was new goes, and the project is to the byte what it was. The project's lock is written last.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError

from mlstack.scaffold import git, lock
from mlstack.scaffold.errors import Finding, ScaffoldError
from mlstack.scaffold.update.subject import MARKERS, refuse_changes

if TYPE_CHECKING:
    from mlstack.scaffold.update.merge import Change, Merge
    from mlstack.scaffold.update.subject import Subject

NOTE = "mlstack-update.json"


@dataclass(frozen=True)
class Note:
    """An update that isn't finished.

    Attributes:
        head: The commit that it began from.
        paths: The files that it changes, relative to the project.
        conflicts: Those of them with lines that are left to the user.
        lock: What the project's lock becomes.
    """

    head: str
    paths: list[str]
    conflicts: list[str]
    lock: lock.Lock

    def to_json(self) -> str:
        """As it is kept."""
        origin = lock.origin_document(self.lock.origin)
        files = {path: [file.sha256, file.owner] for path, file in self.lock.files.items()}
        kept = {"head": self.head, "paths": self.paths, "conflicts": self.conflicts, "origin": origin, "files": files}
        return json.dumps(kept)

    @classmethod
    def from_json(cls, text: str) -> Note:
        """From what is kept."""
        kept: dict[str, Any] = json.loads(text)
        files = {path: lock.LockedFile(*file) for path, file in kept["files"].items()}
        return cls(kept["head"], kept["paths"], kept["conflicts"], lock.Lock(lock.origin_of(kept["origin"]), files))


def refuse_unfinished(subject: Subject) -> None:
    """Refuses a second update while one isn't finished.

    Args:
        subject: The project.

    Raises:
        ScaffoldError: One isn't (E154).
    """
    if (subject.git_directory / NOTE).exists():
        raise _unfinished()


def _unfinished() -> ScaffoldError:
    return ScaffoldError(
        Finding("E154", "an update of this project is not finished."),
        next_step="Go on with mlstack update --continue, or go back with mlstack update --abort.",
    )


def apply(subject: Subject, merged: Merge) -> None:
    """Writes the changes into the project.

    Args:
        subject: The project.
        merged: What changes.

    Raises:
        ScaffoldError: Another update is under way (E154), the project was changed meanwhile (E151), or a file that
            isn't in git stands where a new one goes (E155); nothing was written.
        MlstackError: A file can't be written; those before it are what they were.
    """
    _refuse_untracked(subject, merged)
    note = Note(subject.head, [c.path for c in merged.written], [c.path for c in merged.conflicts], merged.lock)
    try:
        file = os.open(subject.git_directory / NOTE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        raise _unfinished() from None
    with os.fdopen(file, "w", encoding="utf-8") as stream:
        stream.write(note.to_json())
    try:
        _refuse_commits(subject)
        refuse_changes(subject)
        for change in merged.written:
            _write(subject.project, change)
    except BaseException as error:
        restore(subject, note)
        if isinstance(error, OSError):
            message = f"{error.filename or subject.project} can't be written: {error.strerror}."
            raise MlstackError(message, next_step="The project is as it was.") from error
        raise
    if merged.conflicts:
        _mark_unmerged(subject, merged.conflicts)
    else:
        _finish(subject, note)


def resume(subject: Subject) -> Note:
    """Finishes an update whose conflicts were resolved.

    Args:
        subject: The project.

    Returns:
        The update that is finished.

    Raises:
        ScaffoldError: There is none (E156), or conflicts are left (E152).
    """
    note = _note(subject)
    left = [place for path in note.conflicts for place in _marked(subject.project, path)]
    if left:
        raise ScaffoldError(
            Finding("E152", f"conflicts are left: {', '.join(left)}."),
            next_step="Resolve them; then run mlstack update --continue again, or go back with --abort.",
        )
    for path in note.conflicts:
        git.output(subject.project, "add", "--all", "--force", "--", path)
    _finish(subject, note)
    return note


def abort(subject: Subject) -> Note:
    """Takes an unfinished update back; the project is what it was before, to the byte.

    Args:
        subject: The project.

    Returns:
        The update that was taken back.

    Raises:
        ScaffoldError: There is none (E156).
    """
    note = _note(subject)
    restore(subject, note)
    return note


def restore(subject: Subject, note: Note) -> None:
    """Brings every file of an update back to what was committed, and forgets the update.

    Args:
        subject: The project.
        note: The update.
    """
    project = subject.project
    paths = [*note.paths, lock.LOCK_FILE.as_posix()]
    known = git.output(project, "ls-tree", "-r", "--name-only", "-z", note.head, "--", ".").split("\0")
    committed = [path for path in paths if path in known]
    for path in set(paths) - set(committed):
        git.run(project, "rm", "--quiet", "--cached", "--force", "--ignore-unmatch", "--", path)
        (project / path).unlink(missing_ok=True)
        _remove_empty(project, (project / path).parent)
    if committed:
        names = "\0".join(committed).encode()
        literally = ("--literal-pathspecs", "checkout", note.head, "--pathspec-from-file=-", "--pathspec-file-nul")
        git.output(project, *literally, stdin=names)
    (subject.git_directory / NOTE).unlink()


def _finish(subject: Subject, note: Note) -> None:
    lock.write(note.lock, subject.project)
    (subject.git_directory / NOTE).unlink()


def _note(subject: Subject) -> Note:
    try:
        return Note.from_json((subject.git_directory / NOTE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ScaffoldError(Finding("E156", "no update of this project is under way.")) from None


def _refuse_commits(subject: Subject) -> None:
    if git.output(subject.project, "rev-parse", "HEAD") != subject.head:
        raise ScaffoldError(Finding("E151", "the project was committed to meanwhile."), next_step="Run it again.")


def _refuse_untracked(subject: Subject, merged: Merge) -> None:
    """A file of the user's that git doesn't know would be lost, and no --abort could bring it back."""
    tracked = set(git.output(subject.project, "ls-files", "-z", "--", ".").split("\0"))
    paths = [c.path for c in merged.written if c.path not in tracked and os.path.lexists(subject.project / c.path)]
    if paths:
        raise ScaffoldError(
            Finding("E155", f"not in git, and the update would write over it: {', '.join(paths)}."),
            next_step="Commit it or move it away.",
        )


def _write(project: Path, change: Change) -> None:
    """Writes one file in one step; what leads through a link out of the project is refused."""
    file = project / change.path
    if not Path(os.path.realpath(file.parent)).is_relative_to(project):
        raise ScaffoldError(Finding("E157", f"{change.path} lies behind a link out of the project."))
    if change.content is None:
        file.unlink(missing_ok=True)
        _remove_empty(project, file.parent)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.mlstack-update")
    try:
        if change.is_link:
            beside.symlink_to(change.content.decode())
        else:
            beside.write_bytes(change.content)
            beside.chmod(change.mode)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _remove_empty(project: Path, folder: Path) -> None:
    while folder != project and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _mark_unmerged(subject: Subject, conflicts: list[Change]) -> None:
    """Tells git of the conflicts as a merge would, so that its own tools and editors show them."""
    lines = []
    for change in conflicts:
        name = (subject.below / change.path).as_posix()
        ours = git.run(subject.project, "rev-parse", f"{subject.head}:{name}").stdout.decode().strip()
        blobs = {1: _blob(subject, change.base), 2: ours, 3: _blob(subject, change.theirs)}
        mode = f"100{change.mode:o}"
        lines.append(f"0 {'0' * 40}\t{name}")
        lines += [f"{mode} {blob} {stage}\t{name}" for stage, blob in blobs.items() if blob]
    git.output(subject.top, "update-index", "-z", "--index-info", stdin="".join(f"{line}\0" for line in lines).encode())


def _blob(subject: Subject, content: bytes | None) -> str:
    return "" if content is None else git.output(subject.project, "hash-object", "-w", "--stdin", stdin=content)


def _marked(project: Path, path: str) -> list[str]:
    try:
        lines = (project / path).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [f"{path}:{number}" for number, line in enumerate(lines, 1) if line.rstrip() in MARKERS[:1]]
