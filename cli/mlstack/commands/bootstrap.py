"""`mlstack bootstrap`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotation
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mlstack_stacks.spec import EnvironmentSpec

    from mlstack.bootstrap.run import Bootstrap

EXAMPLES = (
    "mlstack bootstrap prod --dry-run",
    "mlstack bootstrap prod --yes",
    "mlstack bootstrap prod --wheels wheels",
)


def command(
    environment: Annotated[str, typer.Argument(help="The environment, as in mlstack.yaml.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be made.")] = False,
    packages: Annotated[
        bool, typer.Option("--packages/--no-packages", help="Put what continuous integration installs there, too.")
    ] = True,
    wheels: Annotated[
        Path | None, typer.Option(help="Take wheels from this folder in place of a package index.", exists=True)
    ] = None,
    engine: Annotated[
        Path | None, typer.Option(help="Take this archive of the engine in place of this machine's.", exists=True)
    ] = None,
    architecture: Annotated[
        str | None, typer.Option(help="x86_64 or aarch64: where the packages are installed; this machine's by default.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON: names and steps.")] = False,
) -> None:
    """Make an account ready: the state backend of its stacks, and the packages that run them.

    Makes the bucket and the key in which Pulumi keeps the state of all mlstack's projects of this account and region,
    and writes into the project that this environment uses them. Run it again to finish what was interrupted, or to put
    a newer mlstack there; where all is as it should be it changes nothing. `local` needs none of it.
    """
    from mlstack.bootstrap.collect import PackageSource
    from mlstack.bootstrap.engine_archive import require_architecture
    from mlstack.bootstrap.run import Bootstrap
    from mlstack.cloud.aws import AwsSession
    from mlstack.cloud.errors import explained
    from mlstack.confirm import confirm
    from mlstack.console import progress
    from mlstack.project_directory import ProjectDirectory

    source = PackageSource(require_architecture(architecture), wheels, engine)
    project = ProjectDirectory.find()
    spec = project.load(environment)
    if spec.is_local:
        _tell_local(json=json)
        return
    with explained(spec):
        with progress(f"Looking at account {spec.account}"):
            bootstrap = Bootstrap.look(AwsSession.for_environment(spec), project.require_infra(), environment)
        if not dry_run:
            if bootstrap.changes:
                _show(bootstrap)
                confirm(f"Make this in account {spec.account}, {spec.region}?", yes=yes)
            with progress(f"Bootstrapping {environment}") as shown:
                bootstrap.do(shown.update)
                if packages:
                    bootstrap.put_packages(source, shown.update)
    _tell(spec, bootstrap, dry_run=dry_run, packages=packages, json=json)


def _tell_local(*, json: bool) -> None:
    from mlstack.console import out, print_json

    if json:
        print_json({"account": None, "steps": [], "packages": None})
    else:
        out.print("`local` needs no bootstrap: its state is kept on this machine, below MLSTACK_HOME.", markup=False)


def _show(bootstrap: Bootstrap) -> None:
    from mlstack.console import err

    for step in bootstrap.changes:
        err.print(f"  {step.change.value:6}  {step.what}", markup=False)


def _tell(spec: EnvironmentSpec, bootstrap: Bootstrap, *, dry_run: bool, packages: bool, json: bool) -> None:
    from mlstack.console import out, print_json

    if json:
        print_json({"environment": spec.environment, **bootstrap.document(dry_run=dry_run)})
        return
    if dry_run:
        for step in bootstrap.steps:
            out.print(f"{step.change.value:6}  {step.what}", markup=False)
        if packages:
            out.print("        packages: collected and compared when it is done", markup=False)
        return
    made = len(bootstrap.changes)
    out.print(f"{spec.environment} is bootstrapped: {made} of {len(bootstrap.steps)} steps were to do.", markup=False)
    if bootstrap.packages is not None:
        where = f"s3://{bootstrap.backend.bucket}/{bootstrap.packages}"
        out.print(f"Packages: {where} ({bootstrap.uploaded} files uploaded)", markup=False)
    out.print(f"State:    {bootstrap.backend.url}", markup=False)
    out.print(
        f"`mlstack up {spec.environment}` uses it. For plain pulumi: "
        f'export PULUMI_BACKEND_URL="{bootstrap.backend.url}"',
        markup=False,
    )
