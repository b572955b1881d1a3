"""`mlstack update`."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mlstack.scaffold.update.cloud import EnvironmentChange
    from mlstack.scaffold.update.merge import Merge
    from mlstack.scaffold.update.subject import Subject
    from mlstack.scaffold.update.target import Target

EXAMPLES = (
    "mlstack update --dry-run",
    "mlstack update",
    "mlstack update --to ^2",
    "mlstack update --abort",
)


def command(
    directory: Annotated[Path, typer.Argument(help="The project's folder.")] = Path(),
    *,
    to: Annotated[
        str | None, typer.Option("--to", metavar="RANGE", help="The range to be in from now on, such as ^2.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
    resume: Annotated[bool, typer.Option("--continue", help="Go on once the conflicts are resolved.")] = False,
    abort: Annotated[bool, typer.Option("--abort", help="Take an unfinished update back.")] = False,
    assignments: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Answer a question. Can be repeated.")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="Answer questions from a YAML file.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: new questions take their defaults.")] = False,
    trust_once: Annotated[
        bool, typer.Option("--trust-once", help="Let the template run its migrations, though no catalog trusts it.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Fetch nothing; take what was fetched before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the result as JSON.")] = False,
) -> None:
    """Bring a project to the newest version of its template, within the range that it is in.

    The template's changes are merged with yours. Nothing is committed: look at `git diff` first. Exits with 3 where
    conflicts are left to you.
    """
    from mlstack_components.errors import EXIT_CONFLICTS, UserError

    from mlstack.scaffold.answers import given_answers
    from mlstack.scaffold.update import apply
    from mlstack.scaffold.update.subject import refuse_changes, subject_of

    if sum((dry_run, resume, abort)) > 1:
        raise UserError("--dry-run, --continue and --abort exclude each other.", next_step="Give one of them.")
    subject = subject_of(directory)
    if resume or abort:
        note = apply.resume(subject) if resume else apply.abort(subject)
        _print_ended(note, resumed=resume, as_json=as_json)
        return
    apply.refuse_unfinished(subject)
    refuse_changes(subject)
    given = given_answers(answers, assignments)
    ask = not yes and not as_json and sys.stdin.isatty()
    with TemporaryDirectory(prefix="mlstack-update-") as scratch:
        after = Path(scratch) / "after"
        target, merged = _merge(subject, given, to or "", trust_once=trust_once, offline=offline, ask=ask, result=after)
        cloud = _cloud(subject, Path(scratch) / "before", after) if dry_run and merged is not None else []
    if merged is not None and not dry_run:
        apply.apply(subject, merged)
    if as_json:
        _print_json(target, merged, cloud, dry_run=dry_run)
    else:
        _print(target, merged, cloud, dry_run=dry_run)
    if merged is not None and merged.conflicts and not dry_run:
        raise typer.Exit(EXIT_CONFLICTS)


def _cloud(subject: Subject, before: Path, after: Path) -> list[EnvironmentChange]:
    from mlstack.scaffold import git
    from mlstack.scaffold.update.cloud import cloud_changes

    git.output(subject.top, "clone", "--quiet", "--shared", "--template=", "--", str(subject.top), str(before))
    return cloud_changes(before / subject.below, after / subject.below)


def _merge(
    subject: Subject, given: dict[str, Any], to: str, *, trust_once: bool, offline: bool, ask: bool, result: Path
) -> tuple[Target, Merge | None]:
    """The target, and what it changes; None where the project is there already."""
    from mlstack.scaffold.answers import check, saved_answers
    from mlstack.scaffold.trust import trusted_once
    from mlstack.scaffold.update.merge import merge
    from mlstack.scaffold.update.target import target_of

    target = target_of(subject.lock, to, offline=offline)
    if trust_once:
        target = target.with_template(trusted_once(target.template))
    if target.is_current and not given:
        return target, None
    known = saved_answers(subject.project / target.base.answers_file, target.template)
    checked = check(target.template, {**known, **given}, {})
    return target, merge(subject, target, {name: checked[name] for name in given}, ask=ask, result=result)


def _print_json(target: Target, merged: Merge | None, cloud: list[EnvironmentChange], *, dry_run: bool) -> None:
    import json
    from dataclasses import asdict

    origin = target.template.origin
    document = {
        "template": origin.full_name,
        "from": target.base.origin.version,
        "to": origin.version,
        "newest": target.newer,
        "range": origin.range,
        "dry_run": dry_run,
        "changelog": [{"version": r.version, "notes": r.notes, "breaking": r.breaking} for r in target.releases],
        "questions": list(merged.asked) if merged else [],
        "files": [
            {"path": change.path, "kind": change.kind, **({"lines": list(change.lines)} if change.lines else {})}
            for change in (merged.changes if merged else ())
        ],
        "cloud": [asdict(change) for change in cloud],
    }
    typer.echo(json.dumps(document, indent=2))


def _print(target: Target, merged: Merge | None, cloud: list[EnvironmentChange], *, dry_run: bool) -> None:
    origin = target.template.origin
    outside = f" {target.newer} is out of your range {origin.range}: --to takes it." if target.is_newer_outside else ""
    if merged is None:
        typer.echo(f"{origin.full_name} {origin.version} is the newest in {origin.range}.{outside}")
        return
    typer.echo(f"{origin.full_name} {target.base.origin.version} -> {origin.version}{outside}")
    for release in target.releases:
        typer.echo(f"  {release.version}{' (breaking)' if release.breaking else ''}  {release.notes}".rstrip())
    if merged.asked:
        typer.echo(f"\nNew questions: {', '.join(f'{name}={merged.answers[name]}' for name in merged.asked)}")
    typer.echo("")
    for change in merged.changes:
        lines = f" (line {', '.join(map(str, change.lines))})" if change.lines else ""
        typer.echo(f"  {change.kind:9} {change.path}{lines}")
    for environment in cloud:
        _print_environment(environment)
    typer.echo(f"\n{_next_step(merged, dry_run=dry_run)}")


def _print_environment(change: EnvironmentChange) -> None:
    from mlstack_components.errors import printable

    if change.problem is not None:
        typer.echo(f"\n{printable(f'In {change.environment}: this can not be planned: {change.problem}')}")
        return
    cost = ""
    if change.monthly_before is not None and change.monthly_after is not None:
        difference = change.monthly_after - change.monthly_before
        cost = f", ${change.monthly_after:.2f} a month ({difference:+.2f})"
    count = len(change.resources)
    what = {0: "no resource changes", 1: "1 resource changes"}.get(count, f"{count} resources change")
    typer.echo(f"\nIn {change.environment}: {what}{cost}")
    for resource in change.resources:
        properties = f" ({', '.join(resource.properties)})" if resource.properties else ""
        typer.echo(printable(f"  {resource.kind:9} {resource.name}  {resource.type}{properties}"))


def _next_step(merged: Merge, *, dry_run: bool) -> str:
    if dry_run:
        return "Nothing was written. To do it: mlstack update"
    if merged.conflicts:
        return "Resolve the conflicts; then mlstack update --continue, or go back with mlstack update --abort."
    return "Look at it with git diff, and commit it."


def _print_ended(note: Any, *, resumed: bool, as_json: bool) -> None:
    import json

    version = note.lock.origin.version
    if as_json:
        typer.echo(json.dumps({"ended": "continued" if resumed else "aborted", "to": version, "files": note.paths}))
    elif resumed:
        typer.echo(f"The project is at {version}. Commit it.")
    else:
        typer.echo(f"The update to {version} was taken back: {len(note.paths)} files are what they were.")
